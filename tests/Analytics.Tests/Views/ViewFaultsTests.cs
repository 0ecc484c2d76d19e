using System.Text;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Analytics.Tests.Views;

public sealed class ViewFaultsTests
{
    private static List<string> Faults(string view)
    {
        var findings = new FindingList();
        var read = View.Read(Encoding.UTF8.GetBytes(view), findings);
        (read is null).ShouldBe(findings.HasErrors);
        return [.. findings.Items.Select(f => $"{f.Kind.Code} {f.Path} {f.Line}")];
    }

    [Fact]
    public void Every_fault_is_named_with_its_place_and_line() => Faults("""
        {
          "resource": "Patient",
          "select": [
            { "colum": [] },
            { "column": [
              { "name": "id", "path": "id" },
              { "name": "id", "path": "name.famly" },
              { "name": "1x", "path": "name.where(" },
              { "name": "y", "path": "birthDate", "type": "day" },
              { "path": "%unknown", "name": "z" }
            ] }
          ],
          "where": [ { "path": "name.family" } ]
        }
        """).ShouldBe(
    [
        "VWD004 select[0].colum 4",
        "VWD005 select[1].column[2].name 8",
        "VWD009 where[0].path 13",
        "VWD006 select[1].column[1].name 7",
        "VWD014 select[1].column[1].path 7",
        "VWD008 select[1].column[2].path 8",
        "VWD012 select[1].column[3].type 9",
        "VWD008 select[1].column[4].path 10",
    ]);

    [Fact]
    public void What_is_no_JSON_is_named_with_the_line_it_stops_at() => Faults("{\n \"resource\": \"Patient\",\n oops }").ShouldBe(["VWD001  3"]);

    [Theory]
    [InlineData("""{ "resource": "Patient" }""", "VWD002")]
    [InlineData("""{ "resource": "Patient", "select": [] }""", "VWD002")]
    [InlineData("""{ "resource": "Patient", "select": {} }""", "VWD003")]
    [InlineData("""{ "resource": "Patient", "select": [{}] }""", "VWD016")]
    [InlineData("""{ "resource": "Patiens", "select": [{"column":[{"name":"id","path":"id"}]}] }""", "VWD011")]
    [InlineData("""{ "resource": "DomainResource", "select": [{"column":[{"name":"id","path":"id"}]}] }""", "VWD011")]
    [InlineData("""{ "resource": "Patient", "select": [{"forEach":"name","repeat":["contact"],"column":[{"name":"id","path":"id"}]}] }""", "VWD013")]
    [InlineData("""{ "resource": "Patient", "constant":[{"name":"c","valueInteger":1.5}], "select": [{"column":[{"name":"id","path":"id"}]}] }""", "VWD010")]
    [InlineData("""{ "resource": "Patient", "constant":[{"name":"rowIndex","valueInteger":1}], "select": [{"column":[{"name":"id","path":"id"}]}] }""", "VWD006")]
    public void A_view_that_cannot_be_run_is_refused(string view, string code) => Faults(view).ShouldHaveSingleItem().ShouldStartWith(code);

    [Fact]
    public void A_view_nested_without_end_is_refused()
    {
        var view = string.Concat(Enumerable.Repeat("""{"select":[""", 40)) + string.Concat(Enumerable.Repeat("]}", 40));
        Faults($$"""{"resource":"Patient","select":[{{view}}]}""").ShouldContain(f => f.StartsWith("VWD001") || f.StartsWith("VWD015"));
        Faults(new string('[', 100_000)).ShouldHaveSingleItem().ShouldStartWith("VWD001");
    }
}
