using System.Text.Json;
using Kangqiao.Web.Records;
using Kangqiao.Web.Resident;
using Kangqiao.Web.Speech;

namespace Kangqiao.Web.Tests.Records;

public sealed class ResultSeriesTests
{
    [Fact]
    public void Results_of_two_hospitals_are_one_series_when_the_test_is_the_same()
    {
        var series = Of(
            Lab("2026-01-05", 5.1m, "AC001", """{"system":"urn:local:a","code":"GLU","display":"血糖"},{"system":"http://loinc.org","code":"14771-0"}"""),
            Lab("2026-03-05", 7.8m, "AC002", """{"system":"http://loinc.org","code":"14771-0"},{"system":"urn:local:b","code":"F1"}""")).ShouldHaveSingleItem();
        series.Points.Select(p => p.Institution).ShouldBe(["AC002", "AC001"]);
        series.Last.Standing.ShouldBe(Standing.High);
        series.Change.ShouldBe(2.7m);
    }

    [Fact]
    public void The_same_test_in_another_unit_is_another_series() =>
        Of(Lab("2026-01-05", 5.1m), Lab("2026-03-05", 140m, unit: "mg/dL")).Count.ShouldBe(2);

    [Fact]
    public void A_blood_pressure_is_two_series()
    {
        var series = Of("""
            {"resourceType":"Observation","status":"final","code":{"text":"血压"},"effectiveDateTime":"2026-01-05T08:00:00+08:00","component":[
              {"code":{"text":"收缩压"},"valueQuantity":{"value":135,"unit":"mm[Hg]"}},{"code":{"text":"舒张压"},"valueQuantity":{"value":85,"unit":"mm[Hg]"}}]}
            """);
        series.Select(s => (s.Name, s.Unit, s.Last.Text)).ShouldBe([("收缩压", "mmHg", "135"), ("舒张压", "mmHg", "85")], ignoreOrder: true);
    }

    [Fact]
    public void What_was_entered_in_error_is_not_shown() =>
        Of(Lab("2026-01-05", 5.1m).Replace("\"final\"", "\"entered-in-error\"", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void What_the_laboratory_says_of_a_result_counts_more_than_our_comparison()
    {
        var said = Lab("2026-01-05", 5.1m).Replace("\"referenceRange\"", """
            "interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"H"}]}],"referenceRange"
            """, StringComparison.Ordinal);
        Of(said).Single().Last.Standing.ShouldBe(Standing.High);
    }

    [Fact]
    public void Out_of_range_is_said_since_when()
    {
        var series = Of(Lab("2025-01-01", 5m), Lab("2025-06-01", 7m), Lab("2026-01-01", 7.5m)).Single();
        series.OutSince!.At.Date.ShouldBe(new DateTime(2025, 6, 1));
        Of(Lab("2025-01-01", 7m), Lab("2025-06-01", 5m)).Single().OutSince.ShouldBeNull();
    }

    [Fact]
    public void A_result_is_said_as_at_a_good_service_window()
    {
        var series = Of(Lab("2026-01-05", 7.2m), Lab("2026-03-05", 7.8m)).Single();
        ResultSaid.Sentence(series, Words.In(Language.Chinese)).ShouldBe("您最近一次血糖是 7.8 mmol/L，高于参考范围（3.9–6.1），比上次高 0.6。");
        ResultSaid.Sentence(series, Words.In(Language.English)).ShouldBe("Your latest 血糖 is 7.8 mmol/L, above the reference range (3.9–6.1), 0.6 more than the time before.");
    }

    [Theory]
    [InlineData("520103196001011234", "520103********1234")]
    [InlineData("H12345678", "H12345678")]
    public void A_resident_number_is_shown_masked(string number, string shown) => Person.Masked(number).ShouldBe(shown);

    private static string Lab(string day, decimal value, string sender = "AC001", string coding = """{"system":"http://loinc.org","code":"14771-0"}""", string unit = "mmol/L") =>
        $$"""
        {"resourceType":"Observation","status":"final","meta":{ "source":"https://kangqiao.dev/fhir/sender/{{sender}}" },"code":{"text":"血糖","coding":[{{coding}}]},
         "effectiveDateTime":"{{day}}T08:00:00+08:00","valueQuantity":{ "value":{{value}},"unit":"{{unit}}" },"referenceRange":[{ "low":{"value":3.9},"high":{"value":6.1} }]}
        """;

    private static IReadOnlyList<ResultSeries> Of(params string[] observations)
    {
        var parsed = observations.Select(o => JsonDocument.Parse(o).RootElement).ToArray();
        return ResultSeries.Of(new PersonRecords("p", default, new Dictionary<RecordKind, Found> { [RecordKind.Results] = new(parsed, false) }, r => r.Sender() ?? ""));
    }
}
