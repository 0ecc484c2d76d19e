using System.Buffers;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Writing;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Store;

namespace Kangqiao.Rest.Interactions;

/// <summary>$meta of one record (R4 resource-operation-meta.html).</summary>
internal static class Meta
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var answer = await Read.HandleAsync(room, ask with { IfNoneMatch = null, IfModifiedSince = null }, cancel);
        return answer.Body is RecordBodyAnswer { Record: var record } ? Of(record) : answer;
    }

    /// <summary>Parameters with the meta of a version.</summary>
    public static Answer Of(StoredRecord record)
    {
        var json = new ArrayBufferWriter<byte>();
        record.WriteResource(json);
        var document = FhirDocument.Read(json.WrittenMemory, new FindingList());
        var output = new ArrayBufferWriter<byte>(256);
        output.Write("{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"return\",\"valueMeta\":"u8);
        FhirJson.Write(document.Root.Child("meta"), output);
        output.Write("}]}"u8);
        return new Answer(200)
        {
            Body = new JsonBody(output.WrittenMemory),
            Version = record.Version,
            LastModified = record.Instant,
        };
    }
}
