using System.Buffers;
using Kangqiao.City.Lives;

namespace Kangqiao.City.Sending.Fhir;

/// <summary>The encounter with its diagnoses, vital signs, operations and the report of an infectious disease.</summary>
internal static class FhirVisits
{
    public const string ActCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    public const string ObservationCategory = "http://terminology.hl7.org/CodeSystem/observation-category";
    public const string DiagnosisSubjects = "https://kangqiao.dev/fhir/CodeSystem/DEPT-diagnosis-subjects";

    public static string EncounterId(Visit visit) => "en" + visit.Number;

    public static string ConditionId(Visit visit, int index) => $"cd{visit.Number}-{index + 1}";

    public static void Write(ResourceWriter to, Visit visit, ArrayBufferWriter<byte> file)
    {
        for (var i = 0; i < visit.Diagnoses.Count; i++)
        {
            WriteCondition(to, visit, i);
            to.End(file);
        }

        WriteEncounter(to, visit, EncounterId(visit), visit.At, visit.End);
        to.End(file);
        for (var i = 0; i < visit.Vitals.Count; i++)
        {
            if (visit.Vitals[i].Loinc == "8462-4")
            {
                continue;
            }

            WriteVital(to, visit, i, $"vs{visit.Number}-{i + 1}", null);
            to.End(file);
        }

        foreach (var performed in visit.Operations)
        {
            WriteProcedure(to, visit, performed);
            to.End(file);
        }

        if (visit.Report is { } report)
        {
            WriteReport(to, visit, report);
            to.End(file);
        }
    }

    public static void Write(ResourceWriter to, Enrolment enrolment, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        to.Begin("EpisodeOfCare", "ep" + enrolment.Number, enrolment.SaidAt);
        to.Text("status"u8, "active");
        json.WriteStartArray("type"u8);
        json.WriteStartObject();
        to.ConceptBody(ResourceWriter.LocalSystem(enrolment.Institution, "programme"), enrolment.Programme, enrolment.ProgrammeName);
        json.WriteEndArray();
        to.Reference("patient"u8, "Patient", FhirPatients.PatientId(enrolment.Patient));
        to.Organization("managingOrganization"u8, enrolment.Institution);
        json.WriteStartObject("period"u8);
        to.Text("start"u8, ResourceWriter.Instant(enrolment.At));
        json.WriteEndObject();
        to.End(file);
    }

    /// <summary>Left open: the caller ends it.</summary>
    public static void WriteEncounter(ResourceWriter to, Visit visit, string id, DateTime start, DateTime end, string status = "finished", bool withClass = true)
    {
        var json = to.Json;
        to.Begin("Encounter", id, visit.SaidAt);
        to.Identifier(ResourceWriter.LocalSystem(visit.Institution, "visit"), id[2..]);
        to.Text("status"u8, status);
        if (withClass)
        {
            json.WriteStartObject("class"u8);
            to.Text("system"u8, ActCode);
            to.Text("code"u8, visit.Kind switch { VisitKind.Inpatient => "IMP", VisitKind.Emergency => "EMER", VisitKind.HomeVisit => "HH", _ => "AMB" });
            json.WriteEndObject();
        }

        json.WriteStartArray("type"u8);
        json.WriteStartObject();
        to.ConceptBody(ResourceWriter.LocalSystem(visit.Institution, "visit-kind"), KindCode(visit.Kind), KindName(visit.Kind));
        json.WriteEndArray();
        to.Concept("serviceType"u8, DiagnosisSubjects, visit.Department.Code, visit.Department.Name, null, null);
        to.Reference("subject"u8, "Patient", FhirPatients.PatientId(visit.Patient));
        json.WriteStartArray("participant"u8);
        json.WriteStartObject();
        to.Doctor("individual"u8, visit.Doctor);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("period"u8);
        to.Text("start"u8, ResourceWriter.Instant(start));
        to.Text("end"u8, ResourceWriter.Instant(end));
        json.WriteEndObject();
        if (visit.Complaint is { } complaint)
        {
            json.WriteStartArray("reasonCode"u8);
            json.WriteStartObject();
            to.ConceptBody(null, null, complaint);
            json.WriteEndArray();
        }

        Diagnoses(to, visit, id);
        if (visit.IsInpatient)
        {
            json.WriteStartObject("hospitalization"u8);
            to.Coded("dischargeDisposition"u8, "urn:oid:2.16.156.10011.2.3.1.265", visit.Died ? "5" : "1");
            json.WriteEndObject();
        }

        to.Organization("serviceProvider"u8, visit.Institution);
    }

    /// <summary>One vital sign, or both pressures as one; left open.</summary>
    public static void WriteVital(ResourceWriter to, Visit visit, int index, string id, decimal? instead)
    {
        var json = to.Json;
        var vital = visit.Vitals[index];
        to.Begin("Observation", id, visit.SaidAt);
        to.Text("status"u8, "final");
        json.WriteStartArray("category"u8);
        json.WriteStartObject();
        to.CodedBody(ObservationCategory, "vital-signs");
        json.WriteEndArray();
        var pressure = vital.Loinc == "8480-6";
        to.Concept("code"u8, ResourceWriter.Loinc, pressure ? "85354-9" : vital.Loinc, pressure ? "血压" : vital.Name);
        to.Reference("subject"u8, "Patient", FhirPatients.PatientId(visit.Patient));
        to.Reference("encounter"u8, "Encounter", EncounterId(visit));
        to.Text("effectiveDateTime"u8, ResourceWriter.Instant(visit.At.AddMinutes(10)));
        json.WriteStartArray("performer"u8);
        json.WriteStartObject();
        to.KnownBody("Organization", ResourceWriter.InstitutionCode, visit.Institution.Code, visit.Institution.Name);
        json.WriteEndArray();
        if (!pressure)
        {
            to.Quantity("valueQuantity"u8, instead ?? vital.Value, vital.Unit);
            return;
        }

        json.WriteStartArray("component"u8);
        foreach (var part in new[] { vital with { Value = instead ?? vital.Value }, visit.Vitals[index + 1] })
        {
            json.WriteStartObject();
            to.Concept("code"u8, ResourceWriter.Loinc, part.Loinc, part.Name);
            to.Quantity("valueQuantity"u8, part.Value, part.Unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCondition(ResourceWriter to, Visit visit, int index)
    {
        var json = to.Json;
        var diagnosis = visit.Diagnoses[index];
        to.Begin("Condition", ConditionId(visit, index), visit.SaidAt);
        to.Coded("clinicalStatus"u8, "http://terminology.hl7.org/CodeSystem/condition-clinical", "active");
        to.Coded("verificationStatus"u8, "http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed");
        json.WriteStartArray("category"u8);
        json.WriteStartObject();
        to.CodedBody("http://terminology.hl7.org/CodeSystem/condition-category", "encounter-diagnosis");
        json.WriteEndArray();
        to.Concept("code"u8, ResourceWriter.Icd10, diagnosis.Code, diagnosis.Name);
        to.Reference("subject"u8, "Patient", FhirPatients.PatientId(visit.Patient));
        to.Reference("encounter"u8, "Encounter", EncounterId(visit));
        to.Text("recordedDate"u8, ResourceWriter.Instant(visit.At.AddMinutes(15)));
        to.Doctor("recorder"u8, visit.Doctor);
    }

    private static void Diagnoses(ResourceWriter to, Visit visit, string id)
    {
        if (visit.Diagnoses.Count == 0 || id != EncounterId(visit))
        {
            return;
        }

        var json = to.Json;
        json.WriteStartArray("diagnosis"u8);
        for (var i = 0; i < visit.Diagnoses.Count; i++)
        {
            json.WriteStartObject();
            to.Reference("condition"u8, "Condition", ConditionId(visit, i));
            to.Coded("use"u8, "http://terminology.hl7.org/CodeSystem/diagnosis-role", visit.IsInpatient ? "DD" : "billing");
            json.WriteNumber("rank"u8, i + 1);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteProcedure(ResourceWriter to, Visit visit, Performed performed)
    {
        var json = to.Json;
        to.Begin("Procedure", "op" + performed.Number, visit.SaidAt);
        to.Text("status"u8, "completed");
        to.Concept("code"u8, ResourceWriter.Icd9, performed.Operation.Code, performed.Operation.Name);
        to.Reference("subject"u8, "Patient", FhirPatients.PatientId(visit.Patient));
        to.Reference("encounter"u8, "Encounter", EncounterId(visit));
        to.Text("performedDateTime"u8, ResourceWriter.Instant(performed.At));
        json.WriteStartArray("performer"u8);
        json.WriteStartObject();
        to.Doctor("actor"u8, visit.Doctor);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteReport(ResourceWriter to, Visit visit, InfectiousReport report)
    {
        var json = to.Json;
        to.Begin("Communication", "ir" + visit.Number, visit.SaidAt < report.SentAt ? report.SentAt : visit.SaidAt);
        to.Text("status"u8, "completed");
        json.WriteStartArray("category"u8);
        json.WriteStartObject();
        to.ConceptBody(ResourceWriter.LocalSystem(visit.Institution, "report"), "infectious-disease", "传染病报告卡");
        json.WriteEndArray();
        to.Reference("subject"u8, "Patient", FhirPatients.PatientId(visit.Patient));
        json.WriteStartArray("about"u8);
        json.WriteStartObject();
        to.Text("reference"u8, $"Condition/{ConditionId(visit, 0)}");
        json.WriteEndObject();
        json.WriteEndArray();
        to.Reference("encounter"u8, "Encounter", EncounterId(visit));
        to.Text("sent"u8, ResourceWriter.Instant(report.SentAt));
        to.Organization("sender"u8, visit.Institution);
        json.WriteStartArray("reasonCode"u8);
        json.WriteStartObject();
        to.ConceptBody(ResourceWriter.Icd10, visit.Diagnoses[0].Code, report.Disease);
        json.WriteEndArray();
    }

    private static string KindCode(VisitKind kind) => kind switch
    {
        VisitKind.Emergency => "emergency",
        VisitKind.Inpatient => "inpatient",
        VisitKind.CheckUp => "check-up",
        VisitKind.FollowUp => "follow-up",
        VisitKind.HomeVisit => "home-visit",
        _ => "outpatient",
    };

    private static string KindName(VisitKind kind) => kind switch
    {
        VisitKind.Emergency => "急诊",
        VisitKind.Inpatient => "住院",
        VisitKind.CheckUp => "体检",
        VisitKind.FollowUp => "随访",
        VisitKind.HomeVisit => "家庭访视",
        _ => "门诊",
    };
}
