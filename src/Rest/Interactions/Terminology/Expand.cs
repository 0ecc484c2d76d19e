using System.Buffers;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Terminology;
using Kangqiao.Terminology.Operations;

namespace Kangqiao.Rest.Interactions.Terminology;

/// <summary>ValueSet/$expand (R4 valueset-operation-expand.html), of a canonical URL, a set sent along, or a record.</summary>
internal static class Expand
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        using var bench = room.Rent();
        var (stored, refused) = await StoredSet.OfAsync(room, ask, cancel);
        if ((OperationInput.Read(ask, bench, out var input) ?? refused) is { } answer)
        {
            return answer;
        }

        var request = new ExpandRequest
        {
            Url = input.Text("url"),
            Inline = stored.Exists ? stored : input.Resource("valueSet"),
            Filter = input.Text("filter"),
            Offset = input.Number("offset") ?? 0,
            Count = input.Number("count"),
            ActiveOnly = input.IsTrue("activeOnly"),
            IncludeDesignations = input.IsTrue("includeDesignations"),
            DisplayLanguage = input.Text("displayLanguage"),
        };
        if (!room.Terminology.Expand(request).Try(out var found, out var problem))
        {
            return Answer.Refused(problem);
        }

        var json = new ArrayBufferWriter<byte>();
        TerminologyJson.Write(found, json);
        return Answer.Json(json.WrittenMemory);
    }
}
