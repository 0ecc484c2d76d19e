using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Hl7v2;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Tests.Hl7v2;

/// <summary>The public sample messages, where they are, and messages written in tests.</summary>
internal static class Samples
{
    public static readonly SenderNames Names = new("H1");

    private static readonly Hl7Format Format = new();

    public static string? Folder { get; } = Find();

    public static IEnumerable<string> All => Folder is null
        ? []
        : Directory.EnumerateFiles(Folder, "*.hl7").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal);

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder!, name + ".hl7"));

    public static string? Expected(string name) =>
        Path.Combine(Folder!, "expected", name + ".json") is var file && File.Exists(file) ? File.ReadAllText(file) : null;

    public static MappedUnit Map(byte[] bytes) => Format.Map(new RawUnit(0, bytes), Names).ShouldHaveSingleItem();

    /// <summary>A message by its segments, with a header of the usual kind unless it brings its own.</summary>
    public static MappedUnit Map(string trigger, params string[] segments) => Map(Message(trigger, segments));

    public static byte[] Message(string trigger, params string[] segments) => Encoding.UTF8.GetBytes(
        string.Join('\r', segments.Prepend($"MSH|^~\\&|HIS|H1|KQ|CITY|20260305083000||{trigger}|M1|P|2.5.1|||||CHN|UNICODE UTF-8")));

    public static MappedRecord One(this MappedUnit unit, string type) =>
        unit.Records.Where(record => record.Type == type && !record.IsMention).ShouldHaveSingleItem();

    public static string Text(this MappedRecord record) => Encoding.UTF8.GetString(record.Body.Span);

    public static string[] Codes(this MappedUnit unit) => [.. unit.Findings.Select(finding => finding.Kind.Code)];

    public static string[] Errors(this MappedUnit unit) => [.. unit.Findings.Where(finding => finding.Severity >= Severity.Error).Select(finding => finding.ToString())];

    private static string? Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Kangqiao.slnx")))
        {
            folder = folder.Parent;
        }

        var samples = folder is null ? null : Path.Combine(folder.FullName, "..", "shared", "conformance", "hl7v2");
        return Directory.Exists(samples) ? Path.GetFullPath(samples) : null;
    }
}
