using Kangqiao.Terminology.Operations;

namespace Kangqiao.Terminology.Tests.Operations;

public sealed class ExpandTests
{
    private const string Diseases = Loaded.Icd10 + "?fhir_vs";

    [Fact]
    public void A_table_expands_to_all_its_codes_in_order()
    {
        var expansion = Expanded(new ExpandRequest { Url = "https://kangqiao.dev/fhir/ValueSet/GBT2261.1" });

        expansion.Total.ShouldBe(4);
        expansion.Codes.Select(c => c.Code).ShouldBe(["0", "1", "2", "9"]);
        expansion.Codes[1].Display.ShouldBe("男性");
    }

    [Fact]
    public void Pages_follow_one_another_without_gap_or_repetition()
    {
        var first = Expanded(new ExpandRequest { Url = Diseases, Count = 700 });
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var offset = 0; offset < first.Total; offset += 700)
        {
            foreach (var code in Expanded(new ExpandRequest { Url = Diseases, Offset = offset, Count = 700 }).Codes)
            {
                seen.Add(code.Code).ShouldBeTrue();
            }
        }

        seen.Count.ShouldBe(first.Total);
    }

    [Fact]
    public void Too_many_codes_are_refused_rather_than_cut_off()
    {
        var problem = Loaded.Service.Expand(new ExpandRequest { Url = Diseases }).Problem!;

        problem.Code.ShouldBe("TRM005");
        problem.Message.ShouldContain("44565");
    }

    [Fact]
    public void A_count_of_zero_tells_the_total_alone()
    {
        var expansion = Expanded(new ExpandRequest { Url = Diseases, Count = 0 });

        expansion.Total.ShouldBe(44565);
        expansion.Codes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("高血压")]
    [InlineData("gxy")]
    [InlineData("gaoxueya")]
    [InlineData("GaoXueYa")]
    [InlineData("I10")]
    public void Hypertension_is_found_by_characters_pinyin_initials_or_code(string typed) =>
        Expanded(new ExpandRequest { Url = Diseases, Filter = typed, Count = 200 }).Codes.ShouldContain(c => c.Code.StartsWith("I10", StringComparison.Ordinal));

    [Fact]
    public void All_words_must_be_found()
    {
        var expansion = Expanded(new ExpandRequest { Url = Diseases, Filter = "高血压 肾", Count = 1000 });

        expansion.Total.ShouldBeGreaterThan(0);
        expansion.Codes.ShouldAllBe(c => c.Display!.Contains('肾', StringComparison.Ordinal));
    }

    [Fact]
    public void The_best_answer_comes_first()
    {
        Expanded(new ExpandRequest { Url = Diseases, Filter = "猩红热", Count = 10 }).Codes[0].Display.ShouldBe("猩红热");
        Expanded(new ExpandRequest { Url = Diseases, Filter = "I10.x00", Count = 10 }).Codes[0].Code.ShouldBe("I10.x00");
    }

    [Fact]
    public void Only_active_codes_come_where_that_is_asked()
    {
        var all = Expanded(new ExpandRequest { Url = "GBT2260?fhir_vs" });
        var active = Expanded(new ExpandRequest { Url = "GBT2260?fhir_vs", ActiveOnly = true });

        all.Codes.ShouldContain(c => c.Code == "520114" && c.IsInactive);
        active.Codes.ShouldNotContain(c => c.Code == "520114");
        active.Total.ShouldBe(active.Codes.Count);
        active.Total.ShouldBeLessThan(all.Total);
    }

    [Fact]
    public void An_implicit_value_set_holds_one_code_and_all_beneath_it()
    {
        var expansion = Expanded(new ExpandRequest { Url = "GBT2260?fhir_vs=isa/520100" });

        expansion.Codes.ShouldAllBe(c => c.Code.StartsWith("5201", StringComparison.Ordinal));
        expansion.Codes.ShouldContain(c => c.Code == "520100");
    }

    [Fact]
    public void A_value_set_of_the_specification_expands() =>
        Expanded(new ExpandRequest { Url = "http://hl7.org/fhir/ValueSet/administrative-gender" }).Codes.Select(c => c.Code)
            .ShouldBe(["female", "male", "other", "unknown"]);

    [Theory]
    [InlineData("urn:nowhere", "TRM002")]
    [InlineData("", "TRM007")]
    [InlineData("http://hl7.org/fhir/ValueSet/ucum-units", "TRM008")]
    public void What_cannot_be_expanded_is_refused_under_a_stable_code(string url, string problem) =>
        Loaded.Service.Expand(new ExpandRequest { Url = url }).Problem!.Code.ShouldBe(problem);

    private static Expansion Expanded(ExpandRequest ask) => Loaded.Service.Expand(ask).Value;
}
