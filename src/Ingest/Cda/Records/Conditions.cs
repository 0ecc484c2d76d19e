using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>A diagnosis that became a Condition, with its part in the visit.</summary>
internal sealed record Diagnosis(Target Target, string Role, int? Rank);

internal static class Conditions
{
    private const string Category = "http://terminology.hl7.org/CodeSystem/condition-category";

    public static Diagnosis? Write(Draft draft, DocumentContext context)
    {
        var code = draft.TakeCode();
        var name = draft.Take("name");
        var said = code ?? name;
        if (said is null || FhirBody.Clean((code?.Value.Words ?? name?.Value.Words)) is null)
        {
            return null;
        }

        var role = draft.Role ?? "CC";
        var onset = draft.Look("onset")?.Value.Moment is null ? null : draft.Take("onset");
        var rank = draft.Take("rank")?.Value;
        using var body = new FhirBody("Condition");
        var isProblem = draft.Section.ConditionRole == "problem";
        if (isProblem)
        {
            body.Concept("clinicalStatus", "http://terminology.hl7.org/CodeSystem/condition-clinical", "active", null);
        }

        var isOpen = (said.Name + said.Qualifier).Contains("疑似", StringComparison.Ordinal) || role.StartsWith("initial", StringComparison.Ordinal);
        body.Concept("verificationStatus", "http://terminology.hl7.org/CodeSystem/condition-ver-status", isOpen ? "provisional" : "confirmed", null);
        body.Array("category");
        body.Concept(null, Category, isProblem ? "problem-list-item" : "encounter-diagnosis", null);
        body.Concept(null, DocumentContext.DataElements, said.Element ?? "DE05.01.024.00", FhirBody.Clean(said.Name));
        body.EndArray();
        body.Concept("code", code?.Value ?? name!.Value, context, code?.Element, name?.Value);
        body.Reference("subject", context.Subject);
        body.Reference("encounter", context.Encounter);
        body.Text("onsetDateTime", onset?.Value.Moment);
        var time = draft.Time;
        body.Text("recordedDate", time.Low ?? context.Time ?? context.Made);
        body.Reference("recorder", context.Author);
        var notes = draft.TakeAll("note").Select(n => n.Value.Words).Append(People(draft)).Where(t => FhirBody.Clean(t) is not null).ToList();
        if (notes.Count > 0)
        {
            body.Array("note");
            notes.ForEach(n => Annotation(body, n));
            body.EndArray();
        }

        body.DataElements(draft.Rest(), context);
        var target = context.Derive("Condition", context.PartKey($"condition|{role}|{code?.Value.Code ?? (name ?? said).Value.Words}"), body.Finish());
        return new Diagnosis(target, role, rank is { Number: { IsInteger: true } n } ? int.Parse(n.Digits, System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    internal static void Annotation(FhirBody body, string? text)
    {
        if (FhirBody.Clean(text) is { } words)
        {
            body.Object();
            body.Text("text", words);
            body.EndObject();
        }
    }

    /// <summary>Who found it, and where: 诊断机构 in a laboratory's report.</summary>
    private static string? People(Draft draft)
    {
        var people = draft.People.Select(p => string.Join(' ', new[] { p.Role, p.Name, p.Organization }.Where(t => t is not null))).Where(t => t.Length > 0);
        var text = string.Join("；", people);
        return text.Length == 0 ? null : text;
    }
}
