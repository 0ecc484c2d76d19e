using Kangqiao.Terminology.Operations;

namespace Kangqiao.Terminology.Tests.Operations;

public sealed class TranslateTests
{
    private const string Fallback = """
        {"resourceType": "ConceptMap", "url": "urn:fallback", "status": "active", "group": [
          {"source": "urn:a", "target": "urn:b", "unmapped": {"mode": "fixed", "code": "other", "display": "其他"}, "element": [{"code": "9", "target": [{"code": "nine", "equivalence": "narrower"}]}]}]}
        """;

    private const string Main = """
        {"resourceType": "ConceptMap", "url": "urn:main", "status": "active", "group": [
          {"source": "urn:a", "target": "urn:b", "unmapped": {"mode": "other-map", "url": "urn:fallback"}, "element": [
            {"code": "1", "target": [{"code": "one", "equivalence": "equal"}, {"code": "few", "equivalence": "wider"}]},
            {"code": "2", "target": [{"equivalence": "unmatched", "comment": "没有对应"}]}]},
          {"source": "urn:a", "target": "urn:c", "unmapped": {"mode": "provided"}, "element": [{"code": "1", "target": [{"code": "I", "equivalence": "equivalent"}]}]}]}
        """;

    [Fact]
    public void The_front_pages_admission_route_is_not_the_standards_of_the_same_number()
    {
        var translation = Loaded.Service.Translate(new TranslateRequest([new Coding("BAZY-admission-route", "1", "急诊")])).Value;

        translation.Result.ShouldBeTrue();
        var match = translation.Matches.ShouldHaveSingleItem();
        match.Concept!.Code.ShouldBe("2");
        match.Concept.Display.ShouldBe("急诊");
        match.Map.ShouldBe("https://kangqiao.dev/fhir/ConceptMap/admission-route-front-page");
    }

    [Theory]
    [InlineData("1", "male")]
    [InlineData("2", "female")]
    [InlineData("0", "unknown")]
    public void National_sex_codes_become_FHIRs(string code, string gender) =>
        Loaded.Service.Translate(new TranslateRequest([new Coding(Loaded.Sex, code)]) { TargetSystem = "http://hl7.org/fhir/administrative-gender" })
            .Value.Matches.ShouldHaveSingleItem().Concept!.Code.ShouldBe(gender);

    [Theory]
    [InlineData("156")]
    [InlineData("CN")]
    [InlineData("CHN")]
    public void A_country_is_the_same_in_numbers_and_letters(string code) =>
        Loaded.Service.Translate(new TranslateRequest([new Coding("urn:iso:std:iso:3166", code)]) { Url = "https://kangqiao.dev/fhir/ConceptMap/country-iso3166" })
            .Value.Matches.ShouldHaveSingleItem().Concept!.Code.ShouldBe("CHN");

    [Fact]
    public void All_targets_of_a_code_come_with_their_equivalence()
    {
        var matches = Asked("1").Matches;

        matches.Select(m => (m.Concept!.System, m.Concept.Code, m.Equivalence)).ShouldBe([("urn:b", "one", "equal"), ("urn:b", "few", "wider"), ("urn:c", "I", "equivalent")]);
    }

    [Fact]
    public void The_wanted_system_alone_answers() =>
        Service().Translate(new TranslateRequest([new Coding("urn:a", "1")]) { Url = "urn:main", TargetSystem = "urn:c" }).Value.Matches.ShouldHaveSingleItem().Concept!.Code.ShouldBe("I");

    [Fact]
    public void Unmatched_is_an_answer_but_no_translation()
    {
        var translation = Service().Translate(new TranslateRequest([new Coding("urn:a", "2")]) { Url = "urn:main", TargetSystem = "urn:b" }).Value;

        translation.Result.ShouldBeFalse();
        translation.Chinese.ShouldNotBeNull();
        var match = translation.Matches.ShouldHaveSingleItem();
        match.Concept.ShouldBeNull();
        match.Comment.ShouldBe("没有对应");
    }

    [Fact]
    public void Codes_that_a_group_lacks_follow_its_unmapped_mode()
    {
        Asked("9").Matches.Select(m => (m.Concept!.System, m.Concept.Code, m.Map)).ShouldBe([("urn:b", "nine", "urn:fallback"), ("urn:c", "9", "urn:main")]);
        Asked("7").Matches.Select(m => (m.Concept!.Code, m.Equivalence)).ShouldBe([("other", "inexact"), ("7", "equal")]);
    }

    [Fact]
    public void Turned_about_wider_is_narrower()
    {
        var match = Service().Translate(new TranslateRequest([new Coding("urn:b", "few")]) { Url = "urn:main", Reverse = true }).Value.Matches.ShouldHaveSingleItem();

        match.Concept!.Code.ShouldBe("1");
        match.Concept.System.ShouldBe("urn:a");
        match.Equivalence.ShouldBe("narrower");
    }

    [Fact]
    public void Maps_that_name_one_another_in_a_circle_come_to_an_end()
    {
        var service = Loaded.With(Main, Fallback.Replace("\"mode\": \"fixed\", \"code\": \"other\", \"display\": \"其他\"", "\"mode\": \"other-map\", \"url\": \"urn:main\"", StringComparison.Ordinal));

        service.Translate(new TranslateRequest([new Coding("urn:a", "7")]) { Url = "urn:main" }).Value.Matches.ShouldHaveSingleItem().Concept!.Code.ShouldBe("7");
    }

    [Fact]
    public void A_map_that_is_not_loaded_is_refused_and_no_fitting_map_is_an_answer()
    {
        Service().Translate(new TranslateRequest([new Coding("urn:a", "1")]) { Url = "urn:nowhere" }).Problem!.Code.ShouldBe("TRM003");
        Service().Translate(new TranslateRequest([new Coding("urn:a", "1")]) { Target = "urn:nowhere" }).Value.Result.ShouldBeFalse();
        Service().Translate(new TranslateRequest([])).Problem!.Code.ShouldBe("TRM007");
    }

    private static TerminologyService Service() => Loaded.With(Main, Fallback);

    private static Translation Asked(string code) => Service().Translate(new TranslateRequest([new Coding("urn:a", code)]) { Url = "urn:main" }).Value;
}
