using System.Buffers;
using Kangqiao.City.Content;
using Kangqiao.City.Places;
using Kangqiao.City.Sending;

namespace Kangqiao.City.Registry;

/// <summary>The city's master data as FHIR: what has to be known before anybody sends.</summary>
internal sealed class RegistryWriter : IDisposable
{
    public const string PlaceSystem = "https://kangqiao.dev/fhir/place";
    public const string RegionSystem = "https://kangqiao.dev/fhir/CodeSystem/GBT2260";
    private const string OrganizationClass = "https://kangqiao.dev/fhir/CodeSystem/WS218";
    private const string Facts = "https://kangqiao.dev/fhir/StructureDefinition/institution-";
    private readonly ResourceWriter to = new();

    /// <summary>The files of registry/ with their content, in the order they are to be loaded.</summary>
    public IEnumerable<(string Path, ReadOnlyMemory<byte> Bytes)> Write(CityPlan city)
    {
        var said = city.Ask.From.AddDays(-30).ToDateTime(TimeOnly.MinValue);
        yield return ("registry/1-Location.ndjson", Lines(file => Regions(city, said, file)));
        yield return ("registry/2-Organization.ndjson", Lines(file => city.Institutions.ForEach(i => Organization(city, i, said, file))));
        yield return ("registry/3-Practitioner.ndjson", Lines(file => Doctors(city, (_, d) => Practitioner(d, said, file))));
        yield return ("registry/4-PractitionerRole.ndjson", Lines(file => Doctors(city, (i, d) => Role(i, d, said, file))));
    }

    public void Dispose() => to.Dispose();

    private static ReadOnlyMemory<byte> Lines(Action<ArrayBufferWriter<byte>> write)
    {
        var file = new ArrayBufferWriter<byte>(64 * 1024);
        write(file);
        return file.WrittenMemory;
    }

    private static void Doctors(CityPlan city, Action<Institution, Practitioner> each)
    {
        foreach (var institution in city.Institutions)
        {
            foreach (var doctor in institution.Doctors.Values.SelectMany(d => d))
            {
                each(institution, doctor);
            }
        }
    }

    private void Regions(CityPlan city, DateTime said, ArrayBufferWriter<byte> file)
    {
        Region(city.Map.Code, city.Map.Name, null, said, file);
        foreach (var district in city.Map.Districts)
        {
            Region(district.Code, district.Name, city.Map.Code, said, file);
            foreach (var township in district.Townships)
            {
                Region(township.Code, township.Name, district.Code, said, file);
                township.Communities.ForEach(c => Region(c.Code, c.Name, township.Code, said, file));
            }

            Point($"T{district.Code}", district.Name + "末梢水监测点", district, said, file);
            Point($"P{district.Code}", district.Name + "游泳馆", district, said, file);
        }

        void Point(string code, string name, District district, DateTime when, ArrayBufferWriter<byte> into)
        {
            var cdcs = city.Institutions.Where(i => i.Kind.Name == "cdc").ToList();
            var sender = cdcs[city.Map.Districts.IndexOf(district) % cdcs.Count];
            Place($"place-{sender.Code}-{code}", PlaceSystem, $"{sender.Code}-{code}", name, "si", district.Code, when, into);
        }
    }

    private void Region(string code, string name, string? parent, DateTime said, ArrayBufferWriter<byte> file) =>
        Place("region-" + code, RegionSystem, code, name, "jdn", parent, said, file);

    private void Place(string id, string system, string code, string name, string form, string? parent, DateTime said, ArrayBufferWriter<byte> file)
    {
        to.Begin("Location", id, said);
        to.Identifier(system, code);
        to.Text("status"u8, "active");
        to.Text("name"u8, name);
        to.Text("mode"u8, "instance");
        to.Coded("physicalType"u8, "http://terminology.hl7.org/CodeSystem/location-physical-type", form);
        if (parent is not null)
        {
            to.Reference("partOf"u8, "Location", "region-" + parent);
        }

        to.End(file);
    }

    private void Organization(CityPlan city, Institution institution, DateTime said, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        var kind = institution.Kind;
        to.Begin("Organization", institution.Code, said);
        json.WriteStartArray("extension"u8);
        Extension("level", kind.Level + (kind.Grade ?? ""));
        Extension("ownership", kind.Ownership);
        Extension("owner", kind.Owner);
        Extension("region", kind.Seat == "city" ? city.Map.Code : institution.Township?.Code ?? institution.District.Code);
        Extension("system", institution.System);
        if (institution.Leader is { } leader)
        {
            Extension("consortium", leader.Code);
        }

        json.WriteEndArray();
        json.WriteStartArray("identifier"u8);
        Number(ResourceWriter.InstitutionCode, institution.Code);
        Number("https://kangqiao.dev/fhir/unified-social-credit-code", institution.SocialCreditCode);
        Number("https://kangqiao.dev/fhir/ws218-institution-code", institution.Ws218Code);
        Number("https://kangqiao.dev/fhir/practice-licence", institution.Licence);
        json.WriteEndArray();
        json.WriteBoolean("active"u8, true);
        json.WriteStartArray("type"u8);
        json.WriteStartObject();
        to.CodedBody(OrganizationClass, kind.Class);
        json.WriteEndArray();
        to.Text("name"u8, institution.Name);
        json.WriteStartArray("address"u8);
        json.WriteStartObject();
        to.Text("text"u8, city.Map.Name + institution.District.Name + institution.Township?.Name + institution.Line);
        to.Text("city"u8, city.Map.Name);
        to.Text("district"u8, institution.District.Name);
        json.WriteEndObject();
        json.WriteEndArray();
        to.End(file);
        foreach (var department in institution.Kind.Departments)
        {
            to.Begin("Organization", $"{institution.Code}-{department.Code.Replace('.', '-')}", said);
            to.Identifier(ResourceWriter.LocalSystem(institution, "department"), department.Code);
            json.WriteBoolean("active"u8, true);
            json.WriteStartArray("type"u8);
            json.WriteStartObject();
            to.CodedBody("http://terminology.hl7.org/CodeSystem/organization-type", "dept");
            json.WriteStartObject();
            to.ConceptBody(Sending.Fhir.FhirVisits.DiagnosisSubjects, department.Code, department.Name);
            json.WriteEndArray();
            to.Text("name"u8, department.Name);
            to.Reference("partOf"u8, "Organization", institution.Code);
            to.End(file);
        }
    }

    private void Practitioner(Practitioner doctor, DateTime said, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        to.Begin("Practitioner", doctor.StaffNumber, said);
        to.Identifier(ResourceWriter.StaffNumber, doctor.StaffNumber);
        json.WriteBoolean("active"u8, true);
        json.WriteStartArray("name"u8);
        json.WriteStartObject();
        to.Text("text"u8, doctor.Name);
        json.WriteEndObject();
        json.WriteEndArray();
        to.Text("gender"u8, doctor.Sex == Sex.Male ? "male" : "female");
        json.WriteStartArray("qualification"u8);
        json.WriteStartObject();
        json.WriteStartArray("identifier"u8);
        Number("https://kangqiao.dev/fhir/practice-certificate", doctor.Certificate);
        json.WriteEndArray();
        to.Concept("code"u8, null, null, "医师执业证书");
        json.WriteEndObject();
        json.WriteEndArray();
        to.End(file);
    }

    private void Role(Institution institution, Practitioner doctor, DateTime said, ArrayBufferWriter<byte> file)
    {
        var json = to.Json;
        to.Begin("PractitionerRole", "role-" + doctor.StaffNumber, said);
        json.WriteBoolean("active"u8, true);
        to.Reference("practitioner"u8, "Practitioner", doctor.StaffNumber);
        to.Reference("organization"u8, "Organization", institution.Code);
        json.WriteStartArray("code"u8);
        json.WriteStartObject();
        to.ConceptBody("urn:oid:2.16.156.10011.2.3.1.209", doctor.TitleCode, doctor.Title);
        json.WriteEndArray();
        json.WriteStartArray("specialty"u8);
        json.WriteStartObject();
        to.ConceptBody(Sending.Fhir.FhirVisits.DiagnosisSubjects, doctor.Department.Code, doctor.Department.Name);
        json.WriteEndArray();
        to.End(file);
    }

    private void Extension(string fact, string value)
    {
        to.Json.WriteStartObject();
        to.Text("url"u8, Facts + fact);
        to.Text("valueString"u8, value);
        to.Json.WriteEndObject();
    }

    private void Number(string system, string value)
    {
        to.Json.WriteStartObject();
        to.Text("system"u8, system);
        to.Text("value"u8, value);
        to.Json.WriteEndObject();
    }
}
