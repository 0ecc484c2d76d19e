using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Host.Serving;
using Kangqiao.Standard.Making;
using Kangqiao.Standard.Rules;
using Kangqiao.Terminology;

namespace Kangqiao.Ingest.Tests.Standard;

public sealed class ValueDomainTests
{
    private static readonly ValueDomains Domains = ValueDomains.Load(
        Path.Combine(AppContext.BaseDirectory, "content", "rules", "value-domains"),
        new TerminologyService(new TerminologyStore(TerminologyFollower.Shipped().Value), TimeProvider.System)).Value;

    [Fact]
    public void A_code_of_the_table_is_accepted_and_gets_its_edition()
    {
        var (codes, json) = Check("""{"resourceType":"Patient","identifier":[{"type":{"coding":[{"system":"urn:oid:2.16.156.10011.2.3.1.1","code":"01"}]},"value":"x"}]}""");

        codes.ShouldBeEmpty();
        json.ShouldContain("""{"version":"WS/T 364-2023","system":"urn:oid:2.16.156.10011.2.3.1.1","code":"01"}""");
    }

    [Theory]
    [InlineData("101", "WS/T 364-2023")]
    [InlineData("02", "WS 364-2011")]
    public void Both_editions_of_a_table_are_accepted_and_the_one_that_has_the_code_is_noted(string code, string edition)
    {
        var (codes, json) = Check($$$"""{"resourceType":"AllergyIntolerance","code":{"coding":[{"system":"urn:oid:2.16.156.10011.2.3.1.137","code":"{{{code}}}"}]},"patient":{"reference":"Patient/1"}}""");

        codes.ShouldBeEmpty();
        json.ShouldContain($"\"version\":\"{edition}\"");
    }

    [Fact]
    public void A_code_that_is_in_no_edition_is_found_with_the_codes_that_are()
    {
        var finding = Found("""{"resourceType":"Encounter","status":"finished","class":{"code":"IMP"},"hospitalization":{"dischargeDisposition":{"coding":[{"system":"urn:oid:2.16.156.10011.2.3.1.265","code":"7"}]}}}""").ShouldHaveSingleItem();

        finding.Kind.Code.ShouldBe("STD040");
        finding.Severity.ShouldBe(Severity.Warning);
        finding.Path.ShouldBe("Encounter.hospitalization.dischargeDisposition.coding[0].code");
        finding.Chinese.ShouldContain("1 医嘱离院, 2 医嘱转院");
        finding.English.ShouldContain("CV06.00.226");
    }

    [Fact]
    public void A_code_of_another_national_table_is_in_the_wrong_place() =>
        Check("""{"resourceType":"Patient","maritalStatus":{"coding":[{"system":"urn:oid:2.16.156.10011.2.3.3.4","code":"1"}]}}""").Codes.ShouldBe(["STD040"]);

    [Fact]
    public void A_code_of_the_senders_own_table_is_no_fault_where_the_table_is_only_offered() =>
        Check("""{"resourceType":"Patient","maritalStatus":{"coding":[{"system":"https://h.example/marital","code":"M"}]}}""").Codes.ShouldBeEmpty();

    [Fact]
    public void Where_the_table_is_expected_a_code_of_it_must_be_there() =>
        Check("""{"resourceType":"Patient","address":[{"extension":[{"url":"https://kangqiao.dev/fhir/StructureDefinition/address-type","valueCoding":{"system":"https://h.example/e","code":"H"}}],"text":"x"}]}""").Codes.ShouldBe(["STD041"]);

    [Fact]
    public void The_value_of_an_observation_is_of_the_table_that_its_data_element_names()
    {
        string Observation(string code) => $$$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:oid:2.16.156.10011.2.2.1","code":"DE04.50.001.00"}]},"valueCodeableConcept":{"coding":[{"system":"urn:oid:2.16.156.10011.2.3.1.85","code":"{{{code}}}"}]}}""";

        Check(Observation("3")).Codes.ShouldBeEmpty();
        Check(Observation("AB")).Codes.ShouldBe(["STD040"]);
    }

    [Fact]
    public void So_is_the_answer_to_a_question_of_a_form()
    {
        string Form(string code) => $$$"""{"resourceType":"QuestionnaireResponse","status":"completed","item":[{"linkId":"s","item":[{"linkId":"DE04.50.001.00","answer":[{"valueCoding":{"system":"urn:oid:2.16.156.10011.2.3.1.85","code":"{{{code}}}"}}]}]}]}""";

        Check(Form("3")).Codes.ShouldBeEmpty();
        Check(Form("9")).Codes.ShouldBe(["STD040"]);
    }

    [Fact]
    public void Elements_of_the_table_are_elements_of_R4()
    {
        foreach (var row in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "content", "rules", "value-domains", "elements.tsv")).Where(l => l[0] != '#').Select(l => l.Split('\t')))
        {
            var type = Kangqiao.Fhir.Facts.R4.Facts.Type(row[0])!;
            foreach (var step in row[1].Split('.'))
            {
                if (step.StartsWith("extension(", StringComparison.Ordinal))
                {
                    type = Kangqiao.Fhir.Facts.R4.Facts.Type("Extension")!;
                    continue;
                }

                var element = type.Element(step);
                element.ShouldNotBeNull($"{row[0]}.{row[1]}");
                type = element.Types[0].Type;
            }
        }
    }

    [Fact]
    public void An_edition_that_the_sender_names_stays_as_it_is() =>
        Check("""{"resourceType":"Patient","identifier":[{"type":{"coding":[{"system":"urn:oid:2.16.156.10011.2.3.1.1","version":"WS 364-2011","code":"01"}]},"value":"x"}]}""")
            .Json.ShouldNotContain("364-2023");

    private static Finding[] Found(string json)
    {
        var findings = new FindingList();
        Domains.Check(FhirDocument.Read(Encoding.UTF8.GetBytes(json), findings).Root, findings, []);
        return [.. findings.Items];
    }

    private static (string[] Codes, string Json) Check(string json)
    {
        var findings = new FindingList();
        var document = FhirDocument.Read(Encoding.UTF8.GetBytes(json), findings);
        var missing = new List<MissingEdition>();
        Domains.Check(document.Root, findings, missing);
        return ([.. findings.Items.Select(f => f.Kind.Code)], Encoding.UTF8.GetString(EditionStamp.Write(document.Utf8, missing)));
    }
}
