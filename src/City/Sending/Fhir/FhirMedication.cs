using System.Buffers;
using Kangqiao.City.Lives;

namespace Kangqiao.City.Sending.Fhir;

/// <summary>Prescriptions, decoctions, immunisations.</summary>
internal static class FhirMedication
{
    public static void Write(ResourceWriter to, Visit visit, ArrayBufferWriter<byte> file)
    {
        foreach (var prescription in visit.Prescriptions)
        {
            for (var i = 0; i < prescription.Drugs.Count; i++)
            {
                WriteDrug(to, visit, prescription, i, file);
            }

            if (prescription.Decoction is { } decoction)
            {
                WriteDecoction(to, visit, prescription, decoction, file);
            }
        }
    }

    public static void Write(ResourceWriter to, Vaccination vaccination, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        var dose = vaccination.Dose;
        to.Begin("Immunization", "im" + vaccination.Number, vaccination.SaidAt);
        to.Text("status"u8, "completed");
        to.Concept("vaccineCode"u8, ResourceWriter.LocalSystem(vaccination.Institution, "vaccine"), dose.Vaccine, dose.Name);
        to.Reference("patient"u8, "Patient", FhirPatients.PatientId(vaccination.Patient));
        to.Text("occurrenceDateTime"u8, ResourceWriter.Instant(vaccination.At));
        json.WriteBoolean("primarySource"u8, true);
        json.WriteStartObject("manufacturer"u8);
        to.Text("display"u8, dose.Maker);
        json.WriteEndObject();
        to.Text("lotNumber"u8, vaccination.Lot);
        to.Text("expirationDate"u8, ResourceWriter.Day(vaccination.Expires));
        to.Concept("site"u8, null, null, vaccination.Site);
        json.WriteStartArray("performer"u8);
        json.WriteStartObject();
        to.Organization("actor"u8, vaccination.Institution);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("protocolApplied"u8);
        json.WriteStartObject();
        to.Text("series"u8, "国家免疫规划");
        json.WriteStartArray("targetDisease"u8);
        json.WriteStartObject();
        to.ConceptBody(null, null, dose.Disease);
        json.WriteEndArray();
        json.WriteNumber("doseNumberPositiveInt"u8, dose.Number);
        json.WriteEndObject();
        json.WriteEndArray();
        to.End(file);
    }

    private static void WriteDrug(ResourceWriter to, Visit visit, Prescription prescription, int index, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        var line = prescription.Drugs[index];
        var drug = line.Drug;
        Begin(to, visit, prescription, $"rx{prescription.Number}-{index + 1}");
        to.Concept("medicationCodeableConcept"u8, null, null, $"{drug.Name} {drug.Spec}", ResourceWriter.LocalSystem(visit.Institution, "drug"), LocalCodes.Of(visit.Institution, drug.Id));
        About(to, visit, prescription);
        json.WriteStartArray("dosageInstruction"u8);
        json.WriteStartObject();
        to.Text("text"u8, $"一次{drug.Dose:0.####}{drug.Unit}，一日{drug.PerDay}次，共{line.Days}天");
        json.WriteStartObject("timing"u8);
        json.WriteStartObject("repeat"u8);
        json.WriteNumber("frequency"u8, drug.PerDay);
        json.WriteNumber("period"u8, 1);
        to.Text("periodUnit"u8, "d");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("doseAndRate"u8);
        json.WriteStartObject();
        to.Quantity("doseQuantity"u8, drug.Dose, drug.Unit);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        Dispense(to, line.Packs, drug.Pack, line.Days);
        to.End(file);
    }

    private static void WriteDecoction(ResourceWriter to, Visit visit, Prescription prescription, PrescribedDecoction prescribed, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        Begin(to, visit, prescription, "rx" + prescription.Number, () =>
        {
            json.WriteStartArray("contained"u8);
            json.WriteStartObject();
            to.Text("resourceType"u8, "Medication");
            to.Text("id"u8, "herbs");
            to.Concept("code"u8, null, null, prescribed.Decoction.Name);
            to.Concept("form"u8, null, null, "汤剂");
            json.WriteStartArray("ingredient"u8);
            foreach (var (herb, grams, _) in prescribed.Decoction.Herbs)
            {
                json.WriteStartObject();
                to.Concept("itemCodeableConcept"u8, null, null, herb);
                json.WriteStartObject("strength"u8);
                to.Quantity("numerator"u8, grams, "g");
                to.Quantity("denominator"u8, 1, "{dose}");
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        });
        json.WriteStartObject("medicationReference"u8);
        to.Text("reference"u8, "#herbs");
        json.WriteEndObject();
        About(to, visit, prescription);
        json.WriteStartArray("dosageInstruction"u8);
        json.WriteStartObject();
        to.Text("text"u8, $"共{prescribed.Doses}剂，每日1剂，水煎400mL，分早晚两次温服");
        json.WriteEndObject();
        json.WriteEndArray();
        Dispense(to, prescribed.Doses, "剂", prescribed.Doses);
        to.End(file);
    }

    private static void Begin(ResourceWriter to, Visit visit, Prescription prescription, string id, Action? contained = null)
    {
        to.Begin("MedicationRequest", id, visit.SaidAt);
        contained?.Invoke();
        to.Identifier(ResourceWriter.LocalSystem(visit.Institution, "prescription-line"), id[2..]);
        to.Text("status"u8, "completed");
        to.Text("intent"u8, "order");
    }

    private static void About(ResourceWriter to, Visit visit, Prescription prescription)
    {
        to.Reference("subject"u8, "Patient", FhirPatients.PatientId(visit.Patient));
        to.Reference("encounter"u8, "Encounter", FhirVisits.EncounterId(visit));
        to.Text("authoredOn"u8, ResourceWriter.Instant(visit.At.AddMinutes(18)));
        to.Doctor("requester"u8, visit.Doctor);
        to.Json.WriteStartObject("groupIdentifier"u8);
        to.Text("system"u8, ResourceWriter.LocalSystem(visit.Institution, "prescription"));
        to.Text("value"u8, prescription.Number);
        to.Json.WriteEndObject();
    }

    private static void Dispense(ResourceWriter to, decimal packs, string pack, int days)
    {
        var json = to.Json;
        json.WriteStartObject("dispenseRequest"u8);
        json.WriteStartObject("quantity"u8);
        json.WriteNumber("value"u8, packs);
        to.Text("unit"u8, pack);
        json.WriteEndObject();
        to.Quantity("expectedSupplyDuration"u8, days, "d");
        json.WriteEndObject();
    }
}
