using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>RXO, RXE, RXR, RXC, RXD, RXA: drugs ordered, dispensed and given, and vaccinations.</summary>
internal sealed partial class MessageMap
{
    private Segment waitingTiming;

    private void Prescribe(Segment rx, bool isEncoded)
    {
        if (patient is null || order is null || order.Request is not null || (!isEncoded && HasEncodedAfter(rx)))
        {
            // Where the pharmacy's encoded order stands beside the one as written, it is the order: one prescription, not two.
            return;
        }

        var drug = isEncoded ? 2 : 1;
        if (NameOf(rx, drug, 0) is not { } item)
        {
            return;
        }

        AskFor(rx, isEncoded ? "RXE" : "RXO", "MedicationRequest", item);
        var body = order.Request!.Body;
        var dosage = body.First("dosageInstruction");
        Dose(rx, isEncoded ? 3 : 2, dosage);
        if (isEncoded && Decimal(rx.Field(23).Repetition(1), new Place(rx, 23)) is { } rate)
        {
            var quantity = new FhirObject().Set("value", rate);
            SetUnit(quantity, rx.Field(24).Repetition(1));
            dosage.First("doseAndRate").Set("rateQuantity", quantity);
        }

        if (rx.Field(9).Text() is "N" or "0" or "G" or "T" && body["substitution"] is FhirObject)
        {
            body.Set("substitution", new FhirObject().Set("allowedBoolean", rx.Field(9).Text() is "G" or "T"));
        }

        if (isEncoded && !rx.Field(1).IsEmpty)
        {
            OldTiming(rx.Field(1).Repetition(1), dosage, new Place(rx, 1));
        }

        if (waitingTiming.Exists)
        {
            DrugTiming(waitingTiming, body);
            waitingTiming = default;
        }
    }

    private bool HasEncodedAfter(Segment rxo)
    {
        for (var i = rxo.Index + 1; i < message.Count && !message[i].Is("ORC"); i++)
        {
            if (message[i].Is("RXE"))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Least and most to give, and their unit: three fields in a row.</summary>
    private void Dose(Segment rx, int field, FhirObject dosage)
    {
        var least = Decimal(rx.Field(field).Repetition(1), new Place(rx, field));
        var most = Decimal(rx.Field(field + 1).Repetition(1), new Place(rx, field + 1));
        FhirObject? Measured(Digits? amount)
        {
            if (amount is null)
            {
                return null;
            }

            var quantity = new FhirObject().Set("value", amount);
            SetUnit(quantity, rx.Field(field + 2).Repetition(1));
            return quantity;
        }

        if (least is not null && most is not null && least != most)
        {
            dosage.First("doseAndRate").Set("doseRange", new FhirObject().Set("low", Measured(least)).Set("high", Measured(most)));
        }
        else if ((least ?? most) is { } amount)
        {
            dosage.First("doseAndRate").Set("doseQuantity", Measured(amount));
        }
    }

    private void DrugTiming(Segment tq1, FhirObject body)
    {
        var dosage = body.First("dosageInstruction");
        var timing = dosage.Object("timing");
        Frequency(tq1.Field(3).Component(1).Text(), timing);
        var start = Time(tq1.Field(7).Repetition(1), new Place(tq1, 7));
        var end = Time(tq1.Field(8).Repetition(1), new Place(tq1, 8));
        timing.Object("repeat").Set("boundsPeriod", new FhirObject().Set("start", start).Set("end", end));
        if (tq1.Field(11).Whole() is { Length: > 0 } told && !dosage.Has("text"))
        {
            dosage.Set("text", told);
        }

        if (content.Codes("RequestPriority")[tq1.Field(9).Text()] is { } priority)
        {
            body.Set("priority", priority.Code);
        }
    }

    /// <summary>TQ, which is RXE-1 before version 2.5: quantity, interval, duration, start, end, priority.</summary>
    private void OldTiming(Hl7Value tq, FhirObject dosage, Place place)
    {
        var timing = dosage.Object("timing");
        Frequency(tq.Component(2).Text(), timing);
        timing.Object("repeat").Set("boundsPeriod", new FhirObject().Set("start", Time(tq.Component(4), place)).Set("end", Time(tq.Component(5), place)));
    }

    private void Frequency(string pattern, FhirObject timing)
    {
        if (pattern.Length == 0)
        {
            return;
        }

        timing.Set("code", content.Codes("Frequency")[pattern] is { } known
            ? new FhirObject().Add("coding", CodingOf(known)).Set("text", pattern)
            : new FhirObject().Set("text", pattern));
    }

    private void RouteOf(Segment rxr)
    {
        switch (order)
        {
            case { Given: { Type: "Immunization" } vaccination }:
                Apply(content.Segment("RXR", "Immunization"), rxr, vaccination.Body);
                break;
            case { Given: { Type: "MedicationAdministration" } given }:
                Apply(content.Segment("RXR", "Dosage"), rxr, given.Body.Object("dosage"));
                break;
            case { Given: { Type: "MedicationDispense" } dispensed }:
                Apply(content.Segment("RXR", "Dosage"), rxr, dispensed.Body.First("dosageInstruction"));
                break;
            case { Request: { Type: "MedicationRequest" } request }:
                Apply(content.Segment("RXR", "Dosage"), rxr, request.Body.First("dosageInstruction"));
                break;
            default:
                break;
        }
    }

    /// <summary>What a mixture is made of: the order then refers to a Medication that lists it.</summary>
    private void ComponentOf(Segment rxc)
    {
        if (order?.Request is not { Type: "MedicationRequest" } request
            || Concept(rxc.Field(2).Repetition(1), "drug", null, new Place(rxc, 2)) is not { } item)
        {
            return;
        }

        var mixture = Record("Medication", SourceKey.Part(request.Key, "mixture"));
        if (request.Body["medicationCodeableConcept"] is { } code)
        {
            mixture.Body.Set("code", code);
            request.Body.Remove("medicationCodeableConcept");
            request.Body.Set("medicationReference", mixture.Refer());
            mixture.IsMention = request.IsMention;
        }

        var ingredient = new FhirObject().Set("itemCodeableConcept", item);
        if (Decimal(rxc.Field(3).Repetition(1), new Place(rxc, 3)) is { } amount)
        {
            var quantity = new FhirObject().Set("value", amount);
            SetUnit(quantity, rxc.Field(4).Repetition(1));
            ingredient.Set("strength", new FhirObject().Set("numerator", quantity).Set("denominator", new FhirObject().Set("value", new Digits("1"))));
        }

        mixture.Body.Add("ingredient", ingredient);
    }

    /// <summary>The order that a drug was dispensed or given for.</summary>
    private FhirObject? PrescriptionOf() =>
        order?.Request is { Type: "MedicationRequest" } told ? told.Refer()
        : order?.Placer is { Length: > 0 } number ? new FhirObject().Set("reference", names.Reference("MedicationRequest", SourceKey.Placer(number)))
        : null;

    private string OrderNumber => order is { Filler.Length: > 0 } ? SourceKey.Filler(order.Filler)
        : order is { Placer.Length: > 0 } ? SourceKey.Placer(order.Placer)
        : Whole;

    private void Dispense(Segment rxd)
    {
        if (patient is null || NameOf(rxd, 2, 0) is not { } item)
        {
            return;
        }

        var key = SourceKey.Part(OrderNumber, $"dispense|{item}|{rxd.Field(1).Text()}|{rxd.Field(7).Text()}");
        var dispensed = OwnRecord("MedicationDispense", key, rxd);
        order ??= new OrderState(default);
        order.Given = dispensed;
        var body = dispensed.Body;
        Apply(content.Segment("RXD", "MedicationDispense"), rxd, body);
        body.Set("status", order.Control is "CA" or "OC" or "CR" ? "cancelled" : "completed").Set("subject", Subject).Set("context", VisitReference)
            .Add("authorizingPrescription", PrescriptionOf());
        if (body["daysSupply"] is FhirObject supply && supply.HasContent)
        {
            // RXD-12 is the most per day, not the days, unless it bears a unit of time.
            body.Remove("daysSupply");
        }

        noted = body;
    }

    private void Administer(Segment rxa)
    {
        if (patient is null || NameOf(rxa, 5, 0) is not { } item)
        {
            return;
        }

        order ??= new OrderState(default);
        if (type == "VXU")
        {
            Vaccinate(rxa, item);
            return;
        }

        var given = OwnRecord("MedicationAdministration", SourceKey.Part(OrderNumber, $"given|{item}|{rxa.Field(2).Text()}|{rxa.Field(3).Text()}"), rxa);
        order.Given = given;
        var body = given.Body;
        Apply(content.Segment("RXA", "MedicationAdministration"), rxa, body);
        body.Set("status", content.Codes("AdministrationStatus")[rxa.Field(20).Text()]?.Code ?? "completed")
            .Set("subject", Subject).Set("context", VisitReference).Set("request", PrescriptionOf());
        var when = Period(rxa, 3, 4);
        body.Set(when is FhirObject ? "effectivePeriod" : "effectiveDateTime", when);
        if (rxa.Field(21).Text() == "D")
        {
            given.Intent = MappedIntent.Withdraw;
            body.Set("status", "entered-in-error");
        }

        noted = body;
    }

    private void Vaccinate(Segment rxa, string vaccine)
    {
        // 9999 is what senders write who have no number for what others gave (CDC implementation guide, ORC-3).
        var number = order!.Filler is { Length: > 0 } and not ("9999" or "0") ? order.Filler : order.Placer;
        var key = number.Length > 0
            ? SourceKey.Part(PatientKey, $"vaccination|{number}|{vaccine}")
            : SourceKey.Part(PatientKey, $"vaccination|{vaccine}|{rxa.Field(3).Text()}");
        var vaccination = OwnRecord("Immunization", key, rxa);
        order.Given = vaccination;
        var body = vaccination.Body;
        if (order.Orc.Exists)
        {
            Apply(content.Segment("ORC", "Immunization"), order.Orc, body);
        }

        Apply(content.Segment("RXA", "Immunization"), rxa, body);
        var status = content.Codes("ImmunizationStatus")[rxa.Field(20).Text()]?.Code ?? "completed";
        body.Set("status", status).Set("patient", Subject).Set("encounter", VisitReference);
        if (status == "completed")
        {
            body.Remove("statusReason");
        }

        if (Time(rxa.Field(3).Repetition(1), new Place(rxa, 3)) is { } when)
        {
            body.Set("occurrenceDateTime", when);
        }
        else
        {
            body.Set("occurrenceString", "unknown");
        }

        // NIP001: 00 is given here, all else was told by somebody.
        body.Set("primarySource", rxa.Field(9).Text() is "00" or "");
        if (rxa.Field(9).Text() is "00")
        {
            body.Remove("reportOrigin");
        }

        if (rxa.Field(21).Text() == "D")
        {
            vaccination.Intent = MappedIntent.Withdraw;
            body.Set("status", "entered-in-error");
        }

        noted = body;
    }
}
