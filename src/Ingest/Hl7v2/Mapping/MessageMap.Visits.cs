using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>PV1, PV2: the visit or stay.</summary>
internal sealed partial class MessageMap
{
    private readonly List<(Draft Condition, FhirObject? Use, int? Rank)> diagnoses = [];
    private Draft? visit;

    private FhirObject? VisitReference => visit?.Refer();

    /// <summary>The visit of a patient is needed before what happened in it, wherever its segment stands (referrals: at the end).</summary>
    private void VisitAhead(Segment pid)
    {
        for (var i = pid.Index + 1; i < message.Count && !message[i].Is("PID"); i++)
        {
            if (message[i].Is("PV1"))
            {
                BeginVisit(message[i]);
                return;
            }
        }
    }

    private void BeginVisit(Segment pv1)
    {
        EndVisit();
        done.Add(pv1.Index);
        noted = null;
        visit = null;
        if (patient is null || VisitKey(pv1) is not { } key)
        {
            return;
        }

        visit = Record("Encounter", key);
        var body = visit.Body;
        Apply(content.Segment("PV1", "Encounter"), pv1, body);
        body.Set("status", StatusOf(pv1)).Set("subject", Subject);
        if (!body.Has("class"))
        {
            body.Set("class", new FhirObject().Set("system", "http://terminology.hl7.org/CodeSystem/v3-NullFlavor").Set("code", "UNK"));
        }

        if (trigger is "A13" && IsAdt)
        {
            body.Object("period").Remove("end");
        }

        Locations(pv1, body);
        if (account is not null)
        {
            body.Add("account", account.Refer());
        }

        (visit.Intent, visit.IsMention) = IsAdt
            ? (trigger is "A01" or "A04" or "A05" or "A14" ? MappedIntent.Put : MappedIntent.Amend, false)
            : (MappedIntent.Put, true);
    }

    /// <summary>PV1-19, else PV1-50, else the account, else patient and time of admission; null where there was no visit.</summary>
    private string? VisitKey(Segment pv1)
    {
        if (pv1.Field(19).Text() is { Length: > 0 } number)
        {
            return SourceKey.Visit(number);
        }

        if (pv1.Field(2).Text() is "" or "N")
        {
            return null;
        }

        if (pv1.Field(50).Text() is { Length: > 0 } alternate)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NoVisitNumber, pv1.Path + "-19", "PV1-50"));
            return SourceKey.Visit(alternate);
        }

        var began = pv1.Field(44).Text();
        findings.Add(Hl7Findings.Of(Hl7Findings.NoVisitNumber, pv1.Path + "-19", began.Length > 0 ? "PID-3, PV1-44" : "PID-3, PV1-2"));
        return SourceKey.Part(PatientKey, "visit|" + (began.Length > 0 ? began : pv1.Field(2).Text()));
    }

    private string StatusOf(Segment pv1)
    {
        if (IsAdt && content.Codes("EncounterEvent")[trigger] is { } byEvent)
        {
            return byEvent.Code;
        }

        return IsAdt && trigger == "A38" ? "cancelled"
            : pv1.Field(45).HasValue ? "finished"
            : content.Codes("ClassStatus")[pv1.Field(2).Text()]?.Code ?? "in-progress";
    }

    private void Locations(Segment pv1, FhirObject body)
    {
        var isOver = body["status"] as string is "finished" or "cancelled";
        Location(pv1.Field(3), isOver ? "completed" : trigger is "A05" or "A14" && IsAdt ? "planned" : "active", body);
        Location(pv1.Field(6), "completed", body);
        Location(pv1.Field(11), isOver ? "completed" : "active", body);
        Location(pv1.Field(42), "planned", body);
        Location(pv1.Field(43), "completed", body);
    }

    private void Location(Hl7Value field, string status, FhirObject body)
    {
        if (PlaceOf(field.Repetition(1)) is { } place)
        {
            body.Add("location", new FhirObject().Set("location", place.Refer()).Set("status", status));
        }
    }

    private void MoreOfVisit(Segment pv2)
    {
        if (visit is null)
        {
            return;
        }

        Apply(content.Segment("PV2", "Encounter"), pv2, visit.Body);
        // PV2-8 and 9 are what is expected; what happened is in PV1.
        if (visit.Body["status"] as string == "planned" && !visit.Body.Object("period").HasContent)
        {
            var place = new Place(pv2, 8);
            visit.Body.Object("period").Set("start", Time(pv2.Field(8), place)).Set("end", Time(pv2.Field(9), place));
        }
    }

    private void EndVisit()
    {
        if (visit is not null && !visit.IsMention)
        {
            foreach (var (condition, use, rank) in diagnoses)
            {
                visit.Body.Add("diagnosis", new FhirObject().Set("condition", condition.Refer()).Set("use", use).Set("rank", rank));
            }
        }

        diagnoses.Clear();
    }
}
