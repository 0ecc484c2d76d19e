using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Fhir.Text;

namespace Kangqiao.Fhir.Tests.Search;

public sealed class SearchRobustnessTests
{
    [Fact]
    public void The_short_way_of_folding_gives_what_the_long_way_gives()
    {
        Span<byte> folded = stackalloc byte[64];
        for (var code = 1; code <= 0xFFFF; code++)
        {
            if (char.IsSurrogate((char)code))
            {
                continue;
            }

            var text = " A" + (char)code + "  b";
            if (SearchForms.TryFold(Encoding.UTF8.GetBytes(text), folded, out var written))
            {
                Encoding.UTF8.GetString(folded[..written]).ShouldBe(SearchText.Normalise(text), $"U+{code:X4}");
            }
        }
    }

    [Fact]
    public void Ten_thousand_names_and_references_into_the_record_itself_are_indexed()
    {
        var json = new StringBuilder("""{"resourceType":"Patient","contained":[""");
        json.AppendJoin(',', Enumerable.Range(0, 2000).Select(i => $$"""{"resourceType":"Organization","id":"o{{i}}"}"""));
        json.Append("],\"name\":[");
        json.AppendJoin(',', Enumerable.Range(0, 10_000).Select(i => $$"""{"family":"张","given":["三{{i}}"]}"""));
        json.Append("],\"generalPractitioner\":[");
        json.AppendJoin(',', Enumerable.Range(0, 10_000).Select(i => $$"""{"reference":"#o{{i}}"}"""));
        json.Append("]}");

        var values = Asked.Values(json.ToString());

        values.Finds("name=zhangsan9999").ShouldBeTrue();
        values.Finds("general-practitioner:missing=false").ShouldBeTrue();
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("-1e300")]
    [InlineData("1e-300")]
    [InlineData("0.00000000000000000000000000000000000000000000000000001")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-0.0")]
    public void A_number_beyond_all_measure_does_no_harm(string number)
    {
        var values = Asked.Observation($$$"""
            "valueQuantity":{"value":{{{number}}},"system":"http://unitsofmeasure.org","code":"km"},
            "component":[{"code":{},"valueSampledData":{"origin":{"value":{{{number}}},"code":"km","system":"http://unitsofmeasure.org"},"period":1,"dimensions":1,"factor":{{{number}}},"data":"{{{number}}} 1 E U L x"}}]
            """);

        foreach (var prefix in (string[])["", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"])
        {
            var clause = Asked.Read(values.Plan, $"combo-value-quantity={prefix}{number}|http://unitsofmeasure.org|m");
            if (clause.IsSuccess)
            {
                clause.Value.Matches(values);
            }

            Asked.Read(values.Plan, $"combo-value-quantity={prefix}5|http://unitsofmeasure.org|m").Value.Matches(values);
        }
    }

    [Fact]
    public void Damaged_records_and_questions_are_indexed_or_refused_but_never_throw()
    {
        var random = new Random(20261122);
        var document = new FhirDocument();
        var values = new IndexValues();
        var findings = new FindingList();
        foreach (var file in Directory.GetFiles(Path.Combine(Project.Root, "tests", "Fhir.Tests", "Search", "Resources")))
        {
            var whole = File.ReadAllBytes(file);
            for (var round = 0; round < 200; round++)
            {
                var damaged = whole.ToArray();
                for (var i = random.Next(1, 6); i > 0; i--)
                {
                    damaged[random.Next(damaged.Length)] = round % 2 == 0 ? (byte)random.Next(256) : damaged[random.Next(damaged.Length)];
                }

                findings.Clear();
                if (document.ReadInto(damaged, findings) && SearchPlan.Of(document.Root.Type) is { } plan)
                {
                    plan.Index(document.Root, values);
                    IndexListing.Of(values).ShouldNotBeNull();
                }
            }
        }

        var letters = "|$,\\:&eqap0123-T+.Ez张 \u0000\ud800".ToCharArray();
        foreach (var parameter in SearchPlan.Of("Observation")!.Parameters)
        {
            for (var round = 0; round < 100; round++)
            {
                var value = new string(random.GetItems(letters, random.Next(1, 12)));
                var clause = SearchClause.Parse(SearchPlan.Of("Observation")!, parameter.Code, value, Asked.Context);
                (clause.IsSuccess || clause.Problem!.Message.Length > 0).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void The_text_of_a_record_is_what_people_read_in_it()
    {
        var values = Asked.Values("""
            {"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><b>血压</b> &lt;140 &#x5EB7;</div>"},
             "name":[{"family":"张"}],"gender":"male"}
            """);
        var narrative = new StringBuilder();
        var content = new StringBuilder();

        ResourceText.AppendNarrative(values.Resource, narrative);
        ResourceText.AppendContent(values.Resource, content);

        SearchText.Normalise(narrative.ToString()).ShouldBe("血压 <140 康");
        SearchText.Normalise(content.ToString()).ShouldBe("血压 <140 康 张");
    }
}
