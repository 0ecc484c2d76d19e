using System.Text.Json;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Tests.Reading;

namespace Kangqiao.Fhir.Tests.Findings;

public sealed class OperationOutcomeTests
{
    [Fact]
    public void An_issue_says_what_where_and_what_to_do_in_two_languages()
    {
        var json = OperationOutcome.ToJson(Given.Json("{\"resourceType\":\"Patient\",\n\"gender\":7}").Findings);
        Given.Bytes(json).ShouldBeSound();
        var issue = JsonDocument.Parse(json).RootElement.GetProperty("issue")[0];
        issue.GetProperty("severity").GetString().ShouldBe("error");
        issue.GetProperty("code").GetString().ShouldBe("structure");
        issue.GetProperty("expression")[0].GetString().ShouldBe("Patient.gender");
        var details = issue.GetProperty("details");
        details.GetProperty("coding")[0].GetProperty("code").GetString().ShouldBe("FHR015");
        details.GetProperty("text").GetString().ShouldBe("'gender' is of type code and must be a string in JSON, but this is a number.");
        details.GetProperty("_text").GetRawText().ShouldContain("“gender”的类型是 code，在 JSON 中必须是字符串，但这里是数字。");
        issue.GetProperty("extension").EnumerateArray().Select(e => e.GetProperty("valueInteger").GetInt32()).ShouldBe([2, 10]);
    }

    [Fact]
    public void Nothing_found_is_said_so()
    {
        var json = OperationOutcome.ToJson(new FindingList());
        Given.Bytes(json).ShouldBeSound();
        JsonDocument.Parse(json).RootElement.GetProperty("issue")[0].GetProperty("severity").GetString().ShouldBe("information");
    }

    [Fact]
    public void Findings_beyond_the_limit_are_counted_in_a_last_issue()
    {
        var findings = Given.Patient(string.Join(',', Enumerable.Repeat("\"x\":1", 205))).Findings;
        var json = OperationOutcome.ToJson(findings, indented: true);
        Given.Bytes(json).ShouldBeSound();
        var issues = JsonDocument.Parse(json).RootElement.GetProperty("issue");
        issues.GetArrayLength().ShouldBe(201);
        issues[200].GetProperty("details").GetProperty("text").GetString().ShouldStartWith("5 more findings");
    }

    [Fact]
    public void What_a_sender_wrote_cannot_break_the_answer()
    {
        var findings = Given.Patient("""
            "a\u0000b\n":1,"birthDate":"\u0001{0}","gender":"  ","{1}":2
            """).Findings;
        findings.Count.ShouldBe(4);
        Given.Bytes(OperationOutcome.ToJson(findings)).ShouldBeSound();
    }
}
