using System.Buffers;
using Kangqiao.City.Content;
using Kangqiao.City.Lives;

namespace Kangqiao.City.Sending.Fhir;

/// <summary>Orders, laboratory results, imaging reports, and the cause of a death.</summary>
internal static class FhirResults
{
    private const string ReportCategory = "http://terminology.hl7.org/CodeSystem/v2-0074";
    private const string Interpretation = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
    private const string RadiologyItems = "https://kangqiao.dev/fhir/CodeSystem/CV04.30.002-subset";

    public static void Write(ResourceWriter to, Visit visit, ArrayBufferWriter<byte> file)
    {
        foreach (var lab in visit.Labs)
        {
            WriteOrder(to, visit, lab.Number, ResourceWriter.Loinc, lab.Panel.Loinc, lab.Panel.Id, lab.Panel.Name, file);
            for (var i = 0; i < lab.Results.Count; i++)
            {
                WriteResult(to, visit, lab, lab.Results[i], file);
            }

            WriteReport(to, visit, lab, file);
        }

        foreach (var image in visit.Imaging)
        {
            WriteOrder(to, visit, image.Number, RadiologyItems, image.Examination.Code, image.Examination.Id, image.Examination.Name, file);
            WriteReport(to, visit, image, file);
        }
    }

    public static void Write(ResourceWriter to, DeathNotice death, ArrayBufferWriter<byte> file)
    {
        to.Begin("Observation", "dc" + death.Number, death.SaidAt);
        to.Text("status"u8, "final");
        to.Concept("code"u8, ResourceWriter.Loinc, "69453-9", "根本死因");
        to.Reference("subject"u8, "Patient", FhirPatients.PatientId(death.Patient));
        to.Text("effectiveDateTime"u8, ResourceWriter.Day(DateOnly.FromDateTime(death.At)));
        to.Concept("valueCodeableConcept"u8, ResourceWriter.Icd10, death.Cause.Code, death.Cause.Name);
        to.End(file);
    }

    private static void WriteOrder(ResourceWriter to, Visit visit, string number, string system, string? code, string localId, string name, ArrayBufferWriter<byte> file)
    {
        to.Begin("ServiceRequest", "sr" + number, visit.SaidAt);
        to.Identifier(ResourceWriter.LocalSystem(visit.Institution, "order"), number);
        to.Text("status"u8, "completed");
        to.Text("intent"u8, "order");
        to.Concept("code"u8, system, code, name, ResourceWriter.LocalSystem(visit.Institution, "item"), LocalCodes.Of(visit.Institution, localId));
        to.Reference("subject"u8, "Patient", FhirPatients.PatientId(visit.Patient));
        to.Reference("encounter"u8, "Encounter", FhirVisits.EncounterId(visit));
        to.Text("authoredOn"u8, ResourceWriter.Instant(visit.At.AddMinutes(12)));
        to.Doctor("requester"u8, visit.Doctor);
        to.End(file);
    }

    private static void WriteResult(ResourceWriter to, Visit visit, LabReport lab, Result result, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        to.Begin("Observation", $"ob{lab.Number}-{result.Item.Id}", lab.Reported > visit.SaidAt ? lab.Reported : visit.SaidAt);
        to.Text("status"u8, "final");
        json.WriteStartArray("category"u8);
        json.WriteStartObject();
        to.CodedBody(FhirVisits.ObservationCategory, "laboratory");
        json.WriteEndArray();
        to.Concept("code"u8, ResourceWriter.Loinc, result.Item.Loinc, result.Item.Name, ResourceWriter.LocalSystem(visit.Institution, "lab-item"), LocalCodes.Of(visit.Institution, result.Item.Id));
        to.Reference("subject"u8, "Patient", FhirPatients.PatientId(visit.Patient));
        to.Reference("encounter"u8, "Encounter", FhirVisits.EncounterId(visit));
        to.Text("effectiveDateTime"u8, ResourceWriter.Instant(lab.Taken));
        to.Text("issued"u8, ResourceWriter.Instant(lab.Reported));
        json.WriteStartArray("performer"u8);
        json.WriteStartObject();
        to.KnownBody("Organization", ResourceWriter.InstitutionCode, visit.Institution.Code, visit.Institution.Name);
        json.WriteEndArray();
        if (result.Value is { } value)
        {
            to.Quantity("valueQuantity"u8, value, result.Item.Unit);
        }
        else
        {
            to.Concept("valueCodeableConcept"u8, null, null, result.Text!);
        }

        if (result.Flag.Length > 0)
        {
            json.WriteStartArray("interpretation"u8);
            json.WriteStartObject();
            to.CodedBody(Interpretation, result.Flag);
            json.WriteEndArray();
        }

        if (result.Item.Scale == Scale.Quantity)
        {
            json.WriteStartArray("referenceRange"u8);
            json.WriteStartObject();
            to.Quantity("low"u8, (decimal)result.Range.Low, result.Item.Unit);
            to.Quantity("high"u8, (decimal)result.Range.High, result.Item.Unit);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        to.End(file);
    }

    private static void WriteReport(ResourceWriter to, Visit visit, LabReport lab, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        Begin(to, visit, lab.Number, "LAB");
        to.Concept("code"u8, ResourceWriter.Loinc, lab.Panel.Loinc, lab.Panel.Name, ResourceWriter.LocalSystem(visit.Institution, "item"), LocalCodes.Of(visit.Institution, lab.Panel.Id));
        About(to, visit, lab.Taken, lab.Reported);
        json.WriteStartArray("result"u8);
        foreach (var result in lab.Results)
        {
            json.WriteStartObject();
            to.Text("reference"u8, $"Observation/ob{lab.Number}-{result.Item.Id}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        to.End(file);
    }

    private static void WriteReport(ResourceWriter to, Visit visit, ImagingReport image, ArrayBufferWriter<byte> file)
    {
        Begin(to, visit, image.Number, image.Examination.Modality == "ECG" ? "EC" : "RAD");
        to.Concept("code"u8, RadiologyItems, image.Examination.Code, image.Examination.Name, ResourceWriter.LocalSystem(visit.Institution, "item"), LocalCodes.Of(visit.Institution, image.Examination.Id));
        About(to, visit, image.Done, image.Reported);
        to.Text("conclusion"u8, $"影像所见：{image.Finding}影像诊断：{image.Conclusion}");
        to.End(file);
    }

    private static void Begin(ResourceWriter to, Visit visit, string number, string category)
    {
        var json = to.Json;
        to.Begin("DiagnosticReport", "dr" + number, visit.SaidAt);
        to.Identifier(ResourceWriter.LocalSystem(visit.Institution, "report"), number);
        json.WriteStartArray("basedOn"u8);
        json.WriteStartObject();
        to.Text("reference"u8, "ServiceRequest/sr" + number);
        json.WriteEndObject();
        json.WriteEndArray();
        to.Text("status"u8, "final");
        json.WriteStartArray("category"u8);
        json.WriteStartObject();
        to.CodedBody(ReportCategory, category);
        json.WriteEndArray();
    }

    private static void About(ResourceWriter to, Visit visit, DateTime done, DateTime reported)
    {
        var json = to.Json;
        to.Reference("subject"u8, "Patient", FhirPatients.PatientId(visit.Patient));
        to.Reference("encounter"u8, "Encounter", FhirVisits.EncounterId(visit));
        to.Text("effectiveDateTime"u8, ResourceWriter.Instant(done));
        to.Text("issued"u8, ResourceWriter.Instant(reported));
        json.WriteStartArray("performer"u8);
        json.WriteStartObject();
        to.KnownBody("Organization", ResourceWriter.InstitutionCode, visit.Institution.Code, visit.Institution.Name);
        json.WriteEndArray();
    }
}
