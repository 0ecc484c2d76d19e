using System.Buffers;
using Kangqiao.Fhir.Reading;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Records;
using Kangqiao.Store;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// $validate (R4 resource-operation-validate.html): what validation finds, as 200 whatever it is. The resource comes by itself, in
/// Parameters, or is the stored one.
/// </summary>
internal static class Validate
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        using var bench = room.Rent();
        var json = ask.Body;
        var profiles = new List<string>();
        if (ask.Parameters["profile"] is { } asked)
        {
            profiles.Add(asked);
        }

        // R4 resource-operation-validate.html: modes are of http://hl7.org/fhir/resource-validation-mode.
        var mode = ask.Parameters["mode"];
        if (json.IsEmpty)
        {
            if (ask.Target.Id is null)
            {
                return Answer.Refused(Problems.NoResourceToCheck());
            }

            var stored = await Read.HandleAsync(room, ask with { IfNoneMatch = null, IfModifiedSince = null }, cancel);
            if (stored.Body is not RecordBodyAnswer { Record: var record })
            {
                return stored;
            }

            json = BytesOf(record);
        }

        if (bench.Read(json) is { } unreadable)
        {
            return unreadable with { Status = 200 };
        }

        if (bench.Document.Root.Type.Name == "Parameters" && ask.Target.Type != "Parameters")
        {
            var parameters = new OperationParameters(bench.Document.Root);
            profiles.AddRange(parameters.Texts("profile"));
            mode ??= parameters.Text("mode");
            var resource = parameters.Resource("resource");
            if (!resource.Exists)
            {
                return mode == "delete" && ask.Target.Id is not null
                    ? await DeletionAsync(room, ask, cancel)
                    : Answer.Refused(Problems.NoResourceToCheck());
            }

            if (bench.Read(bench.Document.Memory.Slice(resource.Start, resource.Raw.Length)) is { } inside)
            {
                return inside with { Status = 200 };
            }
        }

        if (mode is not (null or "create" or "update" or "delete" or "profile"))
        {
            return Answer.Refused(Problems.BadParameter("mode", mode, "create, update, delete or profile"));
        }

        if (mode is "update" or "delete" && ask.Target.Id is null)
        {
            return Answer.Refused(Problems.BadParameter("mode", mode, "possible without the id of the record that is meant"));
        }

        if (mode == "profile" && profiles.Count == 0)
        {
            return Answer.Refused(Problems.BadParameter("mode", mode, "possible without 'profile'"));
        }

        var type = bench.Document.Root.Type.Name;
        if (type != ask.Target.Type)
        {
            return Answer.Refused(Problems.OtherType(type, ask.Target.Type!));
        }

        room.Validator.Validate(bench.Document, bench.Findings, profiles);
        return mode == "update" && ask.Target.Id is { } id && Update.IdMismatch(bench, id) is { } mismatch
            ? Answer.Refused(mismatch, 200)
            : Answer.Findings(bench.Findings, 200);
    }

    /// <summary>What is there can be deleted; what is not, cannot.</summary>
    private static async ValueTask<Answer> DeletionAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var stored = await Read.HandleAsync(room, ask with { IfNoneMatch = null, IfModifiedSince = null }, cancel);
        return stored.Body is RecordBodyAnswer ? Answer.Findings(new Fhir.Findings.FindingList(), 200) : stored with { Status = 200 };
    }

    private static ReadOnlyMemory<byte> BytesOf(StoredRecord record)
    {
        var json = new ArrayBufferWriter<byte>(4096);
        record.WriteResource(json);
        return json.WrittenMemory;
    }
}
