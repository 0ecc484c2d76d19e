using Kangqiao.Terminology.Operations;

namespace Kangqiao.Terminology.Tests.Operations;

public sealed class LookupTests
{
    private const string Colours = """
        {"resourceType": "CodeSystem", "url": "urn:colours", "version": "1", "title": "颜色", "language": "zh", "status": "active", "content": "complete",
         "property": [{"code": "warm", "type": "boolean"}, {"code": "like", "type": "Coding"}, {"code": "wave", "type": "decimal"}],
         "concept": [{"code": "r", "display": "红", "definition": "血的颜色",
           "designation": [{"language": "en", "use": {"code": "short"}, "value": "red"}, {"language": "de-CH", "value": "rot"}],
           "property": [{"code": "warm", "valueBoolean": true}, {"code": "wave", "valueDecimal": 700.00},
                        {"code": "like", "valueCoding": {"system": "urn:fruit", "code": "cherry", "display": "樱桃"}}]}]}
        """;

    [Fact]
    public void A_code_is_told_with_its_name_its_edition_and_what_is_above_it()
    {
        var answer = Loaded.Service.Lookup(new LookupRequest(Loaded.Icd10, "A00.000x001")).Value;

        answer.Display.ShouldBe("古典生物型霍乱");
        answer.Version.ShouldBe("医保版");
        answer.Properties.ShouldContain(p => p.Code == "parent" && p.Value == "A00.000");
    }

    [Fact]
    public void Names_in_other_languages_properties_and_definition_come_along()
    {
        var answer = Loaded.With(Colours).Lookup(new LookupRequest("urn:colours", "r")).Value;

        answer.Name.ShouldBe("颜色");
        answer.Designations.Select(d => (d.Language, d.Value)).ShouldBe([("en", "red"), ("de-CH", "rot")]);
        answer.Properties.Select(p => (p.Code, p.Type, p.Value)).ShouldBe(
            [("definition", "string", "血的颜色"), ("inactive", "boolean", "false"), ("warm", "boolean", "true"), ("wave", "decimal", "700.00"), ("like", "Coding", "cherry")]);
    }

    [Theory]
    [InlineData("en", "red")]
    [InlineData("de", "rot")]
    [InlineData("zh-CN", "红")]
    [InlineData("fr", "红")]
    public void The_name_comes_in_the_language_asked_for_where_there_is_one(string language, string name) =>
        Loaded.With(Colours).Lookup(new LookupRequest("urn:colours", "r", DisplayLanguage: language)).Value.Display.ShouldBe(name);

    [Fact]
    public void Only_the_properties_asked_for_come()
    {
        var answer = Loaded.With(Colours).Lookup(new LookupRequest("urn:colours", "r", Properties: ["warm"])).Value;

        answer.Properties.ShouldHaveSingleItem().Code.ShouldBe("warm");
        answer.Designations.ShouldBeEmpty();
    }

    [Fact]
    public void A_code_of_the_older_edition_is_still_explained()
    {
        var answer = Loaded.Service.Lookup(new LookupRequest(Loaded.Allergens, "031")).Value;

        answer.Display.ShouldBe("青霉素过敏");
        answer.Version.ShouldBe("WS 364-2011");
    }

    [Fact]
    public void The_edition_asked_for_is_the_one_that_answers()
    {
        Loaded.Service.Lookup(new LookupRequest(Loaded.Allergens, "031", "WS/T 364-2023")).Problem!.Code.ShouldBe("TRM004");
        Loaded.Service.Lookup(new LookupRequest(Loaded.Allergens, "031", "1999")).Problem!.Code.ShouldBe("TRM001");
    }

    [Theory]
    [InlineData("urn:nowhere", "1", "TRM001")]
    [InlineData(Loaded.Sex, "7", "TRM004")]
    [InlineData("http://unitsofmeasure.org", "furlongs", "TRM004")]
    [InlineData(null, "7", "TRM007")]
    [InlineData(Loaded.Sex, null, "TRM007")]
    public void What_is_not_known_is_refused_under_a_stable_code(string? system, string? code, string problem) =>
        Loaded.Service.Lookup(new LookupRequest(system, code)).Problem!.Code.ShouldBe(problem);

    [Fact]
    public void A_unit_is_a_code_of_UCUM() =>
        Loaded.Service.Lookup(new LookupRequest("http://unitsofmeasure.org", "mmol/L")).Value.Display.ShouldBe("mmol/L");

    [Fact]
    public void Codes_that_the_specification_defines_are_known() =>
        Loaded.Service.Lookup(new LookupRequest("http://hl7.org/fhir/administrative-gender", "male")).Value.Version.ShouldBe("4.0.1");
}
