using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Ingest.Cda.Records;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda.Header;

/// <summary>
/// The chain bed, room, department, ward, hospital of an encounter, in whatever order the sender built it: beds, rooms and
/// wards are Locations, departments and hospitals Organizations.
/// </summary>
internal sealed record Places(Target? Innermost, Target? Department, Target? Hospital)
{
    private const int Longest = 12;

    public static Places Read(XmlElement facility, DocumentContext context)
    {
        var links = new List<(string Kind, string? Code, string? Name)>();
        var at = facility.Child("serviceProviderOrganization");
        if (!at.Exists)
        {
            at = facility.Child("location");
        }

        for (var i = 0; at.Exists && i < Longest; i++)
        {
            Add(links, at);
            at = at.Child("asOrganizationPartOf", "wholeOrganization");
        }

        return Write(links, context);
    }

    private static void Add(List<(string Kind, string? Code, string? Name)> links, XmlElement link)
    {
        var id = link.Child("id");
        var code = Mentions.Said(id["extension"]);
        var name = Mentions.Said(link.Child("name").Text);
        var kind = id["root"] switch
        {
            PatientNames.Roots + "22" => "bd",
            PatientNames.Roots + "21" => "ro",
            PatientNames.Roots + "27" => "wa",
            PatientNames.Roots + "26" => "dept",
            PatientNames.Roots + "5" => "prov",
            _ => null,
        };
        if (kind is not null && (code ?? name) is not null)
        {
            links.Add((kind, code, name));
        }
    }

    private static Places Write(List<(string Kind, string? Code, string? Name)> links, DocumentContext context)
    {
        var hospital = links.FindLast(l => l.Kind == "prov");
        var provider = Mentions.Organization(hospital.Code, hospital.Name, context) ?? context.Custodian;
        var whole = SourceKey.Organization(hospital.Code ?? hospital.Name ?? "");
        Target? department = null;
        Target? location = null;
        var path = whole;
        foreach (var (kind, code, name) in links.Where(l => l.Kind == "dept"))
        {
            department = context.Mention("Organization", SourceKey.Part(whole, "dept|" + (code ?? name)),
                () => Mentions.OrganizationBody("urn:oid:2.16.156.10011.1.26", code, name, "dept", provider?.Reference is null ? null : provider), name ?? code);
        }

        // From the outside in: a ward holds its rooms, a room its beds.
        foreach (var (kind, code, name) in new[] { "wa", "ro", "bd" }.SelectMany(k => links.Where(l => l.Kind == k)))
        {
            path = SourceKey.Part(path, kind + "|" + (code ?? name));
            var outer = location;
            var owner = department ?? provider;
            location = context.Mention("Location", SourceKey.Place(path), () => Location(kind, code, name, outer, owner), name ?? code);
        }

        return new Places(location, department, provider);
    }

    private static byte[] Location(string kind, string? code, string? name, Target? outer, Target? owner)
    {
        using var body = new FhirBody("Location");
        if (code is not null)
        {
            var root = kind switch { "bd" => "22", "ro" => "21", _ => "27" };
            body.Array("identifier");
            body.Identifier(null, "urn:oid:" + PatientNames.Roots + root, code);
            body.EndArray();
        }

        body.Text("status", "active");
        body.Text("name", name ?? code);
        body.Text("mode", "instance");
        body.Concept("physicalType", "http://terminology.hl7.org/CodeSystem/location-physical-type", kind, null);
        body.Reference("managingOrganization", owner);
        body.Reference("partOf", outer);
        return body.Finish();
    }
}
