using System.Globalization;
using System.Text;

namespace Kangqiao.Bench.Load.Floors;

/// <summary>What the runs of one maker showed, beside the floors of issue 3, as markdown.</summary>
internal sealed class FloorsTable(string store)
{
    private readonly List<(string Name, LoadResult Result)> asked = [];

    public List<LoadResult> Import { get; } = [];

    public List<(long Resources, double PerSecond)> Files { get; } = [];

    public List<TimeSpan> StartUps { get; } = [];

    public List<(string Name, long Hits, double Median, double Slowest)> Counts { get; } = [];

    public bool IsClean => Import.TrueForAll(run => run.IsClean) && asked.TrueForAll(run => run.Result.IsClean);

    private bool IsPostgres => store == "postgres";

    public void Add(string name, LoadResult result) => asked.Add((name, result));

    public string Write()
    {
        var text = new StringBuilder();
        Line(text, $"## {(IsPostgres ? "PostgreSQL" : "SQLite")}, {Import[0].Import!.Resources:N0} resources, medians of {Import.Count}");
        Line(text, $"");
        Line(text, $"| what | measured | floor |");
        Line(text, $"|---|--:|--:|");
        Line(text, $"| import, resources/s | **{Median(Import, run => run.Import!.Resources / run.Seconds):N0}** | {(IsPostgres ? "7,000" : "9,000")} |");
        Line(text, $"| import, slowest block of 100,000, resources/s | {Median(Import, run => run.Import!.SlowestBlock ?? 0):N0} | {(Import[0].Import!.Resources > 4_000_000 ? "4,000" : "5,000")} |");
        Line(text, $"| import, slowest bundle, ms | {Median(Import, run => run.Tally.Families.Max(f => f.Latencies.MaxMicroseconds) / 1000.0):N0} | 1,000 |");
        Line(text, $"| import, server memory, MiB | {Median(Import, run => run.PeakResident / 1048576.0):N0} | 1,024 |");
        Line(text, $"| bytes a resource on disk | {Median(Import, run => run.BytesPerResource ?? 0):N0} | {(IsPostgres ? "1,200" : "800")} |");
        Line(text, $"| NDJSON by `load`, resources/s ({Files[0].Resources:N0}) | **{Median(Files, run => run.PerSecond):N0}** | {(IsPostgres ? "9,000" : "12,000")} |");
        Line(text, $"| CRUD, requests/s | **{Median(Of("crud"), run => run.RequestsPerSecond):N0}** | {(IsPostgres ? "2,500" : "4,000")} |");
        Line(text, $"| search mixed, requests/s | **{Median(Of("search mixed"), run => run.RequestsPerSecond):N0}** | 3,000 |");
        Line(text, $"| start-up after kill -9, s | {Median(StartUps, took => took.TotalSeconds):N1} | 5 |");
        foreach (var (name, hits, median, slowest) in Counts)
        {
            Line(text, $"| `{name}`: {hits:N0}, ms (slowest of 30) | {median:N1} ({slowest:N0}) | {(name.Count(c => c == '=') > 2 ? "1,000" : "50")} |");
        }

        Line(text, $"");
        Line(text, $"| asked | requests/s | slowest p99 of a family, ms | server memory, MiB | wrong | errors |");
        Line(text, $"|---|--:|--:|--:|--:|--:|");
        foreach (var name in asked.Select(run => run.Name).Distinct(StringComparer.Ordinal))
        {
            var runs = Of(name);
            Line(text, $"| {name} | {Median(runs, run => run.RequestsPerSecond):N0} | {Median(runs, run => run.Tally.Families.Max(f => f.Latencies.Microseconds(990)) / 1000.0):N0} | {Median(runs, run => run.PeakResident / 1048576.0):N0} | {runs.Sum(run => run.Tally.Wrong):N0} | {runs.Sum(run => run.Tally.ErrorCount):N0} |");
        }

        return text.ToString();
    }

    private List<LoadResult> Of(string name) => [.. asked.Where(run => run.Name == name).Select(run => run.Result)];

    private static double Median<T>(List<T> runs, Func<T, double> value)
    {
        var values = runs.Select(value).Order().ToList();
        return values.Count == 0 ? 0 : values[values.Count / 2];
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
