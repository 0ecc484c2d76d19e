using Kangqiao.Fhir.Codes;
using Kangqiao.Kernel;
using Kangqiao.Terminology.Operations;

namespace Kangqiao.Terminology.Tests.Sets;

public sealed class ComposeTests
{
    private const string Animals = """
        {"resourceType": "CodeSystem", "url": "urn:animals", "status": "active", "content": "complete",
         "property": [{"code": "legs", "type": "integer"}, {"code": "inactive", "uri": "http://hl7.org/fhir/concept-properties#inactive", "type": "boolean"},
                      {"code": "lies", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}],
         "concept": [
           {"code": "animal", "display": "动物", "concept": [
             {"code": "bird", "display": "鸟", "property": [{"code": "legs", "valueInteger": 2}], "concept": [{"code": "duck", "display": "鸭"}, {"code": "dodo", "property": [{"code": "inactive", "valueBoolean": true}]}]},
             {"code": "mammal", "display": "哺乳动物", "property": [{"code": "legs", "valueInteger": 4}], "concept": [{"code": "cat"}, {"code": "platypus", "property": [{"code": "lies", "valueCode": "swimmer"}]}]},
             {"code": "swimmer"}]}]}
        """;

    [Theory]
    [InlineData("concept", "is-a", "bird", "bird duck dodo")]
    [InlineData("concept", "descendent-of", "bird", "duck dodo")]
    [InlineData("concept", "is-not-a", "mammal", "animal bird duck dodo swimmer")]
    [InlineData("concept", "is-a", "swimmer", "platypus swimmer")]
    [InlineData("concept", "generalizes", "platypus", "animal mammal platypus swimmer")]
    [InlineData("concept", "in", "cat, duck,unknown", "duck cat")]
    [InlineData("concept", "not-in", "cat,duck,animal,bird,mammal,swimmer", "dodo platypus")]
    [InlineData("code", "regex", "d.*", "duck dodo")]
    [InlineData("code", "regex", "a|cat", "cat")]
    [InlineData("display", "=", "鸭", "duck")]
    [InlineData("display", "exists", "false", "dodo cat platypus swimmer")]
    [InlineData("parent", "=", "mammal", "cat platypus")]
    [InlineData("parent", "=", "swimmer", "platypus")]
    [InlineData("child", "=", "platypus", "mammal swimmer")]
    [InlineData("legs", "=", "2", "bird")]
    [InlineData("legs", "in", "2,4", "bird mammal")]
    [InlineData("legs", "exists", "true", "bird mammal")]
    [InlineData("legs", "regex", "[34]", "mammal")]
    [InlineData("inactive", "=", "true", "dodo")]
    [InlineData("wings", "exists", "true", "")]
    public void A_filter_chooses_what_the_specification_says(string property, string op, string value, string expected) =>
        Codes($$"""{"include": [{"system": "urn:animals", "filter": [{"property": "{{property}}", "op": "{{op}}", "value": "{{value}}"}]}]}""").ShouldBe(expected);

    [Fact]
    public void Filters_narrow_one_another() =>
        Codes("""{"include": [{"system": "urn:animals", "filter": [{"property": "concept", "op": "is-a", "value": "mammal"}, {"property": "concept", "op": "is-a", "value": "swimmer"}]}]}""")
            .ShouldBe("platypus");

    [Fact]
    public void Listed_codes_keep_the_order_of_the_list_and_come_once() =>
        Codes("""{"include": [{"system": "urn:animals", "concept": [{"code": "duck"}, {"code": "cat"}]}, {"system": "urn:animals", "concept": [{"code": "cat"}, {"code": "bird"}]}]}""")
            .ShouldBe("duck cat bird");

    [Fact]
    public void Excludes_take_away() =>
        Codes("""{"include": [{"system": "urn:animals"}], "exclude": [{"system": "urn:animals", "filter": [{"property": "concept", "op": "is-a", "value": "bird"}]}, {"system": "urn:animals", "concept": [{"code": "cat"}]}]}""")
            .ShouldBe("animal mammal platypus swimmer");

    [Fact]
    public void A_set_without_inactive_codes_leaves_them_out() =>
        Codes("""{"inactive": false, "include": [{"system": "urn:animals", "filter": [{"property": "concept", "op": "is-a", "value": "bird"}]}]}""").ShouldBe("bird duck");

    [Fact]
    public void Value_sets_of_one_include_narrow_one_another_and_of_several_add_up()
    {
        const string Birds = """{"resourceType": "ValueSet", "url": "urn:birds", "status": "active", "compose": {"include": [{"system": "urn:animals", "filter": [{"property": "concept", "op": "is-a", "value": "bird"}]}]}}""";
        const string Pets = """{"resourceType": "ValueSet", "url": "urn:pets", "status": "active", "compose": {"include": [{"system": "urn:animals", "concept": [{"code": "cat"}, {"code": "duck"}]}]}}""";

        Codes("""{"include": [{"valueSet": ["urn:birds", "urn:pets"]}]}""", Birds, Pets).ShouldBe("duck");
        Codes("""{"include": [{"valueSet": ["urn:birds"]}, {"valueSet": ["urn:pets"]}]}""", Birds, Pets).ShouldBe("bird duck dodo cat");
        Codes("""{"include": [{"system": "urn:animals", "concept": [{"code": "cat"}, {"code": "bird"}], "valueSet": ["urn:pets"]}]}""", Birds, Pets).ShouldBe("cat");
        Codes("""{"include": [{"valueSet": ["urn:birds"]}], "exclude": [{"valueSet": ["urn:pets"]}]}""", Birds, Pets).ShouldBe("bird dodo");

        // Working out one set does not change another that it shares codes with.
        Codes("""{"include": [{"valueSet": ["urn:birds"]}]}""", Birds, Pets).ShouldBe("bird duck dodo");
    }

    [Fact]
    public void Codes_of_a_system_that_is_not_loaded_can_be_listed()
    {
        var service = Loaded.With(Set("""{"include": [{"system": "urn:elsewhere", "concept": [{"code": "x", "display": "某物"}]}]}"""));

        service.Expand(new ExpandRequest { Url = "urn:set", Filter = "mw" }).Value.Codes.ShouldHaveSingleItem().Display.ShouldBe("某物");
        service.IsMember("urn:set", "urn:elsewhere"u8, "x"u8).ShouldBe(Membership.Member);
        service.IsMember("urn:set", "urn:elsewhere"u8, "y"u8).ShouldBe(Membership.NotMember);
    }

    [Fact]
    public void A_system_that_is_not_loaded_makes_the_answer_unknown_and_the_expansion_impossible()
    {
        var service = Loaded.With(Set("""{"include": [{"system": "urn:elsewhere"}]}"""));

        service.IsMember("urn:set", "urn:elsewhere"u8, "x"u8).ShouldBe(Membership.Unknown);
        service.Expand(new ExpandRequest { Url = "urn:set" }).Problem!.Code.ShouldBe("TRM017");
    }

    [Fact]
    public void A_grammar_can_be_narrowed_by_a_list_and_lessened_by_exclusion()
    {
        var service = Loaded.With(Set("""{"include": [{"system": "urn:ietf:bcp:47"}], "exclude": [{"system": "urn:ietf:bcp:47", "concept": [{"code": "en"}]}]}"""));

        service.IsMember("urn:set", "urn:ietf:bcp:47"u8, "zh"u8).ShouldBe(Membership.Member);
        service.IsMember("urn:set", "urn:ietf:bcp:47"u8, "en"u8).ShouldBe(Membership.NotMember);
    }

    [Fact]
    public void Sets_that_include_one_another_in_a_circle_are_refused()
    {
        var service = Loaded.With(
            Set("""{"include": [{"valueSet": ["urn:other"]}]}"""),
            """{"resourceType": "ValueSet", "url": "urn:other", "status": "active", "compose": {"include": [{"valueSet": ["urn:set"]}]}}""");

        service.Expand(new ExpandRequest { Url = "urn:set" }).Problem!.Code.ShouldBe("TRM010");
        service.IsMember("urn:set", "urn:x"u8, "x"u8).ShouldBe(Membership.Unknown);
    }

    [Fact]
    public void Sets_that_include_one_another_many_times_over_do_not_run_away()
    {
        var sets = new List<string> { Animals, """{"resourceType": "ValueSet", "url": "urn:0", "status": "active", "compose": {"include": [{"system": "urn:animals"}, {"system": "urn:elsewhere"}]}}""" };
        for (var i = 1; i < 30; i++)
        {
            var twice = $$"""{"valueSet": ["urn:{{i - 1}}"]}, {"valueSet": ["urn:{{i - 1}}"]}""";
            sets.Add($$$"""{"resourceType": "ValueSet", "url": "urn:{{{i}}}", "status": "active", "compose": {"include": [{{{twice}}}]}}""");
        }

        var service = Loaded.With([.. sets]);

        service.IsMember("urn:29", "urn:animals"u8, "cat"u8).ShouldBe(Membership.Member);
        service.IsMember("urn:29", "urn:animals"u8, "cow"u8).ShouldBe(Membership.Unknown);
        service.Current.Set("urn:29").Value.Parts.Count.ShouldBe(1);
        service.Current.Set("urn:29").Value.Missing.ShouldBe(["urn:elsewhere"]);
    }

    [Fact]
    public void A_set_that_would_take_more_than_a_second_of_work_is_refused()
    {
        var filter = """{"system": "urn:oid:2.16.156.10011.2.3.3.11", "filter": [{"property": "display", "op": "regex", "value": ".*x"}]}""";
        var service = Loaded.Beside(Set($$"""{"include": [{{string.Join(", ", Enumerable.Repeat(filter, 5000))}}]}"""));

        service.Expand(new ExpandRequest { Url = "urn:set" }).Problem!.Kind.ShouldBe(ProblemKind.TooCostly);
    }

    [Fact]
    public void An_expression_that_is_slow_on_every_name_is_refused_in_the_end()
    {
        var service = Loaded.Beside(Set($$"""{"include": [{"system": "{{Loaded.Icd10}}", "filter": [{"property": "code", "op": "regex", "value": "(.*[0-9A-Zx.].{200}|.{1,900}[0-9].{99})*"}]}]}"""));

        var answer = service.Expand(new ExpandRequest { Url = "urn:set" });

        // Fast machines may get through with it; none may hang.
        (answer.IsSuccess || answer.Problem!.Kind == ProblemKind.TooCostly).ShouldBeTrue();
    }

    [Fact]
    public void Many_small_includes_are_one_part()
    {
        var includes = Loaded.Content.Table(Loaded.Icd10, null)!;
        var compose = string.Join(", ", Enumerable.Range(0, 2000).Select(i => $$"""{"system": "{{Loaded.Icd10}}", "concept": [{"code": "{{includes.Codes.Text(i)}}"}]}"""));
        var service = Loaded.Beside(Set($$"""{"include": [{{compose}}]}"""));

        service.Current.Set("urn:set").Value.Parts.Count.ShouldBe(1);
        service.Expand(new ExpandRequest { Url = "urn:set" }).Value.Total.ShouldBe(2000);
    }

    [Fact]
    public void Many_threads_asking_for_the_same_sets_get_the_same_answers()
    {
        var service = Loaded.Beside(Set($$"""{"include": [{"system": "{{Loaded.Icd10}}", "filter": [{"property": "concept", "op": "is-a", "value": "I10"}]}]}"""));
        var totals = new int[64];

        Parallel.For(0, totals.Length, i => totals[i] = service.Expand(new ExpandRequest { Url = "urn:set", Filter = i % 2 == 0 ? null : "gxy" }).Value.Total);

        totals.Where((_, i) => i % 2 == 0).Distinct().ShouldHaveSingleItem().ShouldBeGreaterThan(5);
        totals.Where((_, i) => i % 2 == 1).Distinct().ShouldHaveSingleItem().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void A_set_without_compose_is_what_its_expansion_lists()
    {
        var service = Loaded.With(Animals, """{"resourceType": "ValueSet", "url": "urn:set", "status": "active", "expansion": {"timestamp": "2026-01-01", "contains": [{"system": "urn:animals", "code": "bird", "contains": [{"system": "urn:animals", "code": "duck"}]}]}}""");

        service.Expand(new ExpandRequest { Url = "urn:set" }).Value.Codes.Select(c => c.Code).ShouldBe(["bird", "duck"]);
    }

    [Theory]
    [InlineData("(a")]
    [InlineData("(?=a)a")]
    [InlineData("(a)\\\\1")]
    public void An_expression_that_could_run_away_is_refused(string pattern) =>
        Service($$"""{"include": [{"system": "urn:animals", "filter": [{"property": "code", "op": "regex", "value": "{{pattern}}"}]}]}""")
            .Expand(new ExpandRequest { Url = "urn:set" }).Problem!.Code.ShouldBe("TRM014");

    [Fact]
    public void A_filter_nobody_knows_is_refused() =>
        Service("""{"include": [{"system": "urn:animals", "filter": [{"property": "wings", "op": "=", "value": "2"}]}]}""")
            .Expand(new ExpandRequest { Url = "urn:set" }).Problem!.Code.ShouldBe("TRM009");

    private static string Set(string compose) => $$"""{"resourceType": "ValueSet", "url": "urn:set", "status": "active", "compose": {{compose}}}""";

    private static TerminologyService Service(string compose, params string[] others) => Loaded.With([Animals, Set(compose), .. others]);

    private static string Codes(string compose, params string[] others) =>
        string.Join(' ', Service(compose, others).Expand(new ExpandRequest { Url = "urn:set" }).Value.Codes.Select(c => c.Code));
}
