using System.Diagnostics;
using System.Globalization;
using System.Text;
using Kangqiao.Analytics.Extraction;
using Kangqiao.Analytics.Views;
using Kangqiao.Bench.Kernel;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Bench.Views;

/// <summary>How fast views make rows of records in a file, on all cores, as a table.</summary>
internal static class ViewsCommand
{
    private const string Observations = """
        {"resource":"Observation","select":[{"column":[
          {"name":"id","path":"getResourceKey()"},
          {"name":"patient","path":"subject.getReferenceKey(Patient)"},
          {"name":"encounter","path":"encounter.getReferenceKey(Encounter)"},
          {"name":"status","path":"status"},
          {"name":"at","path":"effective.ofType(dateTime)"},
          {"name":"value","path":"value.ofType(Quantity).value"},
          {"name":"unit","path":"value.ofType(Quantity).code"}]},
          {"forEachOrNull":"code.coding","column":[{"name":"system","path":"system"},{"name":"code","path":"code"}]}]}
        """;

    private const string Filtered = """
        {"resource":"Observation","where":[{"path":"code.coding.where(system = 'http://loinc.org' and code = '85354-9').exists()"}],
          "select":[{"column":[{"name":"id","path":"getResourceKey()"}]},
          {"forEach":"component","column":[{"name":"code","path":"code.coding.first().code"},{"name":"value","path":"value.ofType(Quantity).value"}]}]}
        """;

    private const string Patients = """
        {"resource":"Patient","select":[{"column":[{"name":"id","path":"getResourceKey()"},{"name":"gender","path":"gender"},{"name":"born","path":"birthDate"}]},
          {"forEachOrNull":"name","column":[{"name":"family","path":"family"},{"name":"given","path":"given.join(' ')"}]}]}
        """;

    public static int Run(Options options)
    {
        var sample = Sample.Take(options.Seed(), (int)options.Number("resources", 200_000));
        var rounds = (int)options.Number("rounds", 3);
        var folder = Directory.CreateTempSubdirectory("kangqiao-bench-views-").FullName;
        try
        {
            var all = Path.Combine(folder, "all.ndjson");
            var observations = Path.Combine(folder, "observations.ndjson");
            var counts = Write(sample, all, observations);
            var report = new StringBuilder();
            report.AppendLine("# Views").AppendLine();
            report.AppendLine(Machine.Describe()).AppendLine();
            report.AppendLine(
                $"{sample.Count:N0} Synthea-shaped resources (seed {options.Seed()}) in one NDJSON file of {new FileInfo(all).Length / 1e6:N0} MB, {counts:N0} of them Observations, also in a file of their own. " +
                $"Wall time from opening the file to the last row written, all cores, median of {rounds} rounds after one to warm up. Made by `dotnet run -c Release --project bench -- views --out bench/views.md`.").AppendLine();
            report.AppendLine("| view | file | format | resources/s | rows/s | floor |\n|---|---|---|--:|--:|--:|");
            foreach (var format in (string[])["csv", "ndjson", "parquet"])
            {
                Add(report, "nine columns, forEachOrNull", Observations, "observations", observations, format, folder, rounds);
                Add(report, "nine columns, forEachOrNull", Observations, "all", all, format, folder, rounds);
            }

            Add(report, "where on a code, forEach", Filtered, "all", all, "csv", folder, rounds);
            Add(report, "patients, names joined", Patients, "all", all, "csv", folder, rounds);
            Console.Write(report);
            if (options.Text("out") is { } file)
            {
                File.WriteAllText(file, report.ToString());
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Write(Sample sample, string all, string observations)
    {
        using var everything = File.Create(all);
        using var some = File.Create(observations);
        var count = 0L;
        for (var i = 0; i < sample.Count; i++)
        {
            everything.Write(sample[i].Span);
            everything.Write("\n"u8);
            if (sample.TypeOf(i) == "Observation")
            {
                count++;
                some.Write(sample[i].Span);
                some.Write("\n"u8);
            }
        }

        return count;
    }

    private static void Add(StringBuilder report, string name, string json, string input, string file, string format, string folder, int rounds)
    {
        var view = View.Read(Encoding.UTF8.GetBytes(json), new FindingList())!;
        var seconds = new List<double>();
        ExtractionResult? result = null;
        for (var round = 0; round <= rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            var rows = Path.Combine(folder, "rows");
            if (format == "parquet")
            {
                result = ViewExtraction.RunToParquet(view, [file], rows, CancellationToken.None).Value;
            }
            else
            {
                using var output = File.Create(rows);
                result = ViewExtraction.Run(view, [file], output, format, CancellationToken.None).Value;
            }

            if (round > 0)
            {
                seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            }
        }

        seconds.Sort();
        var median = seconds[seconds.Count / 2];
        report.AppendLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {input} | {format} | {result!.Resources / median:N0} | {result.Rows / median:N0} | 50,000 |"));
    }
}
