using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>Orders of a ward (住院医嘱, 门诊医嘱): a MedicationRequest for drugs, a ServiceRequest for all else.</summary>
internal static class Orders
{
    // CV06.00.229 医嘱项目类型代码: 01 药品类医嘱.
    private const string Drugs = "01";

    public static void Write(Draft draft, DocumentContext context)
    {
        var type = draft.Take("type");
        var content = draft.Take("content");
        if (FhirBody.Clean(content?.Value.Words ?? type?.Value.Words) is not { } words)
        {
            return;
        }

        var isDrug = type?.Value.Code is Drugs or "1" || type?.Value.Words?.Contains('药', StringComparison.Ordinal) == true;
        var status = draft.Take("status")?.Value.Words;
        var number = Mentions.Said(draft.Take("number")?.Value.Words);
        var people = (content ?? type)!.People;
        var author = people.Find(p => p.Kind == "author");
        var time = content?.Time ?? CdaValue.Nothing;
        using var body = new FhirBody(isDrug ? "MedicationRequest" : "ServiceRequest");
        if (number is not null)
        {
            body.Array("identifier");
            body.Identifier(null, "urn:oid:2.16.156.10011.1.24", number);
            body.EndArray();
        }

        body.Text("status", Status(status, people));
        body.Text("intent", "order");
        if (type is not null && !type.Value.IsNothing)
        {
            body.Array("category");
            body.Concept(null, type.Value, context, type.Element);
            body.EndArray();
        }

        body.ConceptText(isDrug ? "medicationCodeableConcept" : "code", words);
        body.Reference("subject", context.Subject);
        body.Reference("encounter", context.Encounter);
        body.Text("authoredOn", author?.Time ?? context.Time ?? context.Made);
        body.Reference("requester", author is null ? context.Author : Mentions.Practitioner(author.StaffNumber, author.Name, context));
        Timing(body, time, isDrug);
        Group(body, draft, isDrug, context);
        var notes = draft.TakeAll("note").Select(n => n.Value.Words)
            .Concat(people.Where(p => p.Kind != "author").Select(Sentence))
            .Concat(draft.Statements.Where(s => s != content).SelectMany(s => s.People).Select(Sentence))
            .Append(status is null ? null : "执行状态：" + status)
            .Where(t => FhirBody.Clean(t) is not null).Distinct(StringComparer.Ordinal).ToList();
        if (notes.Count > 0)
        {
            body.Array("note");
            notes.ForEach(n => Conditions.Annotation(body, n));
            body.EndArray();
        }

        body.DataElements(draft.Rest(), context);
        var key = number is not null ? SourceKey.Placer(number) : context.PartKey($"order|{words}|{time.Low}");
        context.Derive(isDrug ? "MedicationRequest" : "ServiceRequest", key, body.Finish());
    }

    private static void Timing(FhirBody body, CdaValue time, bool isDrug)
    {
        if (time.IsNothing)
        {
            return;
        }

        if (!isDrug)
        {
            if (time.Kind == ValueKind.TimeRange)
            {
                body.Period("occurrencePeriod", time.Low, time.High);
            }
            else
            {
                body.Text("occurrenceDateTime", time.Low);
            }

            return;
        }

        body.Array("dosageInstruction");
        body.Object();
        body.Object("timing");
        body.Object("repeat");
        body.Period("boundsPeriod", time.Low, time.High);
        body.EndObject();
        body.EndObject();
        body.EndObject();
        body.EndArray();
    }

    private static void Group(FhirBody body, Draft draft, bool isDrug, DocumentContext context)
    {
        if (draft.Take("group")?.Value.Words is { } group && FhirBody.Clean(group) is not null)
        {
            body.Identifier(isDrug ? "groupIdentifier" : "requisition", context.Names.LocalSystem("order-group"), group);
        }
    }

    private static string Status(string? status, List<Participation> people) =>
        Is(status, "取消", "作废") || people.Exists(p => Is(p.Role, "取消") && p.Name is not null) ? "revoked"
        : Is(status, "完成", "已执行") ? "completed"
        : Is(status, "停止") || people.Exists(p => Is(p.Role, "停止") && p.Time is not null) ? "completed"
        : "active";

    private static bool Is(string? text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (text?.Contains(word, StringComparison.Ordinal) == true)
            {
                return true;
            }
        }

        return false;
    }

    private static string? Sentence(Participation person)
    {
        var text = string.Join(' ', new[] { person.Role, Mentions.Said(person.Name), Mentions.Said(person.StaffNumber), person.Organization, person.Time }.Where(t => t is not null));
        return text.Length == 0 ? null : text;
    }
}
