using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kangqiao.Fhir.Findings;

/// <summary>
/// Findings as a FHIR OperationOutcome (operationoutcome.html): severity, type, stable detail code, English text with its
/// Chinese translation, FHIRPath expression, and line and column where the record was text.
/// </summary>
public static class OperationOutcome
{
    /// <summary>The code system of <see cref="FindingKind.Code"/>.</summary>
    public const string DetailSystem = "https://kangqiao.dev/fhir/CodeSystem/finding";

    private const string Translation = "http://hl7.org/fhir/StructureDefinition/translation";
    private const string IssueLine = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line";
    private const string IssueColumn = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col";

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Indented = Compact with { Indented = true };

    public static byte[] ToJson(FindingList findings, bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, indented ? Indented : Compact))
        {
            Write(writer, findings);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A record without findings gets one informational issue, since issue is 1..*.</summary>
    public static void Write(Utf8JsonWriter writer, FindingList findings)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "OperationOutcome"u8);
        writer.WriteStartArray("issue"u8);
        foreach (var finding in findings.Items)
        {
            WriteIssue(writer, finding);
        }

        if (findings.Count == 0)
        {
            WriteIssue(writer, new Finding(Ends.NoFindings, Severity.Information, "", [], 0, 0));
        }
        else if (findings.Dropped > 0)
        {
            WriteIssue(writer, new Finding(Ends.MoreFindings, Severity.Information, "", [findings.Dropped.ToString()], 0, 0));
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteIssue(Utf8JsonWriter writer, Finding finding)
    {
        writer.WriteStartObject();
        if (finding.Line > 0)
        {
            writer.WriteStartArray("extension"u8);
            WriteInteger(writer, IssueLine, finding.Line);
            WriteInteger(writer, IssueColumn, finding.Column);
            writer.WriteEndArray();
        }

        writer.WriteString("severity"u8, finding.Severity switch
        {
            Severity.Information => "information"u8,
            Severity.Warning => "warning"u8,
            Severity.Error => "error"u8,
            _ => "fatal"u8,
        });
        writer.WriteString("code"u8, finding.Kind.IssueType);
        writer.WriteStartObject("details"u8);
        writer.WriteStartArray("coding"u8);
        writer.WriteStartObject();
        writer.WriteString("system"u8, DetailSystem);
        writer.WriteString("code"u8, finding.Kind.Code);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteString("text"u8, finding.English);
        writer.WriteStartObject("_text"u8);
        writer.WriteStartArray("extension"u8);
        writer.WriteStartObject();
        writer.WriteString("url"u8, Translation);
        writer.WriteStartArray("extension"u8);
        writer.WriteStartObject();
        writer.WriteString("url"u8, "lang"u8);
        writer.WriteString("valueCode"u8, "zh-CN"u8);
        writer.WriteEndObject();
        writer.WriteStartObject();
        writer.WriteString("url"u8, "content"u8);
        writer.WriteString("valueString"u8, finding.Chinese);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        if (finding.Path.Length > 0)
        {
            writer.WriteStartArray("expression"u8);
            writer.WriteStringValue(finding.Path);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteInteger(Utf8JsonWriter writer, string url, int value)
    {
        writer.WriteStartObject();
        writer.WriteString("url"u8, url);
        writer.WriteNumber("valueInteger"u8, value);
        writer.WriteEndObject();
    }

    private static class Ends
    {
        public static readonly FindingKind NoFindings = new(
            "FHR000", "informational", Severity.Information, "No issues were found.", "未发现问题。");

        public static readonly FindingKind MoreFindings = new(
            "FHR001", "informational", Severity.Information,
            "{0} more findings are not listed: mend those above and check again.", "另有 {0} 个问题未列出：请先改正以上问题，再次校验。");
    }
}
