using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Reading;
using Kangqiao.Registry.Institutions;
using Kangqiao.Standard.RealName;
using Kangqiao.Standard.Rules;

namespace Kangqiao.Ingest.Tests.Standard;

public sealed class RulesTests
{
    private static readonly PlausibilityRules Rules =
        PlausibilityRules.Load(Path.Combine(AppContext.BaseDirectory, "content", "rules", "plausibility")).Value;

    public static TheoryData<string, string> Cases() => [.. Rules.Files.SelectMany(f => f.Cases.Select(c => new TheoryDataRow<string, string>(f.Code, c.Why)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_case_of_the_content_comes_out_as_it_says(string code, string why)
    {
        var one = Rules.Files.Single(f => f.Code == code).Cases.Single(c => c.Why == why);
        var findings = new FindingList();
        var document = FhirDocument.Read(Encoding.UTF8.GetBytes(one.Resource.GetRawText()), findings);
        document.IsUsable.ShouldBeTrue();
        findings.Clear();

        Rules.Check(document.Root, new FhirPathEnvironment(), findings);

        findings.Items.Any(f => f.Kind.Code == code).ShouldBe(one.IsFound);
    }

    // Published examples of the standard: ../shared/standards.md 3.1.
    [Theory]
    [InlineData("11010519491231002X", true)]
    [InlineData("11010519491231002x", true)]
    [InlineData("440524188001010014", true)]
    [InlineData("110105194912310021", false)]
    [InlineData("110105194902310020", false)]
    [InlineData("1101051949123100", false)]
    [InlineData("", false)]
    public void A_resident_number_passes_its_check_or_is_none(string text, bool isOne) => (ResidentNumber.Parse(text) is not null).ShouldBe(isOne);

    [Fact]
    public void An_old_number_is_brought_to_eighteen_digits()
    {
        var number = ResidentNumber.Parse("320311770706001")!.Value;

        number.Text.ShouldBe("320311197707060018");
        number.WasOld.ShouldBeTrue();
        number.BirthDate.ShouldBe(new DateOnly(1977, 7, 6));
        number.IsMale.ShouldBeTrue();
    }

    [Theory]
    [InlineData("91440300708461136T", true)]
    [InlineData("91350100M000100Y43", true)]
    [InlineData("124512234996585640", true)]
    [InlineData("91440300708461136X", false)]
    [InlineData("91440300708461136", false)]
    public void A_credit_code_passes_its_check_or_is_none(string text, bool isOne) => CreditCode.IsValid(text).ShouldBe(isOne);

    [Theory]
    [InlineData("""{"resourceType":"Patient","identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"110105194912310021"}]}""", "STD001")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1950-01-01","identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"11010519491231002X"}]}""", "STD002")]
    [InlineData("""{"resourceType":"Patient","gender":"male","identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"11010519491231002X"}]}""", "STD003")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1949","gender":"female","identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"11010519491231002X"}]}""", null)]
    [InlineData("""{"resourceType":"Patient","name":[{"text":"x"}]}""", "STD005")]
    public void Real_name_is_asked_of_a_patient(string json, string? code)
    {
        var findings = new FindingList();
        var document = FhirDocument.Read(Encoding.UTF8.GetBytes(json), findings);

        RealNameCheck.Check(document.Root, findings, isOwed: true);

        findings.Items.Select(f => f.Kind.Code).ShouldBe(code is null ? [] : [code]);
    }
}
