using System.Buffers;
using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Terminology.Operations;

namespace Kangqiao.Terminology.Tests;

public sealed class TerminologyJsonTests
{
    private static readonly TerminologyService Service = Loaded.Beside("""
        {"resourceType": "CodeSystem", "url": "urn:colours", "version": "1", "title": "颜色", "status": "active", "content": "complete",
         "concept": [{"code": "r", "display": "红", "designation": [{"language": "en", "use": {"code": "short"}, "value": "red"}],
           "property": [{"code": "wave", "valueDecimal": 700.00}, {"code": "like", "valueCoding": {"system": "urn:fruit", "code": "cherry"}}]}]}
        """);

    [Fact]
    public void A_lookup_is_a_Parameters_resource()
    {
        var json = Written(o => TerminologyJson.Write(Service.Lookup(new LookupRequest("urn:colours", "r")).Value, o));

        json.ShouldBe("""
            {"resourceType":"Parameters","parameter":[{"name":"name","valueString":"颜色"},{"name":"version","valueString":"1"},{"name":"display","valueString":"红"},{"name":"designation","part":[{"name":"language","valueCode":"en"},{"name":"use","valueCoding":{"code":"short"}},{"name":"value","valueString":"red"}]},{"name":"property","part":[{"name":"code","valueCode":"inactive"},{"name":"value","valueBoolean":false}]},{"name":"property","part":[{"name":"code","valueCode":"wave"},{"name":"value","valueDecimal":700.00}]},{"name":"property","part":[{"name":"code","valueCode":"like"},{"name":"value","valueCoding":{"system":"urn:fruit","code":"cherry"}}]}]}
            """);
    }

    [Theory]
    [InlineData("zh-CN", "代码 3 不在值集")]
    [InlineData("en", "The code 3 is not in the value set")]
    public void A_verdict_speaks_the_language_of_the_asker(string language, string words)
    {
        var verdict = Service.ValidateCode(new ValidateCodeRequest([new Coding(Loaded.Sex, "3")]) { ValueSet = $"{Loaded.Sex}?fhir_vs" }).Value;

        var json = Written(o => TerminologyJson.Write(verdict, language, o));

        json.ShouldContain("{\"name\":\"result\",\"valueBoolean\":false},{\"name\":\"message\",\"valueString\":\"" + words);
        json.ShouldContain("TRM101");
    }

    [Fact]
    public void Subsumption_is_one_code() =>
        Written(o => TerminologyJson.Write(Subsumption.SubsumedBy, o))
            .ShouldBe("""{"resourceType":"Parameters","parameter":[{"name":"outcome","valueCode":"subsumed-by"}]}""");

    [Fact]
    public void A_translation_lists_its_matches() =>
        Written(o => TerminologyJson.Write(Service.Translate(new TranslateRequest([new Coding(Loaded.Sex, "1")])).Value, null, o))
            .ShouldContain("""{"name":"match","part":[{"name":"equivalence","valueCode":"equivalent"},{"name":"concept","valueCoding":{"system":"http://hl7.org/fhir/administrative-gender","code":"male"}}""");

    [Fact]
    public void An_expansion_is_a_ValueSet_that_says_what_was_asked_and_what_was_used()
    {
        var expansion = Service.Expand(new ExpandRequest { Url = "urn:colours?fhir_vs", Filter = "red", Count = 5, IncludeDesignations = true }).Value;

        var json = Written(o => TerminologyJson.Write(expansion, o));

        json.ShouldContain("\"total\":1,\"offset\":0,\"parameter\":[{\"name\":\"version\",\"valueUri\":\"urn:colours|1\"},{\"name\":\"filter\",\"valueString\":\"red\"},{\"name\":\"count\",\"valueInteger\":5}");
        json.ShouldContain("\"contains\":[{\"system\":\"urn:colours\",\"version\":\"1\",\"code\":\"r\",\"display\":\"红\",\"designation\":[{\"language\":\"en\"");
    }

    /// <summary>Whatever is written is a resource that the kernel reads without a finding.</summary>
    private static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        var findings = new FindingList();
        FhirDocument.Read(output.WrittenMemory.ToArray(), findings).IsUsable.ShouldBeTrue();
        findings.Items.ShouldBeEmpty();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
