using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Model;
using Kangqiao.PatientIndex.Offline;

namespace Kangqiao.Host.Commands;

/// <summary><c>link FILE.csv… --out DIR</c>: which rows of persons are one person, without labels and without a server.</summary>
internal static class LinkCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "CSV files of persons; the first column tells rows apart", Arity = ArgumentArity.OneOrMore };
        var folder = new Option<string>("--out") { Description = "Folder for pairs.csv and clusters.csv", Required = true };
        var model = new Option<string>("--model") { Description = "A model of content/matching", DefaultValueFactory = _ => "general" };
        var json = new Option<bool>("--json") { Description = "Print the result as one JSON object" };
        var command = new Command("link", "Link rows that are one person; writes pairs.csv and clusters.csv.") { files, folder, model, json };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(files), parsed.GetRequiredValue(folder), parsed.GetRequiredValue(model), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] files, string folder, string modelName, bool asJson)
    {
        var started = Stopwatch.GetTimestamp();
        if (!Model(modelName).Try(out var model, out var problem) || !Rows(files, model, out var run, out var ids).Try(out _, out problem))
        {
            Console.Error.WriteLine(problem.Message);
            return ExitCode.Failure;
        }

        var result = run.Finish();
        try
        {
            Directory.CreateDirectory(folder);
            Write(Path.Combine(folder, "pairs.csv"), "left,right,probability,decision", result.Pairs.Select(pair =>
                $"{ids[pair.Left]},{ids[pair.Right]},{pair.Probability.ToString("0.######", CultureInfo.InvariantCulture)},{(pair.Decision == Decision.Link ? "link" : "review")}"));
            Write(Path.Combine(folder, "clusters.csv"), "cluster,id", result.ClusterOf.Select((cluster, row) => $"{ids[cluster]},{ids[row]}"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"The results cannot be written to {folder}: {fault.Message}");
            return ExitCode.Failure;
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.Out.WriteLine(asJson
            ? JsonSerializer.Serialize(new { rows = run.Rows, pairs = result.Pairs.Count, seconds = Math.Round(seconds, 3) })
            : $"{run.Rows.ToString(CultureInfo.InvariantCulture)} rows, {result.Pairs.Count.ToString(CultureInfo.InvariantCulture)} pairs, {seconds.ToString("0.0", CultureInfo.InvariantCulture)} seconds");
        return ExitCode.Yes;
    }

    private static Outcome<MatchModel> Model(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "content", "matching", Path.GetFileName(name), "model.json");
        return File.Exists(path)
            ? MatchModel.Parse(File.ReadAllBytes(path))
            : new Problem("PIX005", ProblemKind.NotFound, $"There is no matching model '{name}'. Models are folders of content/matching.");
    }

    private static Outcome<int> Rows(string[] files, MatchModel model, out LinkRun run, out List<string> ids)
    {
        var rows = new LinkRun(model);
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        (run, ids) = (rows, names);
        string? twice = null;
        foreach (var file in files)
        {
            var prefix = files.Length == 1 ? "" : Path.GetFileNameWithoutExtension(file) + ":";
            var read = PersonFile.Read(file, model, (id, values) =>
            {
                var name = Quoted(prefix + id);
                twice ??= seen.Add(name) ? null : name;
                names.Add(name);
                rows.Add(values);
            });
            if (!read.Try(out _, out var problem))
            {
                return problem;
            }
        }

        return twice is null ? rows.Rows : new Problem("PIX004", ProblemKind.Invalid, $"Two rows have the id '{twice}'. The first column has to tell rows apart.");
    }

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static void Write(string path, string header, IEnumerable<string> lines)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16) { NewLine = "\n" };
        file.WriteLine(header);
        foreach (var line in lines)
        {
            file.WriteLine(line);
        }
    }
}
