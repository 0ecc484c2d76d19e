using System.Globalization;
using System.Text;
using System.Text.Json;
using Kangqiao.Audit.Entries;

namespace Kangqiao.Audit.Reading;

/// <summary>Entries as FHIR AuditEvents, after the patterns of IHE BALP 1.1.3.</summary>
internal static class AuditEventJson
{
    private const string EntityType = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    private const string ObjectRole = "http://terminology.hl7.org/CodeSystem/object-role";
    private const string Own = "https://kangqiao.dev/fhir/";

    /// <summary>Where the profile of BALP says who it is about: the plain one, or that for patients.</summary>
    private const string Profiles = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";

    public static void Write(Utf8JsonWriter json, AuditedEntry one)
    {
        var entry = one.Entry;
        json.WriteStartObject();
        json.WriteString("resourceType"u8, "AuditEvent");
        json.WriteString("id"u8, one.Place.ToString());
        if (ProfileOf(entry) is { } profile)
        {
            json.WriteStartObject("meta"u8);
            json.WriteStartArray("profile"u8);
            json.WriteStringValue(Profiles + profile);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WritePropertyName("type"u8);
        Coding(json, EventCodes.TypeOf(entry.Action));
        json.WriteStartArray("subtype"u8);
        Coding(json, EventCodes.SubtypeOf(entry.Action));
        json.WriteEndArray();
        json.WriteString("action"u8, [EventCodes.LetterOf(entry.Action)]);
        json.WriteString("recorded"u8, one.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        json.WriteString("outcome"u8, ((byte)entry.Outcome).ToString(CultureInfo.InvariantCulture));
        if (entry.Code is { } code)
        {
            json.WriteString("outcomeDesc"u8, code);
        }

        Agents(json, entry);
        json.WriteStartObject("source"u8);
        json.WriteStartObject("observer"u8);
        json.WriteString("display"u8, "康桥");
        json.WriteEndObject();
        json.WriteStartArray("type"u8);
        Coding(json, "http://terminology.hl7.org/CodeSystem/security-source-type", "4", "Application Server");
        json.WriteEndArray();
        json.WriteEndObject();
        Entities(json, entry);
        json.WriteEndObject();
    }

    private static string? ProfileOf(AuditEntry entry) => (entry.Outcome, entry.Action) switch
    {
        (not AuditOutcome.Success, _) => null,
        (_, AuditAction.Read or AuditAction.VersionRead) => entry.Patients.Count == 1 ? "PatientRead" : "Read",
        (_, AuditAction.Search) => entry.Patients.Count == 1 ? "PatientQuery" : "Query",
        (_, AuditAction.Create) => entry.Patients.Count == 1 ? "PatientCreate" : "Create",
        (_, AuditAction.Update or AuditAction.Patch) => entry.Patients.Count == 1 ? "PatientUpdate" : "Update",
        (_, AuditAction.Delete) => entry.Patients.Count == 1 ? "PatientDelete" : "Delete",
        _ => null,
    };

    private static void Agents(Utf8JsonWriter json, AuditEntry entry)
    {
        var actor = entry.Actor;
        json.WriteStartArray("agent"u8);

        // Who asked.
        json.WriteStartObject();
        Concept(json, "type", "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP", "information recipient");
        Concept(json, "role"u8, Own + "CodeSystem/role", actor.Role.Length > 0 ? actor.Role : "anonymous");
        json.WriteStartObject("who"u8);
        if (actor.Practitioner is { } practitioner)
        {
            json.WriteString("reference"u8, "Practitioner/" + practitioner);
        }
        else if (actor.Resident is { } resident)
        {
            // The resident's Patient has the id of their Person; an agent is no Person in R4.
            json.WriteString("reference"u8, "Patient/" + resident);
        }

        json.WriteStartObject("identifier"u8);
        json.WriteString("system"u8, Own + "NamingSystem/account");
        json.WriteString("value"u8, actor.Name.Length > 0 ? actor.Name : "anonymous");
        json.WriteEndObject();
        json.WriteEndObject();
        if (actor.User is { } user)
        {
            json.WriteString("altId"u8, user);
        }

        json.WriteBoolean("requestor"u8, true);
        if (entry.Right is { } right)
        {
            json.WriteStartArray("policy"u8);
            json.WriteStringValue(Own + "right/" + Uri.EscapeDataString(right));
            json.WriteEndArray();
        }

        if (actor.Purpose is { } purpose)
        {
            json.WriteStartArray("purposeOfUse"u8);
            json.WriteStartObject();
            json.WriteStartArray("coding"u8);
            Coding(json, "http://terminology.hl7.org/CodeSystem/v3-ActReason", purpose, null);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();

        // What asked for them. BALP: where data go out to be read, the client is their destination; in everything else it is the source.
        var isOut = EventCodes.LetterOf(entry.Action) == 'R';
        json.WriteStartObject();
        Role(json, isSource: !isOut);
        Identified(json, "who"u8, "NamingSystem/client", actor.Client ?? "unknown");
        json.WriteBoolean("requestor"u8, false);
        if (actor.Address is { } address)
        {
            json.WriteStartObject("network"u8);
            json.WriteString("address"u8, address);
            json.WriteString("type"u8, "2");
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (actor.Institution is { } institution)
        {
            json.WriteStartObject();
            Concept(json, "type", "http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PROV", "healthcare provider");
            Identified(json, "who"u8, "NamingSystem/institution", institution);
            json.WriteBoolean("requestor"u8, false);
            json.WriteEndObject();
        }

        // The server.
        json.WriteStartObject();
        Role(json, isSource: isOut);
        Identified(json, "who"u8, "NamingSystem/server", "kangqiao");
        json.WriteBoolean("requestor"u8, false);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Role(Utf8JsonWriter json, bool isSource) =>
        Concept(json, "type", EventCodes.SystemOf("dcm"), isSource ? "110153" : "110152", isSource ? "Source Role ID" : "Destination Role ID");

    private static void Entities(Utf8JsonWriter json, AuditEntry entry)
    {
        if (entry.Patients.Count == 0 && entry.Records.Count == 0 && entry.Detail is null)
        {
            return;
        }

        json.WriteStartArray("entity"u8);
        foreach (var patient in entry.Patients)
        {
            Entity(json, "Patient/" + patient, "1", "Person", "1", "Patient");
        }

        foreach (var record in entry.Records)
        {
            Entity(json, record.Version > 0 ? string.Create(CultureInfo.InvariantCulture, $"{record}/_history/{record.Version}") : record.ToString(), "2", "System Object", "4", "Domain Resource");
        }

        if (entry.Detail is { } detail)
        {
            json.WriteStartObject();
            json.WritePropertyName("type"u8);
            Coding(json, EntityType, "2", "System Object");
            json.WritePropertyName("role"u8);
            Coding(json, ObjectRole, "24", "Query");
            json.WriteString("query"u8, Convert.ToBase64String(Encoding.UTF8.GetBytes(detail)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Entity(Utf8JsonWriter json, string reference, string type, string typeName, string role, string roleName)
    {
        json.WriteStartObject();
        json.WriteStartObject("what"u8);
        json.WriteString("reference"u8, reference);
        json.WriteEndObject();
        json.WritePropertyName("type"u8);
        Coding(json, EntityType, type, typeName);
        json.WritePropertyName("role"u8);
        Coding(json, ObjectRole, role, roleName);
        json.WriteEndObject();
    }

    private static void Identified(Utf8JsonWriter json, ReadOnlySpan<byte> name, string system, string value)
    {
        json.WriteStartObject(name);
        json.WriteStartObject("identifier"u8);
        json.WriteString("system"u8, Own + system);
        json.WriteString("value"u8, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Concept(Utf8JsonWriter json, string name, string system, string code, string display)
    {
        json.WriteStartObject(name);
        json.WriteStartArray("coding"u8);
        Coding(json, system, code, display);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Concept(Utf8JsonWriter json, ReadOnlySpan<byte> list, string system, string code)
    {
        json.WriteStartArray(list);
        json.WriteStartObject();
        json.WriteStartArray("coding"u8);
        Coding(json, system, code, null);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Coding(Utf8JsonWriter json, EventCode code) => Coding(json, EventCodes.SystemOf(code.System), code.Code, code.Display);

    private static void Coding(Utf8JsonWriter json, string system, string code, string? display)
    {
        json.WriteStartObject();
        json.WriteString("system"u8, system);
        json.WriteString("code"u8, code);
        if (display is not null)
        {
            json.WriteString("display"u8, display);
        }

        json.WriteEndObject();
    }
}
