using Kangqiao.Terminology.Operations;

namespace Kangqiao.Terminology.Tests.Operations;

public sealed class ValidateCodeTests
{
    private const string SexSet = "https://kangqiao.dev/fhir/ValueSet/GBT2261.1";

    [Fact]
    public void A_code_with_its_right_name_is_valid()
    {
        var verdict = In(SexSet, new Coding(Loaded.Sex, "1", "男性"));

        verdict.Result.ShouldBeTrue();
        verdict.Finding.ShouldBe(CodeFinding.None);
        verdict.Display.ShouldBe("男性");
    }

    [Fact]
    public void A_wrong_name_is_said_with_the_right_one_in_both_languages()
    {
        var verdict = In(SexSet, new Coding(Loaded.Sex, "1", "女性"));

        verdict.Result.ShouldBeFalse();
        verdict.FindingCode.ShouldBe("TRM103");
        verdict.English.ShouldBe("The display \"女性\" is not a name of 1; it is called \"男性\".");
        verdict.Chinese.ShouldBe("名称“女性”与代码 1 不符，应为“男性”。");
    }

    [Fact]
    public void Width_case_and_white_space_of_a_name_do_not_count()
    {
        var service = Loaded.With("""{"resourceType": "CodeSystem", "url": "urn:x", "status": "active", "content": "complete", "concept": [{"code": "1", "display": "CT 平扫"}]}""");

        service.ValidateCode(new ValidateCodeRequest([new Coding("urn:x", "1", "ｃｔ　平扫")])).Value.Result.ShouldBeTrue();
    }

    [Fact]
    public void A_name_in_another_language_is_a_name()
    {
        var service = Loaded.With("""{"resourceType": "CodeSystem", "url": "urn:x", "status": "active", "content": "complete", "concept": [{"code": "1", "display": "红", "designation": [{"language": "en", "value": "Red"}]}]}""");

        service.ValidateCode(new ValidateCodeRequest([new Coding("urn:x", "1", "red")])).Value.Result.ShouldBeTrue();
    }

    [Fact]
    public void A_code_outside_the_value_set_is_not_valid()
    {
        var verdict = In(SexSet, new Coding(Loaded.Sex, "3"));

        verdict.Result.ShouldBeFalse();
        verdict.FindingCode.ShouldBe("TRM101");
        verdict.Chinese!.ShouldContain("不在值集");
    }

    [Fact]
    public void A_code_of_another_system_is_not_valid_even_if_it_looks_the_same() =>
        In(SexSet, new Coding("urn:oid:2.16.156.10011.2.3.1.1", "1")).FindingCode.ShouldBe("TRM101");

    [Fact]
    public void A_code_without_system_takes_the_value_sets_own() => In(SexSet, new Coding("", "1")).Result.ShouldBeTrue();

    [Fact]
    public void Of_several_codings_one_valid_one_suffices()
    {
        var verdict = Loaded.Service.ValidateCode(new ValidateCodeRequest([new Coding("urn:local", "M"), new Coding(Loaded.Sex, "1")]) { ValueSet = SexSet }).Value;

        verdict.Result.ShouldBeTrue();
        verdict.Code.Code.ShouldBe("1");
    }

    [Fact]
    public void A_code_that_only_groups_others_is_no_value_unless_that_is_wanted()
    {
        var coding = new Coding("WS218", "A1");
        Loaded.Service.ValidateCode(new ValidateCodeRequest([coding])).Value.FindingCode.ShouldBe("TRM104");
        Loaded.Service.ValidateCode(new ValidateCodeRequest([coding]) { AllowAbstract = true }).Value.Result.ShouldBeTrue();
    }

    [Fact]
    public void A_code_of_the_older_edition_is_valid_with_a_word_of_warning()
    {
        var verdict = Loaded.Service.ValidateCode(new ValidateCodeRequest([new Coding(Loaded.Allergens, "031", "青霉素过敏")])).Value;

        verdict.Result.ShouldBeTrue();
        verdict.FindingCode.ShouldBe("TRM106");
        verdict.Version.ShouldBe("WS 364-2011");
    }

    [Fact]
    public void A_retired_region_is_valid_with_a_word_of_warning() =>
        Loaded.Service.ValidateCode(new ValidateCodeRequest([new Coding("GBT2260", "520114")])).Value.FindingCode.ShouldBe("TRM107");

    [Fact]
    public void What_a_fragment_lacks_cannot_be_told()
    {
        var verdict = Loaded.Service.ValidateCode(new ValidateCodeRequest([new Coding(Loaded.Icd10, "Z99.999")])).Value;

        verdict.Result.ShouldBeFalse();
        verdict.FindingCode.ShouldBe("TRM105");
    }

    [Fact]
    public void A_value_set_sent_along_is_the_one_that_counts()
    {
        var set = Loaded.Resource("""{"resourceType": "ValueSet", "status": "active", "compose": {"include": [{"system": "urn:oid:2.16.156.10011.2.3.3.4", "concept": [{"code": "1"}]}]}}""");

        Loaded.Service.ValidateCode(new ValidateCodeRequest([new Coding(Loaded.Sex, "1")]) { Inline = set }).Value.Result.ShouldBeTrue();
        Loaded.Service.ValidateCode(new ValidateCodeRequest([new Coding(Loaded.Sex, "2")]) { Inline = set }).Value.Result.ShouldBeFalse();
    }

    [Fact]
    public void Questions_that_cannot_be_answered_are_refused_under_stable_codes()
    {
        Refused(new ValidateCodeRequest([])).ShouldBe("TRM007");
        Refused(new ValidateCodeRequest([new Coding("", "1")])).ShouldBe("TRM007");
        Refused(new ValidateCodeRequest([new Coding("urn:nowhere", "1")])).ShouldBe("TRM001");
        Refused(new ValidateCodeRequest([new Coding(Loaded.Sex, "1")]) { ValueSet = "urn:nowhere" }).ShouldBe("TRM002");
    }

    private static string Refused(ValidateCodeRequest ask) => Loaded.Service.ValidateCode(ask).Problem!.Code;

    private static CodeVerdict In(string set, Coding coding) =>
        Loaded.Service.ValidateCode(new ValidateCodeRequest([coding]) { ValueSet = set }).Value;
}
