using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;

namespace Kangqiao.Fhir.Tests.Validation;

/// <summary>Reads and validates small records for the tests around.</summary>
internal static class Checked
{
    private static readonly Validator Plain = new();

    public static FindingList Base(string json) => By(Plain, json);

    public static FindingList With(ValidationOptions options, string json) => By(new Validator(options), json);

    /// <summary>Asks the record to conform to the first of the profiles; the others are at hand.</summary>
    public static FindingList Against(string json, params string[] profiles)
    {
        var documents = profiles.Select(Document).ToList();
        var validator = new Validator(new ValidationOptions { Profiles = new ProfileSet(documents) });
        return By(validator, json, documents[0].Root.ChildText("url")!);
    }

    public static FhirDocument Document(string json) => FhirDocument.Read(Encoding.UTF8.GetBytes(json), new FindingList());

    /// <summary>A profile on a type from its differential's element definitions.</summary>
    public static string Profile(string name, string type, string elements, string? baseUrl = null)
    {
        var parent = baseUrl ?? "http://hl7.org/fhir/StructureDefinition/" + type;
        return $$"""
            {"resourceType":"StructureDefinition","url":"http://test.example/{{name}}","name":"{{name}}","status":"draft","kind":"resource",
             "abstract":false,"type":"{{type}}","baseDefinition":"{{parent}}","derivation":"constraint",
             "differential":{"element":[{{elements}}] } }
            """;
    }

    public static void ShouldHave(this FindingList findings, string code, string? path = null)
    {
        var matching = findings.Items.Where(f => f.Kind.Code == code && (path is null || f.Path == path)).ToList();
        matching.ShouldNotBeEmpty($"wanted {code} {path}, have: {string.Join("; ", findings.Items)}");
        matching[0].Chinese.Any(c => c >= 0x4E00).ShouldBeTrue();
    }

    public static void ShouldBeSound(this FindingList findings) =>
        findings.Items.Where(f => f.IsError).ShouldBeEmpty(string.Join("; ", findings.Items.Where(f => f.IsError)));

    private static FindingList By(Validator validator, string json, params string[] asked)
    {
        var findings = new FindingList();
        var document = FhirDocument.Read(Encoding.UTF8.GetBytes(json), findings);
        validator.Validate(document, findings, asked);
        return findings;
    }
}
