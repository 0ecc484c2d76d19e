using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Desk;
using Kangqiao.Ingest.Quarantine;
using Kangqiao.Ingest.Receipts;
using Kangqiao.Web.Look;
using Kangqiao.Web.Speech;

namespace Kangqiao.Web.Integrator;

/// <summary>How the door's facts are said and coloured.</summary>
internal static class Said
{
    public static string Format(string format, Words words) => format switch
    {
        "fhir" => "FHIR",
        "hl7v2" => "HL7 v2",
        "cda" => "CDA",
        "*" => words["feed.other"],
        _ => format.StartsWith("csv/", StringComparison.Ordinal) ? "CSV " + format[4..] : format,
    };

    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => $"{bytes / 1024.0:0.0} KB",
        _ => $"{bytes / 1048576.0:0.0} MB",
    };

    public static Mood MoodOf(UnitOutcome outcome) => outcome switch
    {
        UnitOutcome.Accepted => Mood.Good,
        UnitOutcome.Warned => Mood.Watch,
        UnitOutcome.Quarantined => Mood.Act,
        _ => Mood.Unknown,
    };

    public static Mood MoodOf(QuarantineState state) => state switch
    {
        QuarantineState.Waiting => Mood.Act,
        QuarantineState.Resolved => Mood.Good,
        _ => Mood.Unknown,
    };

    public static Mood MoodOf(Severity severity) => severity switch
    {
        Severity.Information => Mood.Unknown,
        Severity.Warning => Mood.Watch,
        _ => Mood.Act,
    };

    public static (string Message, string Hint) Text(SheetFinding finding, Words words) => words.IsEnglish ? finding.English : finding.Chinese;

    /// <summary>The worst of them, which is why it waits.</summary>
    public static SheetFinding? Worst(IReadOnlyList<SheetFinding> findings) => findings.MaxBy(f => f.Severity);
}
