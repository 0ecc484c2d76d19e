using System.Buffers;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;

namespace Kangqiao.Rest.Interactions.Terminology;

/// <summary>The ValueSet record that an operation on an instance is about.</summary>
internal static class StoredSet
{
    /// <summary>The default for an operation on the type; else the record, or the answer that says why not.</summary>
    public static async ValueTask<(Element Set, Answer? Refused)> OfAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (ask.Target.Id is null)
        {
            return (default, null);
        }

        var read = await Read.HandleAsync(room, ask with { IfNoneMatch = null, IfModifiedSince = null }, cancel);
        if (read.Body is not RecordBodyAnswer { Record: var record })
        {
            return (default, read);
        }

        var json = new ArrayBufferWriter<byte>();
        record.WriteResource(json);
        return (FhirDocument.Read(json.WrittenMemory, new FindingList()).Root, null);
    }
}
