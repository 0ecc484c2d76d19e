using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.City.Content;
using Kangqiao.City.Places;

namespace Kangqiao.City.Registry;

/// <summary>The city's master data in the files that a registry folder has: what must be known before anybody sends.</summary>
internal static class RegistryWriter
{
    /// <summary>Of places that are not regions: points of measurement.</summary>
    public const string PlaceSystem = "https://kangqiao.dev/fhir/place";

    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<(string Path, ReadOnlyMemory<byte> Bytes)> Write(CityPlan city)
    {
        yield return ("registry/regions.json", Array(json => Regions(json, city)));
        yield return ("registry/institutions.json", Array(json => city.Institutions.ForEach(i => Institution(json, city, i))));
        yield return ("registry/departments.json", Array(json => city.Institutions.ForEach(i => Departments(json, i))));
        yield return ("registry/practitioners.json", Array(json => city.Institutions.ForEach(i => Doctors(json, i))));
        yield return ("registry/places.json", Array(json => Places(json, city)));
    }

    private static ReadOnlyMemory<byte> Array(Action<Utf8JsonWriter> write)
    {
        var file = new ArrayBufferWriter<byte>(64 * 1024);
        using (var json = new Utf8JsonWriter(file, Readable))
        {
            json.WriteStartArray();
            write(json);
            json.WriteEndArray();
        }

        file.Write("\n"u8);
        return file.WrittenMemory;
    }

    private static void Regions(Utf8JsonWriter json, CityPlan city)
    {
        Region(city.Map.Code, city.Map.Name, null, "city");
        foreach (var district in city.Map.Districts)
        {
            Region(district.Code, district.Name, city.Map.Code, district.Kind);
            foreach (var township in district.Townships)
            {
                Region(township.Code, township.Name, district.Code, township.IsStreet ? "street" : "township");
                township.Communities.ForEach(c => Region(c.Code, c.Name, township.Code, township.IsStreet ? "community" : "village"));
            }
        }

        void Region(string code, string name, string? parent, string kind) => Object(json, ("code", code), ("name", name), ("parent", parent), ("kind", kind));
    }

    private static void Institution(Utf8JsonWriter json, CityPlan city, Institution institution)
    {
        var kind = institution.Kind;
        Object(
            json,
            ("code", institution.Code), ("name", institution.Name), ("class", kind.Class), ("level", kind.Level), ("grade", kind.Grade), ("ownership", kind.Ownership),
            ("consortium", institution.Leader?.Code), ("licence", institution.Licence), ("creditCode", institution.SocialCreditCode), ("ws218", institution.Ws218Code),
            ("region", kind.Seat == "city" ? city.Map.Code : institution.Township?.Code ?? institution.District.Code),
            ("address", city.Map.Name + institution.District.Name + institution.Township?.Name + institution.Line));
    }

    private static void Departments(Utf8JsonWriter json, Institution institution)
    {
        foreach (var department in institution.Kind.Departments)
        {
            Object(json, ("institution", institution.Code), ("code", department.Code), ("name", department.Name), ("subject", department.Code));
        }
    }

    private static void Doctors(Utf8JsonWriter json, Institution institution)
    {
        foreach (var doctor in institution.Doctors.Values.SelectMany(d => d))
        {
            Object(
                json,
                ("institution", institution.Code), ("id", doctor.StaffNumber), ("name", doctor.Name), ("gender", doctor.Sex == Sex.Male ? "male" : "female"),
                ("department", doctor.Department.Code), ("title", doctor.Title), ("certificate", doctor.Certificate));
        }
    }

    /// <summary>Where water is measured, as FHIR: the registry has no file of its own for such places.</summary>
    private static void Places(Utf8JsonWriter json, CityPlan city)
    {
        var cdcs = city.Institutions.Where(i => i.Kind.Name == "cdc").ToList();
        for (var i = 0; i < city.Map.Districts.Count; i++)
        {
            var district = city.Map.Districts[i];
            foreach (var (letter, name) in new[] { ("T", "末梢水监测点"), ("P", "游泳馆") })
            {
                var code = $"{cdcs[i % cdcs.Count].Code}-{letter}{district.Code}";
                json.WriteStartObject();
                json.WriteString("resourceType"u8, "Location");
                json.WriteString("id"u8, "place-" + code);
                json.WriteStartArray("identifier"u8);
                Object(json, ("system", PlaceSystem), ("value", code));
                json.WriteEndArray();
                json.WriteString("status"u8, "active");
                json.WriteString("name"u8, district.Name + name);
                json.WriteString("mode"u8, "instance");
                json.WriteStartObject("partOf"u8);
                json.WriteString("reference"u8, "Location/region-" + district.Code);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        }
    }

    private static void Object(Utf8JsonWriter json, params ReadOnlySpan<(string Name, string? Value)> members)
    {
        json.WriteStartObject();
        foreach (var (name, value) in members)
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }

        json.WriteEndObject();
    }
}
