using System.Buffers;
using Kangqiao.City.Content;
using Kangqiao.City.Lives;
using Kangqiao.City.People;

namespace Kangqiao.City.Sending.Fhir;

/// <summary>Patient, the guardian where there is one, the insurance.</summary>
internal static class FhirPatients
{
    public const string IdentifierTypes = "http://terminology.hl7.org/CodeSystem/v2-0203";

    public static string PatientId(SourcePatient patient) => "pt" + patient.LocalId;

    public static string CoverageId(SourcePatient patient) => "cov" + patient.LocalId;

    public static void Write(ResourceWriter to, SourcePatient patient, DateTime said, string city, ArrayBufferWriter<byte> file)
    {
        WritePatient(to, patient, PatientId(patient), patient.IdCard, said, city);
        to.End(file);
        if (patient.Guardian is { } guardian)
        {
            WriteGuardian(to, patient, guardian, said, file);
        }

        if (patient.Person.Insurance.Code != "99")
        {
            WriteCoverage(to, patient, said, file);
        }
    }

    /// <summary>Left open: the caller ends it.</summary>
    public static void WritePatient(ResourceWriter to, SourcePatient patient, string id, string? idCard, DateTime said, string city)
    {
        var person = patient.Person;
        var json = to.Json;
        to.Begin("Patient", id, said);
        json.WriteStartArray("extension"u8);
        json.WriteStartObject();
        to.Text("url"u8, "https://kangqiao.dev/fhir/StructureDefinition/ethnic-group");
        json.WriteStartObject("valueCoding"u8);
        to.Text("system"u8, "urn:oid:2.16.156.10011.2.3.3.3");
        to.Text("code"u8, person.Ethnic.Code);
        to.Text("display"u8, person.Ethnic.Name);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("identifier"u8);
        Identifier(to, "MR", "患者编号", ResourceWriter.LocalSystem(patient.Institution, "patient"), id[2..]);
        if (idCard is not null)
        {
            Identifier(to, "NI", "居民身份证", ResourceWriter.IdCard, idCard);
        }

        if (person.Passport is { } passport)
        {
            Identifier(to, "PPN", "护照", $"http://hl7.org/fhir/sid/passport-{person.Country}", passport);
        }

        json.WriteEndArray();
        json.WriteBoolean("active"u8, true);
        Name(to, patient);
        Telecom(to, patient.Phone);
        to.Text("gender"u8, patient.Sex == Sex.Male ? "male" : "female");
        to.Text("birthDate"u8, ResourceWriter.Day(patient.Birth));
        if (patient.IsDead && person.Death is { } death && DateOnly.FromDateTime(said) >= death)
        {
            to.Text("deceasedDateTime"u8, ResourceWriter.Day(death));
        }

        Address(to, patient.Home, city);
        to.Coded("maritalStatus"u8, "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", patient.Marital switch
        {
            Marital.Married => "M",
            Marital.Divorced => "D",
            Marital.Widowed => "W",
            _ => "S",
        });
        if (person.BirthOrder > 0)
        {
            json.WriteNumber("multipleBirthInteger"u8, person.BirthOrder);
        }

        to.Organization("managingOrganization"u8, patient.Institution);
    }

    private static void WriteGuardian(ResourceWriter to, SourcePatient patient, Person guardian, DateTime said, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        to.Begin("RelatedPerson", "rp" + patient.LocalId, said);
        if (guardian.IdCard is { } card)
        {
            json.WriteStartArray("identifier"u8);
            Identifier(to, "NI", "居民身份证", ResourceWriter.IdCard, card);
            json.WriteEndArray();
        }

        json.WriteBoolean("active"u8, true);
        to.Reference("patient"u8, "Patient", PatientId(patient));
        json.WriteStartArray("relationship"u8);
        foreach (var code in new[] { guardian.Sex == Sex.Female ? "MTH" : "FTH", "GUARD" })
        {
            json.WriteStartObject();
            to.CodedBody("http://terminology.hl7.org/CodeSystem/v3-RoleCode", code);
        }

        json.WriteEndArray();
        json.WriteStartArray("name"u8);
        json.WriteStartObject();
        to.Text("text"u8, guardian.Name);
        json.WriteEndObject();
        json.WriteEndArray();
        Telecom(to, guardian.Phone);
        to.End(file);
    }

    private static void WriteCoverage(ResourceWriter to, SourcePatient patient, DateTime said, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        var insurance = patient.Person.Insurance;
        to.Begin("Coverage", CoverageId(patient), said);
        to.Text("status"u8, "active");
        to.Concept("type"u8, "urn:oid:2.16.156.10011.2.3.1.248", insurance.Code, insurance.Name);
        to.Reference("beneficiary"u8, "Patient", PatientId(patient));
        json.WriteStartArray("payor"u8);
        json.WriteStartObject();
        to.Text("display"u8, "医疗保障局");
        json.WriteEndObject();
        json.WriteEndArray();
        to.End(file);
    }

    private static void Name(ResourceWriter to, SourcePatient patient)
    {
        var json = to.Json;
        json.WriteStartArray("name"u8);
        json.WriteStartObject();
        to.Text("use"u8, "official");
        to.Text("text"u8, patient.Name);
        // Only a name written as it is can be told apart into its two parts.
        if (patient.Name == patient.Person.Name && patient.Person.Surname.Length > 0)
        {
            to.Text("family"u8, patient.Person.Surname);
            json.WriteStartArray("given"u8);
            json.WriteStringValue(patient.Person.Given);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Telecom(ResourceWriter to, string? phone)
    {
        if (phone is null)
        {
            return;
        }

        var json = to.Json;
        json.WriteStartArray("telecom"u8);
        json.WriteStartObject();
        to.Text("system"u8, "phone");
        to.Text("value"u8, phone);
        to.Text("use"u8, "mobile");
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Address(ResourceWriter to, Places.Address home, string city)
    {
        var json = to.Json;
        json.WriteStartArray("address"u8);
        json.WriteStartObject();
        json.WriteStartArray("extension"u8);
        json.WriteStartObject();
        to.Text("url"u8, "https://kangqiao.dev/fhir/StructureDefinition/division");
        to.Text("valueCode"u8, home.Community.Code);
        json.WriteEndObject();
        json.WriteEndArray();
        to.Text("use"u8, "home");
        to.Text("text"u8, home.Text(city));
        json.WriteStartArray("line"u8);
        json.WriteStringValue(home.Township.Name + home.Community.Name + home.Line);
        json.WriteEndArray();
        to.Text("city"u8, city);
        to.Text("district"u8, home.District.Name);
        to.Text("country"u8, "CN");
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Identifier(ResourceWriter to, string type, string text, string system, string value)
    {
        to.Json.WriteStartObject();
        to.Concept("type"u8, IdentifierTypes, type, text, null, null);
        to.Text("system"u8, system);
        to.Text("value"u8, value);
        to.Json.WriteEndObject();
    }
}
