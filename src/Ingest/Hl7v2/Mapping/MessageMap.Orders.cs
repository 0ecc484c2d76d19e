using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>ORC, OBR, TQ1 and referrals: what was asked for.</summary>
internal sealed partial class MessageMap
{
    private readonly List<OrderState> reports = [];
    private OrderState? order;
    private Draft? referral;
    private Dictionary<string, int>? placers;

    /// <summary>Whether the message is about what was found; an order in it is only mentioned.</summary>
    private bool IsResult => type is "ORU" or "OUL" or "REF";

    private bool IsOrder => type is "ORM" or "OML" or "OMG" or "OMP" or "RDE";

    private void BeginOrder(Segment orc)
    {
        if (type == "OUL" && order is { Orc.Exists: false, Obr.Exists: true })
        {
            // OUL tells the common part of an order after the test.
            order.Orc = orc;
            order.Placer = order.Placer.Length > 0 ? order.Placer : orc.Field(2).Text();
            order.Filler = order.Filler.Length > 0 ? order.Filler : orc.Field(3).Text();
            if (order.Request is { } request)
            {
                Apply(content.Segment("ORC", "ServiceRequest"), orc, request.Body);
            }

            return;
        }

        EndOrder();
        order = new OrderState(orc) { Placer = orc.Field(2).Text(), Filler = orc.Field(3).Text() };
        noted = null;
        if (IsOrder && !HasDetail(orc) && order.Placer.Length > 0)
        {
            // An order may be cancelled or held by its number alone.
            BareOrder(orc);
        }
    }

    private bool HasDetail(Segment orc)
    {
        for (var i = orc.Index + 1; i < message.Count && !message[i].Is("ORC"); i++)
        {
            if (message[i].Name is "OBR" or "RXO" or "RXE" or "ODS" or "ODT" or "RQD" or "RQ1")
            {
                return true;
            }
        }

        return false;
    }

    private void BareOrder(Segment orc)
    {
        var isDrug = type is "OMP" or "RDE";
        var request = Record(isDrug ? "MedicationRequest" : "ServiceRequest", SourceKey.Placer(order!.Placer));
        request.Intent = MappedIntent.Amend;
        Apply(content.Segment("ORC", request.Type), orc, request.Body);
        request.Body.Set("status", OrderStatus(isDrug)).Set("intent", "order").Set("subject", Subject);
        order.Request = request;
    }

    private void EndOrder()
    {
        if (order is { Report: not null })
        {
            reports.Add(order);
        }

        order = null;
    }

    private void Request(Segment obr)
    {
        if (order is null || order.Obr.Exists || order.Given is not null)
        {
            EndOrder();
            order = new OrderState(default);
        }

        order.Obr = obr;
        order.Placer = obr.Field(2).Text() is { Length: > 0 } placer ? placer : order.Placer;
        order.Filler = obr.Field(3).Text() is { Length: > 0 } filler ? filler : order.Filler;
        if (patient is null || NameOf(obr, 4, 0) is not { } item)
        {
            return;
        }

        if (!IsResult || order.Placer.Length > 0)
        {
            AskFor(obr, "OBR", "ServiceRequest", item);
        }

        if (IsResult || obr.Field(25).HasValue && !IsOrder)
        {
            BeginReport(obr, item);
        }

        if (order.Report is null || type == "ORU")
        {
            SpecimenInRequest(obr);
        }

        if (type == "OUL")
        {
            order.Specimens.AddRange(specimens);
        }
    }

    private void OtherRequest(Segment segment)
    {
        if (patient is not null && order is not null && (segment.Is("RQD") ? NameOf(segment, segment.Field(2).HasValue ? 2 : 3, 0) : NameOf(segment, 3, 0)) is { } item)
        {
            AskFor(segment, segment.Name, "ServiceRequest", item);
        }
    }

    private void AskFor(Segment detail, string table, string resource, string item)
    {
        var key = OrderKey(resource, item, detail);
        var request = order!.Request = OwnRecord(resource, key, detail);
        var body = request.Body;
        if (order.Orc.Exists)
        {
            Apply(content.Segment("ORC", resource), order.Orc, body);
        }

        // The same number stands in ORC and in the detail.
        body.Remove("identifier");
        foreach (var (number, kind) in (ReadOnlySpan<(Hl7Value, string)>)[
            (Numbered(detail, order.Orc, 2, table), "PLAC"), (Numbered(detail, order.Orc, 3, table), "FILL")])
        {
            body.Add("identifier", Ei(number.Repetition(1), kind));
        }

        var given = body["identifier"];
        Apply(content.Segment(table, resource), detail, body);
        if (table == "OBR")
        {
            body.Set("identifier", given);
        }

        var isDrug = resource == "MedicationRequest";
        body.Set("status", OrderStatus(isDrug)).Set("intent", "order").Set("subject", Subject).Set("encounter", VisitReference);
        request.IsMention = !IsOrder;
        request.Intent = IsOrder && order.Control is "CA" or "DC" or "CR" or "DR" or "OC" or "OD" or "HD" or "HR" or "OH" or "RL" or "SC" or "OE" or "OR"
            ? MappedIntent.Amend
            : MappedIntent.Put;
        if (order.Control == "DE" || order.Orc.Field(5).Text() == "ER")
        {
            request.Intent = MappedIntent.Withdraw;
        }

        if (referral is not null && request != referral)
        {
            body.Add("basedOn", referral.Refer());
        }

        noted = body;
    }

    private static Hl7Value Numbered(Segment detail, Segment orc, int field, string table) =>
        table == "OBR" && detail.Field(field).HasValue ? detail.Field(field) : orc.Field(field);

    /// <summary>
    /// An order is known by its placer's number, else its filler's. A number that several orders of a message share – a
    /// requisition's – names each of them together with what is ordered.
    /// </summary>
    private string OrderKey(string resource, string item, Segment detail)
    {
        if (order!.Placer.Length > 0)
        {
            return Shared(order.Placer) ? SourceKey.Part(SourceKey.Placer(order.Placer), item) : SourceKey.Placer(order.Placer);
        }

        if (order.Filler.Length > 0)
        {
            return SourceKey.Part(SourceKey.Filler(order.Filler), item);
        }

        var when = detail.Is("OBR") && detail.Field(7).HasValue ? detail.Field(7).Text() : order.Orc.Field(9).Text();
        if (!IsResult)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NoOrderNumber, detail.Path, "PID-3, PV1-19, " + (resource == "ServiceRequest" ? "OBR-4, OBR-7" : "RXE-2")));
        }

        return SourceKey.Part(Whole, $"order|{item}|{when}");
    }

    private bool Shared(string placer)
    {
        if (placers is null)
        {
            placers = new Dictionary<string, int>(StringComparer.Ordinal);
            Segment orc = default;
            for (var i = 0; i < message.Count; i++)
            {
                var segment = message[i];
                if (segment.Is("ORC"))
                {
                    orc = segment;
                }
                else if (segment.Is("OBR") || (segment.Is("RXE") && type == "RDE") || (segment.Is("RXO") && type is not "RDE"))
                {
                    var number = segment.Is("OBR") && segment.Field(2).HasValue ? segment.Field(2).Text() : orc.Field(2).Text();
                    placers[number] = placers.GetValueOrDefault(number) + 1;
                }
            }
        }

        return placers.GetValueOrDefault(placer) > 1;
    }

    /// <summary>What ends or holds an order says so in ORC-1; else ORC-5 is its state, else ORC-1.</summary>
    private string OrderStatus(bool isDrug)
    {
        var control = content.Codes(isDrug ? "MedicationOrderControl" : "OrderControl")[order!.Control]?.Code;
        var state = content.Codes(isDrug ? "MedicationOrderStatus" : "OrderStatus")[order.Orc.Field(5).Text()]?.Code;
        return control is not (null or "active") ? control : state ?? control ?? (IsResult ? "completed" : "active");
    }

    private void TimingOf(Segment tq1)
    {
        if (schedule is not null && order is null)
        {
            ScheduleTiming(tq1);
        }
        else if (order?.Request is { Type: "ServiceRequest" } request)
        {
            Apply(content.Segment("TQ1", "ServiceRequest"), tq1, request.Body);
            if (request.Body.Has("occurrenceDateTime") && request.Body.Has("occurrencePeriod"))
            {
                request.Body.Remove("occurrenceDateTime");
            }
        }
        else if (order?.Request is { Type: "MedicationRequest" } drug)
        {
            DrugTiming(tq1, drug.Body);
        }
        else if (order is not null)
        {
            waitingTiming = tq1;
        }
    }

    private void Referral(Segment rf1)
    {
        if (patient is null)
        {
            return;
        }

        var number = rf1.Field(6).Text() is { Length: > 0 } origin ? origin : rf1.Field(11).Text();
        referral = Record("ServiceRequest", number.Length > 0
            ? SourceKey.Part(SourceKey.Placer(number), "referral")
            : SourceKey.Part(Whole, "referral|" + rf1.Field(7).Text()));
        var body = referral.Body;
        Apply(content.Segment("RF1", "ServiceRequest"), rf1, body);
        body.Set("intent", "order").Set("subject", Subject).Set("encounter", VisitReference)
            .Set("status", rf1.Field(1).Text() switch { "A" or "P" => "active", "R" => "revoked", "E" => "completed", _ => "active" });
        if (!body.Has("code"))
        {
            body.Set("code", new FhirObject().Set("text", "Referral"));
        }

        body.Add("category", OneConcept("http://snomed.info/sct", "3457005", "Patient referral"));
        referral.IsMention = IsAdt;
        noted = body;
    }

    private void ReferralParty(Segment prd)
    {
        if (referral is null || content.Codes("ReferralRole")[prd.Field(1).Text()] is not { } role)
        {
            return;
        }

        var family = prd.Field(2).Component(1).Text();
        var given = prd.Field(2).Component(2).Text();
        var number = prd.Field(7).Text();
        if (family.Length + given.Length + number.Length == 0)
        {
            return;
        }

        var party = Record("Practitioner", SourceKey.Staff(number.Length > 0 ? number : "name|" + family + " " + given));
        party.IsMention = true;
        if (!party.Body.Has("name"))
        {
            party.Body.Add("name", HumanName(prd.Field(2).Repetition(1))).Add("identifier", number.Length > 0 ? new FhirObject().Set("system", Local("id-staff")).Set("value", number) : null)
                .Add("address", prd.Field(3).IsEmpty ? null : Address(prd.Field(3).Repetition(1)))
                .Add("telecom", prd.Field(5).IsEmpty ? null : ContactPoint(prd.Field(5).Repetition(1), "work"));
        }

        _ = role.Code == "requester" ? referral.Body.Set("requester", party.Refer()) : referral.Body.Add("performer", party.Refer());
    }

    private void EndReferral()
    {
        if (referral is null)
        {
            return;
        }

        foreach (var draft in drafts)
        {
            if (draft.Type is "DiagnosticReport" or "Condition" && !draft.IsMention)
            {
                _ = draft.Type == "Condition" ? referral.Body.Add("reasonReference", draft.Refer()) : referral.Body.Add("supportingInfo", draft.Refer());
            }
        }
    }
}
