using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Records;

internal static class Immunizations
{
    public static void Write(Draft draft, DocumentContext context)
    {
        var vaccine = draft.Take("vaccine");
        var other = draft.TakeAll("vaccine").Find(v => v.Value.Words is not null);
        if (vaccine is null || FhirBody.Clean(vaccine.Value.Words) is null)
        {
            return;
        }

        var date = draft.Take("date")?.Value.Moment ?? draft.Time.Low ?? context.Time ?? context.Made;
        var dose = draft.Take("dose")?.Value;
        var lot = draft.Take("lot")?.Value.Words;
        using var body = new FhirBody("Immunization");
        body.Text("status", "completed");
        body.Concept("vaccineCode", vaccine.Value.Kind == ValueKind.Code ? vaccine.Value : other?.Value ?? vaccine.Value, context, vaccine.Element, other is null ? null : vaccine.Value);
        body.Reference("patient", context.Subject);
        body.Reference("encounter", context.Encounter);
        // occurrence[x] is 1..1: without any time the record says so in words.
        body.Text(date is null ? "occurrenceString" : "occurrenceDateTime", date ?? "未说明");
        body.Text("lotNumber", lot);
        if (draft.Take("manufacturer")?.Value.Words is { } maker && FhirBody.Clean(maker) is not null)
        {
            body.Reference("manufacturer", new Target(null, maker));
        }

        if (draft.Take("site") is { } site && FhirBody.Clean(site.Value.Words) is not null)
        {
            body.Concept("site", site.Value, context, site.Element);
        }

        if (draft.Take("route") is { } route && FhirBody.Clean(route.Value.Words) is not null)
        {
            body.Concept("route", route.Value, context, route.Element);
        }

        var place = draft.Take("place")?.Value.Words;
        var performer = FhirBody.Clean(place) is not null ? new Target(null, place) : context.Custodian;
        if (performer is not null)
        {
            body.Array("performer");
            body.Object();
            body.Reference("actor", performer);
            body.EndObject();
            body.EndArray();
        }

        if (dose?.Words is { } number && FhirBody.Clean(number) is not null)
        {
            body.Array("protocolApplied");
            body.Object();
            if (dose.Number is { IsInteger: true, Comparator: null } n && !n.Digits.StartsWith('-') && n.Digits != "0")
            {
                body.Number("doseNumberPositiveInt", n.Digits);
            }
            else
            {
                body.Text("doseNumberString", number);
            }

            body.EndObject();
            body.EndArray();
        }

        Reaction(body, draft, context);
        body.DataElements(draft.Rest(), context);
        context.Derive("Immunization", context.PartKey($"immunization|{vaccine.Value.Code ?? vaccine.Value.Words}|{dose?.Words ?? date}"), body.Finish());
    }

    private static void Reaction(FhirBody body, Draft draft, DocumentContext context)
    {
        var what = draft.Take("reaction");
        var when = draft.Take("reactionDate")?.Value.Moment;
        if ((what is null || FhirBody.Clean(what.Value.Words) is null) && when is null)
        {
            return;
        }

        Target? observed = null;
        if (what is not null && FhirBody.Clean(what.Value.Words) is not null)
        {
            using var reaction = new FhirBody("Observation");
            Observations.Head(reaction, "exam");
            reaction.Subject("code", what, context);
            reaction.Reference("subject", context.Subject);
            reaction.Text("effectiveDateTime", when ?? context.Time ?? context.Made);
            reaction.Value(what.Value, context, what.Element);
            observed = context.Derive("Observation", context.PartKey($"reaction|{what.Value.Code ?? what.Value.Words}"), reaction.Finish());
        }

        body.Array("reaction");
        body.Object();
        body.Text("date", when);
        body.Reference("detail", observed);
        body.EndObject();
        body.EndArray();
    }
}
