using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Records;

internal static class Procedures
{
    public static void Write(Draft draft, DocumentContext context)
    {
        var code = draft.TakeCode()?.Value;
        var name = draft.Take("name")?.Value;
        // The procedure's own code is that of the operation, unless the sender put the data element there.
        if (draft.Act is { Element: { } own } act && !Participants.IsDataElement(own))
        {
            code ??= new CdaValue(ValueKind.Code) { Code = own, System = act.ElementSystem, Display = FhirBody.Clean(act.Name), Element = act.Source };
        }

        if (code is null && name is null && draft.Rest().Count == 0 && draft.Act is not { SaysNothing: false })
        {
            return;
        }

        using var body = new FhirBody("Procedure");
        body.Text("status", context.Type?.IsPlanned == true ? "preparation" : "completed");
        if (code is not null || FhirBody.Clean(name?.Words) is not null)
        {
            body.Concept("code", code ?? name!, context, "procedure", name);
        }

        body.Reference("subject", context.Subject);
        body.Reference("encounter", context.Encounter);
        Performed(body, draft, context);
        Performers(body, draft, context);
        if (draft.Take("room")?.Value.Words is { } room && FhirBody.Clean(room) is not null)
        {
            body.Reference("location", new Target(null, room));
        }

        if (draft.Take("indication") is { } indication && FhirBody.Clean(indication.Value.Words) is not null)
        {
            body.Array("reasonCode");
            body.Concept(null, indication.Value, context, indication.Element);
            body.EndArray();
        }

        Concepts(body, "bodySite", draft.TakeAll("site"), context);
        Concepts(body, "followUp", draft.TakeAll("followUp"), context);
        var notes = draft.TakeAll("description").Concat(draft.TakeAll("note")).ToList();
        if (notes.Exists(n => FhirBody.Clean(n.Value.Words) is not null))
        {
            body.Array("note");
            notes.ForEach(n => Conditions.Annotation(body, n.Value.Words));
            body.EndArray();
        }

        Concepts(body, "usedCode", draft.TakeAll("implant"), context);
        body.DataElements(draft.Rest(), context);
        var start = draft.Time.Low ?? "";
        context.Derive("Procedure", context.PartKey($"procedure|{code?.Code ?? name?.Words}|{start}"), body.Finish());
    }

    private static void Performed(FhirBody body, Draft draft, DocumentContext context)
    {
        var said = draft.Look("start")?.Value.Moment is null ? null : draft.Take("start");
        var time = draft.Act?.Time is { IsNothing: false } own ? own
            : said?.Value.Moment is { } start ? CdaValue.OfTime(start)
            : draft.Time;
        if (time.Kind == ValueKind.TimeRange)
        {
            body.Period("performedPeriod", time.Low, time.High);
        }
        else
        {
            // pro: performed[x] is 0..1; a plan has none yet.
            body.Text("performedDateTime", time.Low ?? (context.Type?.IsPlanned == true ? null : context.Time));
        }
    }

    private static void Performers(FhirBody body, Draft draft, DocumentContext context)
    {
        var people = draft.People.Where(p => Mentions.Said(p.Name) is not null || Mentions.Said(p.StaffNumber) is not null).ToList();
        if (people.Count == 0)
        {
            return;
        }

        body.Array("performer");
        foreach (var person in people)
        {
            body.Object();
            var role = person.Role ?? (person.Kind == "performer" ? "手术者" : null);
            if (FhirBody.Clean(role) is { } words)
            {
                body.ConceptText("function", words);
            }

            body.Reference("actor", Mentions.Practitioner(person.StaffNumber, person.Name, context));
            body.EndObject();
        }

        body.EndArray();
    }

    private static void Concepts(FhirBody body, string name, List<Statement> statements, DocumentContext context)
    {
        statements.RemoveAll(s => FhirBody.Clean(s.Value.Words) is null);
        if (statements.Count > 0)
        {
            body.Array(name);
            statements.ForEach(s => body.Concept(null, s.Value, context, s.Element));
            body.EndArray();
        }
    }
}
