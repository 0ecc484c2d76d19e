using System.Buffers;
using Kangqiao.City.Lives;

namespace Kangqiao.City.Sending.Fhir;

/// <summary>What a visit cost, item by item, and who paid.</summary>
internal static class FhirMoney
{
    public static void Write(ResourceWriter to, Visit visit, ArrayBufferWriter<byte> file)
    {
        for (var i = 0; i < visit.Charges.Count; i++)
        {
            WriteCharge(to, visit, i, file);
        }

        if (visit.Settlement is { } settlement && visit.Patient.Person.Insurance.Code != "99")
        {
            WriteSettlement(to, visit, settlement, file);
        }
    }

    private static void WriteCharge(ResourceWriter to, Visit visit, int index, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        var charge = visit.Charges[index];
        to.Begin("ChargeItem", $"ch{visit.Number}-{index + 1}", visit.SaidAt);
        to.Text("status"u8, "billed");
        to.Concept("code"u8, ResourceWriter.LocalSystem(visit.Institution, "fee-category"), charge.Category, charge.Name, ResourceWriter.LocalSystem(visit.Institution, "price-item"), LocalCodes.Of(visit.Institution, charge.Code));
        to.Reference("subject"u8, "Patient", FhirPatients.PatientId(visit.Patient));
        to.Reference("context"u8, "Encounter", FhirVisits.EncounterId(visit));
        to.Text("occurrenceDateTime"u8, ResourceWriter.Instant(visit.At));
        to.Organization("performingOrganization"u8, visit.Institution);
        json.WriteStartObject("quantity"u8);
        json.WriteNumber("value"u8, charge.Quantity);
        json.WriteEndObject();
        // The whole line's amount: what was paid, not what one costs.
        to.Money("priceOverride"u8, charge.Amount);
        to.End(file);
    }

    private static void WriteSettlement(ResourceWriter to, Visit visit, Settlement settlement, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        to.Begin("ExplanationOfBenefit", "eb" + visit.Number, visit.SaidAt);
        to.Text("status"u8, "active");
        to.Coded("type"u8, "http://terminology.hl7.org/CodeSystem/claim-type", "institutional");
        to.Text("use"u8, "claim");
        to.Reference("patient"u8, "Patient", FhirPatients.PatientId(visit.Patient));
        to.Text("created"u8, ResourceWriter.Instant(visit.End));
        json.WriteStartObject("insurer"u8);
        to.Text("display"u8, "医疗保障局");
        json.WriteEndObject();
        to.Organization("provider"u8, visit.Institution);
        to.Text("outcome"u8, "complete");
        json.WriteStartArray("insurance"u8);
        json.WriteStartObject();
        json.WriteBoolean("focal"u8, true);
        to.Reference("coverage"u8, "Coverage", FhirPatients.CoverageId(visit.Patient));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("item"u8);
        json.WriteStartObject();
        json.WriteNumber("sequence"u8, 1);
        to.Concept("productOrService"u8, null, null, visit.IsInpatient ? "住院医疗费" : "门诊医疗费");
        to.Money("net"u8, settlement.Total);
        json.WriteStartArray("encounter"u8);
        json.WriteStartObject();
        to.Text("reference"u8, "Encounter/" + FhirVisits.EncounterId(visit));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("total"u8);
        Total(to, "submitted", "总费用", settlement.Total);
        Total(to, "benefit", "统筹基金支付", settlement.Fund);
        Total(to, "copay", "个人账户支付", settlement.Account);
        Total(to, "deductible", "个人现金支付", settlement.Cash);
        json.WriteEndArray();
        to.End(file);
    }

    private static void Total(ResourceWriter to, string category, string text, decimal amount)
    {
        to.Json.WriteStartObject();
        to.Concept("category"u8, "http://terminology.hl7.org/CodeSystem/adjudication", category, text);
        to.Money("amount"u8, amount);
        to.Json.WriteEndObject();
    }
}
