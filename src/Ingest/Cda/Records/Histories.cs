using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>Diseases of the family, and what is to be done for the patient.</summary>
internal static class Histories
{
    public static void Family(Draft draft, DocumentContext context)
    {
        var disease = draft.Take("disease");
        var relation = draft.Take("relation");
        if (disease is null || FhirBody.Clean(disease.Value.Words) is null)
        {
            return;
        }

        using var body = new FhirBody("FamilyMemberHistory");
        body.Text("status", "completed");
        body.Reference("patient", context.Subject);
        body.Text("date", context.Time ?? context.Made);
        if (relation is not null && FhirBody.Clean(relation.Value.Words) is not null)
        {
            body.Concept("relationship", relation.Value, context, relation.Element);
        }
        else
        {
            body.Concept("relationship", "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "FAMMEMB", null, "家族成员（未说明）");
        }

        body.Array("condition");
        body.Object();
        body.Concept("code", disease.Value, context, disease.Element);
        body.EndObject();
        body.EndArray();
        body.DataElements(draft.Rest(), context);
        context.Derive("FamilyMemberHistory", context.PartKey($"family|{relation?.Value.Words}|{disease.Value.Code ?? disease.Value.Words}"), body.Finish());
    }

    public static void Plan(Draft draft, DocumentContext context)
    {
        var activities = draft.TakeAll("activity").Where(a => FhirBody.Clean(a.Value.Words) is not null).ToList();
        if (activities.Count == 0)
        {
            return;
        }

        using var body = new FhirBody("CarePlan");
        body.Text("status", "active");
        body.Text("intent", "plan");
        body.Text("title", context.Type?.Title);
        body.Reference("subject", context.Subject);
        body.Reference("encounter", context.Encounter);
        body.Text("created", context.Time ?? context.Made);
        body.Reference("author", context.Author);
        body.Array("activity");
        foreach (var activity in activities)
        {
            body.Object();
            body.Object("detail");
            body.Subject("code", activity, context);
            body.Text("status", "not-started");
            body.Text("description", Described(activity));
            body.EndObject();
            body.EndObject();
        }

        body.EndArray();
        // A coded instruction keeps its code: CarePlan.activity.detail has no element for a value.
        body.DataElements(activities.Where(a => a.Value.Kind == ValueKind.Code).Concat(draft.Rest()), context);
        context.Derive("CarePlan", context.PartKey("plan"), body.Finish());
    }

    /// <summary>The request that a referral or consultation is.</summary>
    public static void Request(Draft draft, DocumentContext context)
    {
        if (draft.IsEmpty && context.Type?.Request is null)
        {
            return;
        }

        var isReferral = context.Type?.Request != "consultation";
        using var body = new FhirBody("ServiceRequest");
        if (context.OrderNumber is { } number)
        {
            body.Array("identifier");
            body.Identifier(null, "urn:oid:2.16.156.10011.1.24", number);
            body.EndArray();
        }

        body.Text("status", "active");
        body.Text("intent", "order");
        // SNOMED CT 3457005 Patient referral, 11429006 Consultation.
        body.Concept("code", "http://snomed.info/sct", isReferral ? "3457005" : "11429006", null, isReferral ? "转诊" : "会诊");
        body.Reference("subject", context.Subject);
        body.Reference("encounter", context.Encounter);
        body.Text("occurrenceDateTime", draft.Take("date")?.Value.Moment);
        body.Text("authoredOn", context.Time ?? context.Made);
        body.Reference("requester", context.Author);
        var to = new[] { draft.Take("toOrganization")?.Value.Words, draft.Take("toDepartment")?.Value.Words }.Where(t => Mentions.Said(t) is not null).ToList();
        if (to.Count > 0)
        {
            body.Array("performer");
            body.Reference(null, new Target(null, string.Join(' ', to)));
            body.EndArray();
        }

        var reasons = draft.TakeAll("reason").Where(r => FhirBody.Clean(r.Value.Words) is not null).ToList();
        if (reasons.Count > 0)
        {
            body.Array("reasonCode");
            reasons.ForEach(r => body.Concept(null, r.Value, context, r.Element));
            body.EndArray();
        }

        var notes = draft.TakeAll("summary").Concat(draft.TakeAll("note")).Where(n => FhirBody.Clean(n.Value.Words) is not null).ToList();
        if (notes.Count > 0)
        {
            body.Array("note");
            notes.ForEach(n => Conditions.Annotation(body, n.Value.Words));
            body.EndArray();
        }

        body.DataElements(draft.Rest(), context);
        context.Derive("ServiceRequest", context.PartKey("request"), body.Finish());
    }

    private static string? Described(Statement activity) =>
        FhirBody.Clean(activity.Name) is { } name && activity.Value.Kind is not ValueKind.Text ? $"{name}：{activity.Value.Words}" : activity.Value.Words;
}
