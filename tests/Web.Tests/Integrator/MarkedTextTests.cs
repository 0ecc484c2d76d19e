using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Desk;
using Kangqiao.Web.Integrator;

namespace Kangqiao.Web.Tests.Integrator;

public sealed class MarkedTextTests
{
    private const string Observation =
        """{"resourceType":"Observation","status":"final","component":[{"code":{"text":"收缩压"},"valueQuantity":{"value":1200.00,"unit":"mm[Hg]"}}]}""";

    [Theory]
    [InlineData("Observation.status", "\"status\": \"final\",")]
    [InlineData("Observation.component[0].code.text", "\"text\": \"收缩压\"")]
    [InlineData("Observation.component[0].value", "\"valueQuantity\": {")]
    [InlineData("Observation.component[0].value.ofType(Quantity).unit", "\"valueQuantity\": {")]
    [InlineData("Observation.component[0].interpretation", "{")]
    [InlineData("Observation", "{")]
    public void A_finding_stands_at_the_line_of_its_element_or_of_what_is_around_it(string path, string line)
    {
        var marked = MarkedText.Of("fhir", Observation, [At(path)]);
        marked.Elsewhere.ShouldBeEmpty();
        marked.Lines.Single(l => l.Findings.Count > 0).Text.Trim().ShouldBe(line);
    }

    [Fact]
    public void Numbers_keep_their_digits_when_a_resource_is_laid_out_for_mending() =>
        MarkedText.Of("fhir", Observation, []).Text.ShouldContain("\"value\": 1200.00,");

    [Fact]
    public void What_is_not_JSON_is_shown_as_it_came_with_the_place_marked()
    {
        var marked = MarkedText.Of("fhir", "{\"name\":\"张伟", [At("", 1, 12)]);
        var line = marked.Lines.ShouldHaveSingleItem();
        line.Text.ShouldBe("{\"name\":\"张伟");

        // Byte 12 is behind the first of two characters of three bytes.
        line.Mark.ShouldBe(10);
    }

    [Theory]
    [InlineData("PID[1]-3", "PID|1||123")]
    [InlineData("OBX[2]-5", "OBX|2|NM|b||9")]
    [InlineData("Patient.identifier[1].value", "PID|1||123")]
    [InlineData("Observation.value", "OBX|1|NM|a||7")]
    public void A_finding_in_a_message_stands_at_its_segment(string path, string segment)
    {
        var marked = MarkedText.Of("hl7v2", "MSH|^~\\&|HIS\nPID|1||123\nOBR|1\nOBX|1|NM|a||7\nOBX|2|NM|b||9\n", [At(path)]);
        marked.Lines.Single(l => l.Findings.Count > 0).Text.ShouldBe(segment);
    }

    [Fact]
    public void A_finding_without_a_line_is_not_lost() =>
        MarkedText.Of("hl7v2", "MSH|^~\\&|HIS", [At("ZZZ[1]-1")]).Elsewhere.ShouldHaveSingleItem();

    [Fact]
    public void Of_a_long_message_the_lines_around_the_findings_are_shown()
    {
        var text = string.Join('\n', Enumerable.Range(1, 1000).Select(i => $"row {i}"));
        var shown = MarkedText.Of("csv/visit", text, [At("", 500, 1)]).Shown().ToArray();
        shown.Length.ShouldBe(15);
        shown[0].ShouldBeNull();
        shown[^1].ShouldBeNull();
        shown[7]!.Text.ShouldBe("row 500");
    }

    [Fact]
    public void Deep_nesting_is_no_layout_and_no_harm()
    {
        var deep = new string('[', 5000);
        MarkedText.Of("fhir", deep, [At("Patient", 1, 1)]).Text.ShouldBe(deep);
    }

    private static SheetFinding At(string path, int line = 0, int column = 0) => new("FHR001", Severity.Error, path, line, column);
}
