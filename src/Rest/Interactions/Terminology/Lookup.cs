using System.Buffers;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Terminology;
using Kangqiao.Terminology.Operations;

namespace Kangqiao.Rest.Interactions.Terminology;

/// <summary>CodeSystem/$lookup (R4 codesystem-operation-lookup.html).</summary>
internal static class Lookup
{
    public static ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        using var bench = room.Rent();
        if (OperationInput.Read(ask, bench, out var input) is { } refused)
        {
            return new(refused);
        }

        var asked = input.Codings(null) is [var coding, ..] ? coding : null;
        var request = new LookupRequest(asked?.System, asked?.Code, asked?.Version, input.Text("displayLanguage"), input.Texts("property"));
        if (!room.Terminology.Lookup(request).Try(out var found, out var problem))
        {
            return new(Answer.Refused(problem));
        }

        var json = new ArrayBufferWriter<byte>();
        TerminologyJson.Write(found, json);
        return new(Answer.Json(json.WrittenMemory));
    }
}
