using System.Text;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Tests.Facts;

public sealed class ValueSetFactTests
{
    private const string Gender = "http://hl7.org/fhir/administrative-gender";

    private static readonly R4 Facts = R4.Facts;

    [Fact]
    public void Administrative_gender_has_four_codes()
    {
        var set = Facts.ValueSet("http://hl7.org/fhir/ValueSet/administrative-gender")!;
        set.IsComplete.ShouldBeTrue();
        set.Count.ShouldBe(4);
        set.Systems.Single().System.ShouldBe(Gender);
        set.Systems.Single().Codes.ShouldBe(["female", "male", "other", "unknown"]);
    }

    [Fact]
    public void A_code_is_found_by_its_bytes_and_only_in_its_system()
    {
        var set = Facts.ValueSet("http://hl7.org/fhir/ValueSet/administrative-gender")!;
        set.ContainsCode("female"u8).ShouldBeTrue();
        set.ContainsCode("Female"u8).ShouldBeFalse();
        set.ContainsCode(""u8).ShouldBeFalse();
        set.Contains(Encoding.UTF8.GetBytes(Gender), "male"u8).ShouldBeTrue();
        set.Contains("http://example.org"u8, "male"u8).ShouldBeFalse();
        set.ContainsCode("other").ShouldBeTrue();
        set.Contains(Gender, "other").ShouldBeTrue();
        set.Contains("", "other").ShouldBeFalse();
    }

    [Fact]
    public void A_code_of_absurd_length_is_no_code()
    {
        var set = Facts.ValueSet("http://hl7.org/fhir/ValueSet/administrative-gender")!;
        set.ContainsCode(new string('a', 1_000_000)).ShouldBeFalse();
        set.ContainsCode(new byte[1_000_000]).ShouldBeFalse();
    }

    [Fact]
    public void Every_listed_code_is_found_again()
    {
        foreach (var set in Facts.ValueSets.Concat(Facts.CodeSystems))
        {
            var codes = set.Systems.SelectMany(s => s.Codes.Select(code => (s.System, code))).ToArray();
            codes.Length.ShouldBe(set.Count, set.Url);
            codes.ShouldAllBe(c => set.Contains(c.System, c.code) && set.ContainsCode(c.code), set.Url);
            set.ContainsCode("no such code").ShouldBeFalse();
        }
    }

    [Fact]
    public void Every_required_binding_has_all_its_codes_except_those_listed_here() =>
        Open(BindingStrength.Required).ShouldBe([
            // Any media type, and any unit that UCUM can build: both are checked by their grammar.
            "http://hl7.org/fhir/ValueSet/mimetypes",
            "http://hl7.org/fhir/ValueSet/ucum-units",
            // LOINC's own answer list, published by LOINC only.
            "http://loinc.org/vs/LL379-9",
        ]);

    [Fact]
    public void Every_extensible_binding_has_all_its_codes_except_those_listed_here() =>
        Open(BindingStrength.Extensible).ShouldBe([
            "http://dicom.nema.org/medical/dicom/current/output/chtml/part04/sect_B.5.html#table_B.5-1",
            "http://dicom.nema.org/medical/dicom/current/output/chtml/part16/sect_CID_29.html",
            // Includes the format codes of IHE, who go on adding to them.
            "http://hl7.org/fhir/ValueSet/consent-content-class",
            // All countries and their subdivisions (ISO 3166).
            "http://hl7.org/fhir/ValueSet/jurisdiction",
            "http://hl7.org/fhir/ValueSet/ucum-units",
            "http://www.rsna.org/RadLex_Playbook.aspx",
        ]);

    [Fact]
    public void What_is_complete_lists_something() =>
        Facts.ValueSets.Concat(Facts.CodeSystems).Where(s => s.IsComplete && s.Count == 0).ShouldBeEmpty();

    [Theory]
    [InlineData("http://hl7.org/fhir/ValueSet/units-of-time", "http://unitsofmeasure.org", "wk")]
    [InlineData("http://hl7.org/fhir/ValueSet/currencies", "urn:iso:std:iso:4217", "CNY")]
    [InlineData("http://hl7.org/fhir/ValueSet/all-types", "http://hl7.org/fhir/data-types", "HumanName")]
    [InlineData("http://hl7.org/fhir/ValueSet/condition-clinical", "http://terminology.hl7.org/CodeSystem/condition-clinical", "remission")]
    [InlineData("http://hl7.org/fhir/ValueSet/ucum-bodyweight", "http://unitsofmeasure.org", "kg")]
    public void A_known_code_of_a_complete_set_is_in_it(string url, string system, string code)
    {
        var set = Facts.ValueSet(url)!;
        set.IsComplete.ShouldBeTrue();
        set.Contains(system, code).ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://hl7.org/fhir/ValueSet/mimetypes")]
    [InlineData("http://hl7.org/fhir/ValueSet/ucum-units")]
    [InlineData("http://hl7.org/fhir/ValueSet/body-site")]
    public void A_set_over_a_terminology_of_others_forbids_nothing(string url) =>
        Facts.ValueSet(url)!.IsComplete.ShouldBeFalse();

    [Fact]
    public void The_code_systems_of_fhir_itself_are_here_whole()
    {
        var gender = Facts.CodeSystem(Gender)!;
        gender.IsComplete.ShouldBeTrue();
        gender.Count.ShouldBe(4);
        Facts.CodeSystem("http://snomed.info/sct").ShouldBeNull();
        Facts.CodeSystems.Length.ShouldBeGreaterThan(250);
    }

    private static IEnumerable<string> Open(BindingStrength strength) =>
        Facts.Elements.Select(e => e.Binding).OfType<BindingFact>()
            .Where(b => b.Strength == strength)
            .Select(b => b.ValueSet)
            .Distinct()
            .Where(url => !Facts.ValueSet(url)!.IsComplete)
            .Order(StringComparer.Ordinal);
}
