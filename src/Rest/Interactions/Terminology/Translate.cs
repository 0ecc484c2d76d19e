using System.Buffers;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Terminology;
using Kangqiao.Terminology.Operations;

namespace Kangqiao.Rest.Interactions.Terminology;

/// <summary>ConceptMap/$translate (R4 conceptmap-operation-translate.html).</summary>
internal static class Translate
{
    public static ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        using var bench = room.Rent();
        if (OperationInput.Read(ask, bench, out var input) is { } refused)
        {
            return new(refused);
        }

        var request = new TranslateRequest(input.Codings(null))
        {
            Url = input.Text("url"),
            Source = input.Text("source"),
            Target = input.Text("target"),
            TargetSystem = input.Text("targetsystem") ?? input.Text("targetSystem"),
            Reverse = input.IsTrue("reverse"),
        };
        if (!room.Terminology.Translate(request).Try(out var found, out var problem))
        {
            return new(Answer.Refused(problem));
        }

        var json = new ArrayBufferWriter<byte>();
        TerminologyJson.Write(found, input.Text("displayLanguage"), json);
        return new(Answer.Json(json.WrittenMemory));
    }
}
