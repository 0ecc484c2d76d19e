using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Ingest.Cda.Records;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda.Header;

/// <summary>The visit or stay that a document is of.</summary>
internal static class EncounterRecord
{
    private const string Classes = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    private const string Uses = "http://terminology.hl7.org/CodeSystem/diagnosis-role";

    /// <summary>A mention, since the hospital's own feed tells of visits; the front page of a stay amends it.</summary>
    public static void Write(HeaderMapping header, Draft draft, IReadOnlyList<Diagnosis> diagnoses, string key, DocumentContext context)
    {
        var type = context.Type;
        var start = Moment(draft, "start");
        var end = Moment(draft, "end");
        var span = header.Encounter.Child("effectiveTime");
        start ??= Statement.Stamp(span.Child("low"), context.Findings) ?? Statement.Stamp(span, context.Findings);
        end ??= Statement.Stamp(span.Child("high"), context.Findings);
        var kind = type?.EncounterClass ?? header.PatientType switch { "1" => "AMB", "2" => "EMER", "3" => "IMP", _ => header.Names.Inpatient is not null ? "IMP" : "AMB" };
        using var body = new FhirBody("Encounter");
        Identifiers(body, header);
        body.Text("status", end is not null || type?.ClosesEncounter == true || (kind == "AMB" && start is not null) ? "finished" : "unknown");
        body.Coding("class", Classes, kind, null);
        body.Reference("subject", context.Subject);
        body.Period("period", start, end);
        Reasons(body, draft, context);
        Diagnoses(body, diagnoses);
        Stay(body, header, draft, context);
        if (header.Places.Innermost is { } place)
        {
            body.Array("location");
            body.Object();
            body.Reference("location", place);
            body.EndObject();
            body.EndArray();
        }

        // The department where there is one: it is part of the hospital.
        body.Reference("serviceProvider", header.Places.Department ?? header.Places.Hospital ?? context.Custodian);
        if (draft.Look("days")?.Value.Number is { Comparator: null } days)
        {
            draft.Take("days");
            body.Quantity("length", days, "d", context);
        }

        body.DataElements(draft.Rest(), context);
        var isClosing = type?.ClosesEncounter == true;
        context.Add(new MappedRecord("Encounter", key, body.Finish())
        {
            Intent = isClosing ? MappedIntent.Amend : MappedIntent.Put,
            IsMention = !isClosing,
        });
    }

    private static void Identifiers(FhirBody body, HeaderMapping header)
    {
        var said = new[] { ("2.16.156.10011.2.5.1.9", header.Names.Visit), (PatientNames.Roots + "12", header.Names.Inpatient), (PatientNames.Roots + "11", header.Names.Outpatient) }
            .Where(i => i.Item2 is not null).ToList();
        if (said.Count > 0)
        {
            body.Array("identifier");
            said.ForEach(i => body.Identifier(null, "urn:oid:" + i.Item1, i.Item2!));
            body.EndArray();
        }
    }

    /// <summary>What is no time stays with the data elements.</summary>
    private static string? Moment(Draft draft, string field)
    {
        var moment = draft.Look(field)?.Value.Moment;
        if (moment is not null)
        {
            draft.Take(field);
        }

        return moment;
    }

    private static void Reasons(FhirBody body, Draft draft, DocumentContext context)
    {
        var reasons = draft.TakeAll("reason").Where(r => FhirBody.Clean(r.Value.Words) is not null).ToList();
        if (reasons.Count > 0)
        {
            body.Array("reasonCode");
            reasons.ForEach(r => body.Concept(null, r.Value, context, r.Element));
            body.EndArray();
        }
    }

    private static void Diagnoses(FhirBody body, IReadOnlyList<Diagnosis> diagnoses)
    {
        if (diagnoses.Count == 0)
        {
            return;
        }

        body.Array("diagnosis");
        var others = 1;
        foreach (var diagnosis in diagnoses)
        {
            body.Object();
            body.Reference("condition", diagnosis.Target);
            var dash = diagnosis.Role.IndexOf('-', StringComparison.Ordinal);
            var use = diagnosis.Role is "pre-op" or "post-op" || dash < 0 ? diagnosis.Role : diagnosis.Role[..dash];
            if (use is "AD" or "DD" or "CC" or "pre-op" or "post-op")
            {
                body.Concept("use", Uses, use, null);
            }
            else
            {
                body.Concept("use", "https://kangqiao.dev/fhir/CodeSystem/diagnosis-part", use, null);
            }

            // The main diagnosis is the first (住院病案首页数据填写质量规范, art. 20 and on), the others follow as they stand.
            body.Integer("rank", diagnosis.Rank is > 0 ? diagnosis.Rank.Value : diagnosis.Role.EndsWith("-main", StringComparison.Ordinal) ? 1 : ++others);
            body.EndObject();
        }

        body.EndArray();
    }

    private static void Stay(FhirBody body, HeaderMapping header, Draft draft, DocumentContext context)
    {
        var route = draft.Take("route")?.Value ?? CdaValue.Read(header.Encounter.Child("code"), context.Options, context.Findings);
        var disposition = draft.Take("disposition")?.Value ?? CdaValue.Read(header.Encounter.Child("dischargeDispositionCode"), context.Options, context.Findings);
        if (FhirBody.Clean(route.Words) is null && FhirBody.Clean(disposition.Words) is null)
        {
            return;
        }

        body.Object("hospitalization");
        if (FhirBody.Clean(route.Words) is not null)
        {
            body.Concept("admitSource", route, context, "admission-route");
        }

        if (FhirBody.Clean(disposition.Words) is not null)
        {
            body.Concept("dischargeDisposition", disposition, context, "discharge");
        }

        body.EndObject();
    }
}
