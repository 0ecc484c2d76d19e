using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;

namespace Kangqiao.Fhir.Tests.Validation;

/// <summary>Whatever comes in, validation answers with findings.</summary>
public sealed class HostileRecordsTests
{
    private static readonly string[] Names =
    [
        "Bundle-father.json", "Patient-example.json", "Observation-blood-pressure.json", "StructureDefinition-bp.json",
        "Questionnaire-bb.json", "Bundle-xds.json", "StructureDefinition-lipidprofile.json", "DiagnosticReport-ultrasound.json",
    ];

    [Fact]
    public void Mutated_records_never_throw()
    {
        Assert.SkipUnless(Directory.Exists(Project.Examples), "The published examples are not restored.");
        var random = new Random(20260101);
        var validator = new Validator();
        foreach (var original in Originals())
        {
            for (var round = 0; round < 150; round++)
            {
                var findings = new FindingList();
                validator.Validate(FhirDocument.Read(Mutated(original, random), findings), findings);
            }
        }
    }

    [Fact]
    public void Mutated_profiles_never_throw()
    {
        Assert.SkipUnless(Directory.Exists(Project.Examples), "The published examples are not restored.");
        var random = new Random(20260102);
        var record = FhirDocument.Read(File.ReadAllBytes(Path.Combine(Project.Examples, "Observation-blood-pressure.json")), new FindingList());
        foreach (var name in (string[])["StructureDefinition-bp.json", "StructureDefinition-vitalsigns.json", "StructureDefinition-lipidprofile.json"])
        {
            var original = File.ReadAllBytes(Path.Combine(Project.Examples, name));
            for (var round = 0; round < 60; round++)
            {
                var definition = FhirDocument.Read(Mutated(original, random), new FindingList());
                if (definition.IsUsable && definition.Root.ChildText("url") is { } url)
                {
                    new Validator(new ValidationOptions { Profiles = new ProfileSet([definition]) }).Validate(record, new FindingList(), [url]);
                }
            }
        }
    }

    [Fact]
    public void A_profile_that_is_its_own_base_is_unusable_and_nothing_worse()
    {
        var profile = Checked.Profile("p", "Patient", """{"path":"Patient.name","min":1}""", "http://test.example/p");
        Checked.Against("""{"resourceType":"Patient"}""", profile).ShouldHave("FHR404");
    }

    [Fact]
    public void Many_references_to_many_contained_resources_are_looked_up_not_searched()
    {
        var contained = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $$"""{"resourceType":"Practitioner","id":"{{i}}"}"""));
        var references = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $$"""{"reference":"#{{i}}"}"""));
        Checked.Base($$"""{"resourceType":"Patient","contained":[{{contained}}],"generalPractitioner":[{{references}}]}""").ShouldBeSound();
    }

    private static IEnumerable<byte[]> Originals() => Names
        .Select(n => Path.Combine(Project.Examples, n))
        .Where(File.Exists)
        .Select(File.ReadAllBytes);

    /// <summary>Some bytes changed, some runs cut out or repeated, some strings exchanged for others of the record.</summary>
    private static byte[] Mutated(byte[] original, Random random)
    {
        var text = Encoding.UTF8.GetString(original);
        var strings = text.Split('"');
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            strings[random.Next(strings.Length)] = strings[random.Next(strings.Length)];
        }

        var mixed = Encoding.UTF8.GetBytes(random.Next(3) == 0 ? text : string.Join('"', strings));
        for (var i = random.Next(0, 3); i > 0; i--)
        {
            mixed[random.Next(mixed.Length)] = (byte)"{}[]\",:0a-.#"[random.Next(12)];
        }

        return mixed;
    }
}
