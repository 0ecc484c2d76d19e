using System.Globalization;
using System.Text;
using System.Text.Json;
using Kangqiao.Bench.Kernel;

namespace Kangqiao.Bench.Load;

/// <summary>A result as a table to read and as JSON to keep.</summary>
internal static class LoadReport
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Table(LoadResult result)
    {
        var text = new StringBuilder();
        var plan = result.Plan;
        Line(text, $"### {plan.Workload}, {plan.Clients} clients, {result.Seconds:F1} s, seed {plan.Seed}");
        Line(text, $"");
        Line(text, $"{Machine.Describe()}");
        Line(text, $"");
        Line(text, $"| family | requests | a second | p50 ms | p95 ms | p99 ms | max ms | mean hits | checked | wrong |");
        Line(text, $"|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var family in result.Tally.Families)
        {
            var took = family.Latencies;
            Line(text, $"| {family.Name} | {took.Count:N0} | {took.Count / result.Seconds:N0} | {Ms(took.Microseconds(500))} | {Ms(took.Microseconds(950))} | {Ms(took.Microseconds(990))} | {Ms(took.MaxMicroseconds)} | {family.Found / Math.Max(1, family.Checked):N0} | {family.Checked:N0} | {family.Wrong:N0} |");
        }

        Line(text, $"| **all** | {result.Tally.Requests:N0} | **{result.RequestsPerSecond:N0}** | | | | | | {result.Tally.Families.Sum(f => f.Checked):N0} | {result.Tally.Wrong:N0} |");
        Line(text, $"");
        if (result.Import is { } import)
        {
            var slowest = import.SlowestBlock is { } pace ? $"{pace:N0}/s" : "none was filled";
            Line(text, $"- **{import.Resources / result.Seconds:N0} resources/s**: {import.Resources:N0} resources of {import.Patients:N0} patients, {import.Bytes / 1e6 / result.Seconds:N1} MB/s; slowest block of 100,000: {slowest}; largest bundle {import.LargestBundle:N0} entries; {import.Failed:N0} bundles failed");
        }

        Line(text, $"- driver {result.OwnCores:F2} cores of {Environment.ProcessorCount} ({100 * result.OwnCores / Environment.ProcessorCount:F0} % of the machine)");
        if (plan.Pids.Count > 0)
        {
            Line(text, $"- server {result.ServerCores:F2} cores, at most {result.PeakResident / 1048576.0:N0} MiB in memory");
        }

        if (result.DiskAfter is { } bytes)
        {
            Line(text, $"- {bytes / 1e6:N1} MB on disk{(result.BytesPerResource is { } each ? $", {each:N0} bytes a resource" : "")} (write-ahead logs included)");
        }

        Line(text, $"- {result.Tally.Throttled:N0} times asked to come back later; {result.Tally.ErrorCount:N0} errors");
        foreach (var (family, status, count, example) in result.Tally.Errors)
        {
            Line(text, $"  - {family}: {(status == 0 ? "no answer" : status)} × {count:N0}: {example}");
        }

        foreach (var family in result.Tally.Families.Where(f => f.WrongExample is not null))
        {
            Line(text, $"  - {family.Name}, wrong: {family.WrongExample}");
        }

        return text.ToString();
    }

    public static void WriteJson(LoadResult result, Stream output)
    {
        using var json = new Utf8JsonWriter(output, Indented);
        var plan = result.Plan;
        json.WriteStartObject();
        json.WriteString("workload", plan.Workload);
        json.WriteString("url", plan.Base);
        json.WriteString("machine", Machine.Describe());
        json.WriteNumber("cores", Environment.ProcessorCount);
        json.WriteNumber("seed", plan.Seed);
        json.WriteNumber("patients", plan.Patients);
        json.WriteNumber("clients", plan.Clients);
        json.WriteNumber("seconds", Math.Round(result.Seconds, 3));
        json.WriteNumber("requests", result.Tally.Requests);
        json.WriteNumber("requestsPerSecond", Math.Round(result.RequestsPerSecond, 1));
        if (result.Import is { } import)
        {
            json.WriteNumber("resources", import.Resources);
            json.WriteNumber("resourcesPerSecond", Math.Round(import.Resources / result.Seconds, 1));
            Optional(json, "slowestBlockPerSecond", import.SlowestBlock);
            json.WriteNumber("largestBundle", import.LargestBundle);
            json.WriteNumber("failedBundles", import.Failed);
        }

        json.WriteNumber("errors", result.Tally.ErrorCount);
        json.WriteNumber("throttled", result.Tally.Throttled);
        json.WriteNumber("hitsChecked", result.Tally.Families.Sum(f => f.Checked));
        json.WriteNumber("hitsWrong", result.Tally.Wrong);
        json.WriteNumber("driverCores", Math.Round(result.OwnCores, 3));
        json.WriteNumber("driverShare", Math.Round(result.OwnCores / Environment.ProcessorCount, 3));
        if (plan.Pids.Count > 0)
        {
            json.WriteNumber("serverCores", Math.Round(result.ServerCores, 3));
            json.WriteNumber("serverPeakResidentBytes", result.PeakResident);
        }

        Optional(json, "bytesOnDisk", result.DiskAfter);
        Optional(json, "bytesPerResource", result.BytesPerResource);
        WriteFamilies(result, json);
        WriteErrors(result, json);
        json.WriteEndObject();
    }

    private static void WriteFamilies(LoadResult result, Utf8JsonWriter json)
    {
        json.WriteStartArray("families");
        foreach (var family in result.Tally.Families)
        {
            var took = family.Latencies;
            json.WriteStartObject();
            json.WriteString("name", family.Name);
            json.WriteNumber("requests", took.Count);
            json.WriteNumber("requestsPerSecond", Math.Round(took.Count / result.Seconds, 1));
            json.WriteNumber("p50Ms", took.Microseconds(500) / 1000.0);
            json.WriteNumber("p95Ms", took.Microseconds(950) / 1000.0);
            json.WriteNumber("p99Ms", took.Microseconds(990) / 1000.0);
            json.WriteNumber("maxMs", took.MaxMicroseconds / 1000.0);
            json.WriteNumber("meanHits", family.Found / Math.Max(1, family.Checked));
            json.WriteNumber("hitsChecked", family.Checked);
            json.WriteNumber("hitsWrong", family.Wrong);
            if (family.WrongExample is { } example)
            {
                json.WriteString("wrongExample", example);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteErrors(LoadResult result, Utf8JsonWriter json)
    {
        json.WriteStartArray("errorsByStatus");
        foreach (var (family, status, count, example) in result.Tally.Errors)
        {
            json.WriteStartObject();
            json.WriteString("family", family);
            json.WriteNumber("status", status);
            json.WriteNumber("count", count);
            json.WriteString("example", example);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Optional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, Math.Round(number, 1));
        }
    }

    private static string Ms(long microseconds) => (microseconds / 1000.0).ToString(microseconds < 100_000 ? "F1" : "N0", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
