using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Audit;
using Kangqiao.Audit.Trail;
using Kangqiao.Crypto.Keys;

namespace Kangqiao.Host.Commands;

/// <summary><c>audit verify</c>: checks the whole audit trail, beside a running server too.</summary>
internal static class AuditCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Option<string?> Anchors() => new("--anchors")
    {
        Description = "Where signed anchors of the audit trail go; best on another disk or machine. DIR/audit-anchors of the data folder, unless it is said",
        HelpName = "DIR",
    };

    public static Command Create()
    {
        var data = DataFolder.Option();
        var anchors = Anchors();
        var json = new Option<bool>("--json") { Description = "The result as one JSON object" };
        var verify = new Command("verify", "Check the whole audit trail: exit code 1 and the first broken entry when it was touched.") { data, anchors, json };
        verify.SetAction((parsed, cancel) => Task.Run(
            () => Verify(new AuditOptions(parsed.GetRequiredValue(data)) { AnchorFolder = parsed.GetValue(anchors) }, parsed.GetValue(json), cancel), cancel));
        return new Command("audit", "The audit trail.") { verify };
    }

    private static int Verify(AuditOptions options, bool isJson, CancellationToken cancel)
    {
        if (!Directory.Exists(options.DataFolder))
        {
            Console.Error.WriteLine($"There is no data folder {options.DataFolder}.");
            return ExitCode.Failure;
        }

        if (!KeyRing.Open(options.DataFolder, TimeProvider.System).Try(out var ring, out var problem))
        {
            Console.Error.WriteLine(problem.Message);
            return ExitCode.Failure;
        }

        try
        {
            var report = new Verification(options, ring).Run(part => Console.Error.WriteLine(part), cancel);
            Console.Out.WriteLine(isJson ? JsonSerializer.Serialize(report, Json) : Text(report));
            return report.Broken.Count == 0 ? ExitCode.Yes : ExitCode.No;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"The audit trail cannot be read: {fault.Message}");
            return ExitCode.Failure;
        }
    }

    private static string Text(VerificationReport report)
    {
        if (report.Broken.Count == 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"whole: {report.Entries} entries in {report.Segments} parts, {report.Anchors} anchors, {report.Retired} parts retired");
        }

        var first = report.Broken[0];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"broken: first at entry {first.Entry} of {first.Segment}{(first.After is { } after ? $", after {after.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}" : "")}: {first.What}; {report.Broken.Count} of {report.Segments} parts are broken");
    }
}
