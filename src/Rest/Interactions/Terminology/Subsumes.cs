using System.Buffers;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Terminology;
using Kangqiao.Terminology.Operations;

namespace Kangqiao.Rest.Interactions.Terminology;

/// <summary>CodeSystem/$subsumes (R4 codesystem-operation-subsumes.html).</summary>
internal static class Subsumes
{
    public static ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        using var bench = room.Rent();
        if (OperationInput.Read(ask, bench, out var input) is { } refused)
        {
            return new(refused);
        }

        var request = new SubsumesRequest(input.Text("system"), input.Text("codeA"), input.Text("codeB"), input.Text("version"));
        if (!room.Terminology.Subsumes(request).Try(out var found, out var problem))
        {
            return new(Answer.Refused(problem));
        }

        var json = new ArrayBufferWriter<byte>();
        TerminologyJson.Write(found, json);
        return new(Answer.Json(json.WrittenMemory));
    }
}
