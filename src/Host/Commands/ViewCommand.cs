using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Kangqiao.Analytics.Extraction;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.Findings;
using Kangqiao.Kernel;

namespace Kangqiao.Host.Commands;

/// <summary><c>view VIEW.json --in PATH…</c>: a SQL on FHIR view over files; its rows go to standard output or to a file.</summary>
internal static class ViewCommand
{
    private static readonly string[] Formats = ["csv", "json", "ndjson", "parquet"];

    public static Command Create()
    {
        var view = new Argument<string>("VIEW") { Description = "A SQL on FHIR ViewDefinition as JSON" };
        var input = new Option<string[]>("--in")
        {
            Description = "FHIR R4 as NDJSON, bundles or resources, and folders of them; also gzipped",
            HelpName = "PATH",
            Required = true,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var format = new Option<string?>("--format") { Description = "csv, json, ndjson or parquet; by default what the ending of --out says, else csv" };
        format.AcceptOnlyFromAmong(Formats);
        var output = new Option<string?>("--out") { Description = "The file to write; it appears when it is whole", HelpName = "FILE" };
        var command = new Command("view", "Run a SQL on FHIR view over files; writes its rows.") { view, input, format, output };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(
            parsed.GetRequiredValue(view), parsed.GetRequiredValue(input), parsed.GetValue(format), parsed.GetValue(output), cancel)));
        return command;
    }

    private static int Run(string viewFile, string[] input, string? format, string? file, CancellationToken cancel)
    {
        if (!Load(viewFile).Try(out var view, out var problem))
        {
            Console.Error.WriteLine(problem.Message);
            return ExitCode.Failure;
        }

        var started = Stopwatch.GetTimestamp();
        format ??= Array.Find(Formats, f => file?.EndsWith("." + f, StringComparison.OrdinalIgnoreCase) == true) ?? "csv";
        var ran = file is null ? ToStandardOutput(view, input, format, cancel) : ToFile(view, input, format, file, cancel);
        if (!ran.Try(out var result, out problem))
        {
            Console.Error.WriteLine(problem.Message);
            return ExitCode.Failure;
        }

        foreach (var fault in result.Faults)
        {
            Console.Error.WriteLine(fault);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{result.Resources} resources, {result.Rows} rows, {result.FaultCount} unreadable, {seconds:0.0} seconds"));
        return result.FaultCount > 0 ? ExitCode.No : ExitCode.Yes;
    }

    private static Outcome<View> Load(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Problem("HST001", ProblemKind.NotFound, $"{path} cannot be read: {fault.Message}");
        }

        var findings = new FindingList();
        var view = View.Read(bytes, findings);
        foreach (var finding in findings.Items)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}({finding.Line},{finding.Column}): {finding.Severity.ToString().ToLowerInvariant()} {finding.Kind.Code} {finding.Path}: {finding.English} {finding.Chinese}"));
        }

        return view is null ? new Problem("HST040", ProblemKind.Invalid, $"{path} is no view that can be run.") : view;
    }

    private static Outcome<ExtractionResult> ToStandardOutput(View view, string[] input, string format, CancellationToken cancel)
    {
        using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        if (format != "parquet")
        {
            return ViewExtraction.Run(view, input, output, format, cancel);
        }

        // Parquet is written with its end known; standard output gets it when it is whole.
        var folder = Directory.CreateTempSubdirectory("kangqiao-view-");
        try
        {
            var file = Path.Combine(folder.FullName, "rows.parquet");
            var ran = ViewExtraction.RunToParquet(view, input, file, cancel);
            if (ran.IsSuccess)
            {
                using var rows = File.OpenRead(file);
                rows.CopyTo(output);
            }

            return ran;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Outcome<ExtractionResult> ToFile(View view, string[] input, string format, string file, CancellationToken cancel)
    {
        var unfinished = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, $".{Path.GetFileName(file)}.unfinished");
        try
        {
            Outcome<ExtractionResult> ran;
            if (format == "parquet")
            {
                ran = ViewExtraction.RunToParquet(view, input, unfinished, cancel);
            }
            else
            {
                using var output = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
                ran = ViewExtraction.Run(view, input, output, format, cancel);
            }

            if (ran.IsSuccess)
            {
                File.Move(unfinished, file, overwrite: true);
            }

            return ran;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Problem("HST041", ProblemKind.Unavailable, $"{file} cannot be written: {fault.Message}");
        }
        finally
        {
            if (File.Exists(unfinished))
            {
                File.Delete(unfinished);
            }
        }
    }
}
