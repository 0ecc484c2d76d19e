using System.Text.Json.Nodes;
using Kangqiao.Store;

namespace Kangqiao.Registry.Institutions;

/// <summary>What the registry knows, as FHIR resources of the platform's own.</summary>
internal static class RegistryResources
{
    public const string InstitutionSystem = "urn:oid:2.16.156.10011.1.5";
    public const string StaffSystem = "urn:oid:2.16.156.10011.1.4";

    private const string Base = "https://kangqiao.dev/fhir/";

    public static RecordKey KeyOf(Institution institution) => new("Organization", Id(institution.Code));

    public static JsonObject Resource(Institution institution)
    {
        var identifiers = new JsonArray(Identifier(InstitutionSystem, institution.Code));
        AddIdentifier(identifiers, Base + "id/credit-code", institution.CreditCode);
        AddIdentifier(identifiers, Base + "id/licence", institution.Licence);
        AddIdentifier(identifiers, Base + "id/ws218", institution.Ws218);
        var extensions = new JsonArray();
        AddExtension(extensions, "institution-level", institution.Level);
        AddExtension(extensions, "institution-grade", institution.Grade);
        AddExtension(extensions, "institution-ownership", institution.Ownership);
        AddExtension(extensions, "institution-region", institution.Region);
        if (institution.Consortium is { } leader)
        {
            extensions.Add(new JsonObject
            {
                ["url"] = Base + "StructureDefinition/institution-consortium",
                ["valueReference"] = new JsonObject { ["reference"] = "Organization/" + Id(leader) },
            });
        }

        var resource = Start("Organization", Id(institution.Code), extensions, identifiers);
        resource["active"] = true;
        if (institution.Class is { } type)
        {
            resource["type"] = new JsonArray(Concept(Base + "CodeSystem/WS218", type));
        }

        resource["name"] = institution.Name;
        if (institution.Phone is { } phone)
        {
            resource["telecom"] = new JsonArray(new JsonObject { ["system"] = "phone", ["value"] = phone });
        }

        if (institution.Address is { } address)
        {
            resource["address"] = new JsonArray(new JsonObject { ["text"] = address });
        }

        return resource;
    }

    public static JsonObject Resource(Region region)
    {
        var resource = Start("Location", "region-" + Id(region.Code), [], new JsonArray(Identifier(Base + "CodeSystem/GBT2260", region.Code)));
        resource["status"] = "active";
        resource["name"] = region.Name;
        resource["mode"] = "instance";
        resource["physicalType"] = Concept("http://terminology.hl7.org/CodeSystem/location-physical-type", "jdn");
        if (region.Parent is { } parent)
        {
            resource["partOf"] = new JsonObject { ["reference"] = "Location/region-" + Id(parent) };
        }

        return resource;
    }

    public static JsonObject Resource(Department department)
    {
        var resource = Start(
            "Organization", Id($"{department.Institution}-{department.Code}"), [],
            new JsonArray(Identifier("urn:oid:2.16.156.10011.1.26", $"{department.Institution}|{department.Code}")));
        resource["active"] = true;
        resource["type"] = new JsonArray(Concept("http://terminology.hl7.org/CodeSystem/organization-type", "dept"));
        if (department.Subject is { } subject)
        {
            resource["type"]!.AsArray().Add(Concept(Base + "CodeSystem/DEPT-diagnosis-subjects", subject));
        }

        resource["name"] = department.Name;
        resource["partOf"] = new JsonObject { ["reference"] = "Organization/" + Id(department.Institution) };
        return resource;
    }

    public static IReadOnlyList<JsonObject> Resources(Practitioner practitioner)
    {
        var id = Id($"{practitioner.Institution}-{practitioner.Id}");
        var identifiers = new JsonArray(Identifier(StaffSystem, $"{practitioner.Institution}|{practitioner.Id}"));
        AddIdentifier(identifiers, Base + "id/practice-certificate", practitioner.Certificate);
        var person = Start("Practitioner", id, [], identifiers);
        person["active"] = true;
        person["name"] = new JsonArray(new JsonObject { ["text"] = practitioner.Name });
        if (practitioner.Gender is "male" or "female" or "other" or "unknown")
        {
            person["gender"] = practitioner.Gender;
        }

        var role = Start("PractitionerRole", id, [], new JsonArray(Identifier(StaffSystem, $"{practitioner.Institution}|{practitioner.Id}")));
        role["active"] = true;
        role["practitioner"] = new JsonObject { ["reference"] = "Practitioner/" + id };
        role["organization"] = new JsonObject
        {
            ["reference"] = "Organization/" + Id(practitioner.Department is { } department ? $"{practitioner.Institution}-{department}" : practitioner.Institution),
        };
        if (practitioner.Title is { } title)
        {
            role["code"] = new JsonArray(new JsonObject { ["text"] = title });
        }

        return [person, role];
    }

    /// <summary>A code in the alphabet of ids.</summary>
    public static string Id(string code)
    {
        var id = string.Concat(code.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '-'));
        return id.Length <= 64 ? id : id[..64];
    }

    private static JsonObject Start(string type, string id, JsonArray extensions, JsonArray identifiers)
    {
        var resource = new JsonObject { ["resourceType"] = type, ["id"] = id };
        if (extensions.Count > 0)
        {
            resource["extension"] = extensions;
        }

        resource["identifier"] = identifiers;
        return resource;
    }

    private static JsonObject Identifier(string system, string value) => new() { ["system"] = system, ["value"] = value };

    private static void AddIdentifier(JsonArray to, string system, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            to.Add(Identifier(system, value));
        }
    }

    private static void AddExtension(JsonArray to, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            to.Add(new JsonObject { ["url"] = Base + "StructureDefinition/" + name, ["valueString"] = value });
        }
    }

    private static JsonObject Concept(string system, string code) =>
        new() { ["coding"] = new JsonArray(new JsonObject { ["system"] = system, ["code"] = code }) };
}
