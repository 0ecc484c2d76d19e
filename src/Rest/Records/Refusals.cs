using Kangqiao.Access.Masking;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Subscriptions;
using Kangqiao.Standard.Making;

namespace Kangqiao.Rest.Records;

/// <summary>How this room answers what the workbench finds: 400 for what cannot be read, 422 for what breaks a rule.</summary>
internal static class Refusals
{
    /// <summary>Reads a resource and checks its structure.</summary>
    /// <returns>Null, or the answer that refuses it: 400, as R4 http.html#create has it for what cannot be read.</returns>
    public static Answer? Read(this Workbench bench, ReadOnlyMemory<byte> json) =>
        json.IsEmpty ? Answer.Refused(Problems.NoBody())
        : bench.TryRead(json) ? null
        : Answer.Findings(bench.Findings, 400);

    /// <summary>Checks what was read for all that validation knows, and that what it asks of this server can be done.</summary>
    /// <returns>Null, or 422 with everything found.</returns>
    public static Answer? Check(this Workbench bench, RestRoom room) =>
        !bench.TryCheck() ? Answer.Findings(bench.Findings, 422)
        : IsMasked(bench.Document.Root) ? Answer.Refused(Problems.MaskedBody(), 422)
        : SubscriptionRules.Refusal(room, bench.Document) is { } unserved ? Answer.Refused(unserved, 422)
        : null;

    private static bool IsMasked(Fhir.Reading.Element resource)
    {
        var meta = resource.Child("meta");
        if (!meta.Exists)
        {
            return false;
        }

        foreach (var label in meta.ChildrenNamed("security"))
        {
            if (label.ChildText("code") == FieldMask.Label && label.ChildText("system") == FieldMask.LabelSystem)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads and checks a resource of a type.</summary>
    public static Answer? Take(this Workbench bench, RestRoom room, ReadOnlyMemory<byte> json, string type) =>
        bench.Read(json) is { } unreadable ? unreadable
        : bench.Document.Root.Type.Name != type ? Answer.Refused(Problems.OtherType(bench.Document.Root.Type.Name, type))
        : bench.Check(room);
}
