using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>OBR as a report, OBX, SPM, SAC, NTE: what was found.</summary>
internal sealed partial class MessageMap
{
    private readonly List<Draft> specimens = [];

    private void BeginReport(Segment obr, string item)
    {
        // A laboratory numbers a tube as often as a test, and sends its tests in messages of their own: number and test together
        // name a report.
        var whole = order!.Filler.Length > 0 ? SourceKey.Filler(order.Filler)
            : order.Placer.Length > 0 ? SourceKey.Placer(order.Placer)
            : SourceKey.Part(Whole, "report|" + obr.Field(7).Text());
        if (order.Filler.Length + order.Placer.Length == 0)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NoOrderNumber, obr.Path + "-3", "PID-3, PV1-19, OBR-4, OBR-7"));
        }

        var report = order.Report = OwnRecord("DiagnosticReport", SourceKey.Part(whole, item), obr);
        var body = report.Body;
        Apply(content.Segment("OBR", "DiagnosticReport"), obr, body);
        if (!obr.Field(2).HasValue)
        {
            body.Add("identifier", Ei(order.Orc.Field(2).Repetition(1), "PLAC"));
        }

        if (!obr.Field(3).HasValue)
        {
            body.Add("identifier", Ei(order.Orc.Field(3).Repetition(1), "FILL"));
        }

        body.Set("subject", Subject).Set("encounter", VisitReference);
        if (Period(obr, 7, 8) is { } effective)
        {
            body.Set(effective is string ? "effectiveDateTime" : "effectivePeriod", effective);
        }

        if (order.Request is { } request)
        {
            body.Add("basedOn", request.Refer());
        }
    }

    /// <summary>A time, or a period where two different ones are said.</summary>
    private object? Period(Segment segment, int start, int end)
    {
        var from = Time(segment.Field(start).Repetition(1), new Place(segment, start));
        var to = Time(segment.Field(end).Repetition(1), new Place(segment, end));
        return from is not null && to is not null && from != to && string.CompareOrdinal(from, to) < 0
            ? new FhirObject().Set("start", from).Set("end", to)
            : from ?? to;
    }

    private void EndReports()
    {
        foreach (var ended in reports)
        {
            var body = ended.Report!.Body;
            foreach (var specimen in ended.Specimens.Where(specimen => !specimen.IsDropped).Distinct())
            {
                body.Add("specimen", specimen.Refer());
                if (ended.Request is { Type: "ServiceRequest" } request)
                {
                    request.Body.Add("specimen", specimen.Refer());
                }
            }

            body.Set("status", ReportStatus(ended));
        }

        reports.Clear();
    }

    /// <summary>OBR-25, else the state of the order, else what its results say.</summary>
    private string ReportStatus(OrderState ended)
    {
        if (content.Codes("ReportStatus")[ended.Obr.Field(25).Text()] is { } said)
        {
            return said.Code;
        }

        return ended.ResultStatus.Count == 0 ? "unknown"
            : ended.ResultStatus.Contains("C") ? "corrected"
            : ended.ResultStatus.TrueForAll(status => status is "F" or "U" or "V" or "X" or "N") ? "final"
            : ended.ResultStatus.Exists(status => status is "F" or "P" or "R") ? "partial"
            : "registered";
    }

    private void Observe(Segment obx)
    {
        if (patient is null || document is not null && Embed(obx))
        {
            return;
        }

        var item = obx.Field(3).Text() is { Length: > 0 } code ? code : obx.Field(3).Component(2).Text();
        if (item.Length == 0)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NoObservationCode, obx.Path + "-3"));
            return;
        }

        var status = obx.Field(11).Text();
        order?.ResultStatus.Add(status);
        var part = $"obx|{item}|{obx.Field(4).Text()}";
        var whole = order?.Report?.Key ?? order?.Given?.Key ?? order?.Request?.Key
            ?? SourceKey.Part(Whole, obx.Field(14).Text());
        if (obx.Field(2).Text() is "ED" or "RP")
        {
            Attach(obx, SourceKey.Part(whole, part));
            return;
        }

        var observation = OwnRecord("Observation", SourceKey.Part(whole, part), obx);
        var body = observation.Body;
        Apply(content.Segment("OBX", "Observation"), obx, body);
        body.Set("status", content.Codes("ObservationStatus")[status]?.Code ?? "unknown")
            .Set("subject", Subject).Set("encounter", VisitReference);
        Values(obx, body);
        if (obx.Field(7).Whole() is { Length: > 0 } range && !body.Has("component"))
        {
            body.Add("referenceRange", RangeOf(range, body["valueQuantity"] as FhirObject));
        }

        if (IsVitalSign(body))
        {
            body.Add("category", OneConcept("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs"));
        }

        observation.IsMention = !IsResult && !KeepsPatients && type is not ("MDM" or "PPR" or "DFT" or "SIU") && !IsOrder;
        Belong(obx, observation);
        if (status is "D" or "W")
        {
            observation.Intent = MappedIntent.Withdraw;
        }

        noted = body;
    }

    /// <summary>Puts an observation where it belongs: a report, an order, a specimen, a vaccination.</summary>
    private void Belong(Segment obx, Draft observation)
    {
        var body = observation.Body;
        if (order?.Report is { } report)
        {
            if (obx.Field(11).Text() is not ("D" or "W"))
            {
                report.Body.Add("result", observation.Refer());
            }

            if (order.Request is { } asked)
            {
                body.Add("basedOn", asked.Refer());
            }

            if (Category(order.Obr) is { } category)
            {
                body.Add("category", OneConcept("http://terminology.hl7.org/CodeSystem/observation-category", category));
            }

            body.Set("issued", Time(order.Obr.Field(22).Repetition(1), new Place(order.Obr, 22)) is { Length: > 10 } issued ? issued : null);
            if (!body.Has("effectiveDateTime"))
            {
                body.Set("effectiveDateTime", Time(order.Obr.Field(7).Repetition(1), new Place(order.Obr, 7)));
            }
        }
        else if (order?.Given is { Type: "Immunization" } given)
        {
            body.Add("partOf", given.Refer());
        }
        else if (order?.Request is { Type: "ServiceRequest" } request)
        {
            request.Body.Add("supportingInfo", observation.Refer());
        }

        if (order?.Specimens is { Count: > 0 } taken && !taken[^1].IsDropped)
        {
            body.Set("specimen", taken[^1].Refer());
        }
    }

    private bool IsVitalSign(FhirObject body) =>
        body["code"] is FhirObject code && code["coding"] is List<object> codings
        && codings.Exists(coding => coding is FhirObject one && one["system"] is "http://loinc.org" && one["code"] is string item && content.Codes("VitalSigns")[item] is not null);

    /// <summary>HL7 table 0074 as FHIR's observation categories; null where it does not say.</summary>
    private static string? Category(Segment obr) => obr.Field(24).Text() switch
    {
        "RAD" or "CT" or "NMR" or "NMS" or "RUS" or "OUS" or "VUS" or "CUS" or "XRC" or "RX" or "MR" or "US" or "DR" => "imaging",
        "LAB" or "CH" or "HM" or "MB" or "MCB" or "MYC" or "BLB" or "SR" or "IMM" or "TX" or "BG" or "CP" or "SP" or "PAT" or "VR" => "laboratory",
        "EC" or "EN" or "PF" or "CTH" => "procedure",
        _ => null,
    };

    private void SpecimenInRequest(Segment obr)
    {
        // OBR-15 is where versions before 2.5 tell of the specimen.
        if (!obr.Field(15).HasValue || HasSpecimenAfter(obr))
        {
            return;
        }

        var specimen = OwnRecord("Specimen", SourceKey.Part(order!.Report?.Key ?? order.Request?.Key ?? Whole, "specimen"), obr);
        Apply(content.Segment("OBR", "Specimen"), obr, specimen.Body);
        specimen.Body.Set("subject", Subject);
        Collected(Period(obr, 7, 8), specimen.Body);
        order.Specimens.Add(specimen);
    }

    private bool HasSpecimenAfter(Segment obr)
    {
        for (var i = obr.Index + 1; i < message.Count && !message[i].Is("OBR") && !message[i].Is("ORC"); i++)
        {
            if (message[i].Is("SPM"))
            {
                return true;
            }
        }

        return false;
    }

    private static void Collected(object? when, FhirObject specimen)
    {
        if (when is not null)
        {
            specimen.Object("collection").Set(when is string ? "collectedDateTime" : "collectedPeriod", when);
        }
    }

    private void SpecimenOf(Segment spm)
    {
        if (type == "OUL")
        {
            EndOrder();
            specimens.Clear();
        }

        if (patient is null)
        {
            return;
        }

        // SPM-2: placer's and filler's number in one field; the tube's number, SPM-30, names it where they do not.
        var numbers = spm.Field(2);
        var number = numbers.Component(2).Text() is { Length: > 0 } filler ? filler : numbers.Component(1).Text();
        number = number.Length > 0 ? number : spm.Field(30).Text();
        var specimen = number.Length > 0
            ? Record("Specimen", SourceKey.Part(PatientKey, "specimen|" + number))
            : OwnRecord("Specimen", SourceKey.Part(order?.Report?.Key ?? order?.Request?.Key ?? Whole, "specimen|" + spm.Field(4).Text()), spm);
        if (!specimen.Body.Has("subject"))
        {
            Apply(content.Segment("SPM", "Specimen"), spm, specimen.Body);
            specimen.Body.Set("subject", Subject);
            var taken = spm.Field(17).Repetition(1);
            var from = Time(taken.Component(1), new Place(spm, 17));
            var to = Time(taken.Component(2), new Place(spm, 17));
            Collected(from is not null && to is not null && from != to ? new FhirObject().Set("start", from).Set("end", to) : from ?? to, specimen.Body);
            if (content.Codes("YesNo")[spm.Field(20).Text()] is { } available)
            {
                specimen.Body.Set("status", available.Code == "true" ? "available" : "unavailable");
            }

            if (spm.Field(21).HasValue)
            {
                specimen.Body.Set("status", "unsatisfactory");
            }
        }

        specimens.Add(specimen);
        order?.Specimens.Add(specimen);
        noted = specimen.Body;
    }

    private void ContainerOf(Segment sac)
    {
        if (specimens.Count > 0)
        {
            Apply(content.Segment("SAC", "Specimen"), sac, specimens[^1].Body);
        }
    }

    private void NoteOf(Segment nte)
    {
        var text = string.Join('\n', Enumerable.Range(1, nte.Field(3).RepetitionCount).Select(i => nte.Field(3).Repetition(i).Whole()).Where(part => part.Length > 0));
        if (text.Length == 0)
        {
            return;
        }

        var author = Person(nte.Field(5).Repetition(1));
        var note = new FhirObject().Set("text", text)
            .Set("time", Time(nte.Field(6).Repetition(1), new Place(nte, 6)))
            .Set("authorReference", author?.Refer());
        if (order is { Report: { } report, Request: var request } && (noted is null || noted == request?.Body || noted == report.Body))
        {
            report.Body.Set("conclusion", report.Body["conclusion"] is string there ? there + "\n" + text : text);
            request?.Body.Add("note", note);
            return;
        }

        switch (noted?["resourceType"])
        {
            case "Appointment":
                noted.Set("comment", noted["comment"] is string said ? said + "\n" + text : text);
                break;
            case "Patient" or "Encounter" or null:
                break;
            default:
                noted.Add("note", note);
                break;
        }
    }
}
