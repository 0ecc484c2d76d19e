using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Validation;

namespace Kangqiao.Host.Commands;

/// <summary>
/// <c>validate FILE…</c>: one OperationOutcome per file. Exit 1 if any has an error, 2 if a file cannot be read at all.
/// </summary>
internal static class ValidateCommand
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "FHIR R4 resources as JSON or XML, also gzipped",
            Arity = ArgumentArity.OneOrMore,
        };
        var profiles = new Option<string[]>("--profile")
        {
            Description = "A profile each resource must conform to: its canonical URL, or a file with its StructureDefinition",
            HelpName = "URL",
        };
        var definitions = new Option<string[]>("--definitions")
        {
            Description = "Files with further StructureDefinitions, ValueSets and CodeSystems that profiles lean on",
            HelpName = "FILE",
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object with every OperationOutcome" };
        var command = new Command("validate", "Check resources against FHIR R4 and profiles.") { files, profiles, definitions, json };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(files),
            parsed.GetValue(profiles) ?? [],
            parsed.GetValue(definitions) ?? [],
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] files, string[] profiles, string[] definitions, bool asJson)
    {
        if (!AskedProfiles.Load(profiles, definitions).Try(out var asked, out var problem))
        {
            Console.Error.WriteLine(problem.Message);
            return ExitCode.Failure;
        }

        var validator = new Validator(new ValidationOptions
        {
            Profiles = asked.Source,
            AskedProfiles = asked.Canonicals,
            Terminology = asked.Terminology,
        });
        var checkedFiles = new List<(string File, FindingList Findings)>();
        var exitCode = ExitCode.Yes;
        foreach (var file in files)
        {
            var findings = new FindingList();
            if (!ResourceFile.Read(file, findings).Try(out var document, out var unreadable))
            {
                Console.Error.WriteLine(unreadable.Message);
                exitCode = ExitCode.Failure;
                continue;
            }

            validator.Validate(document, findings);
            checkedFiles.Add((file, findings));
            if (findings.HasErrors && exitCode == ExitCode.Yes)
            {
                exitCode = ExitCode.No;
            }
        }

        if (asJson)
        {
            WriteJson(checkedFiles);
        }
        else
        {
            checkedFiles.ForEach(c => WriteText(c.File, c.Findings));
        }

        return exitCode;
    }

    private static void WriteJson(List<(string File, FindingList Findings)> checkedFiles)
    {
        using (var writer = new Utf8JsonWriter(Console.OpenStandardOutput(), Readable))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("outcomes"u8);
            foreach (var (file, findings) in checkedFiles)
            {
                writer.WriteStartObject();
                writer.WriteString("file"u8, file);
                writer.WritePropertyName("outcome"u8);
                OperationOutcome.Write(writer, findings);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        Console.Out.WriteLine();
    }

    private static void WriteText(string file, FindingList findings)
    {
        var errors = findings.Items.Count(f => f.IsError);
        var verdict = findings.HasErrors ? $"{errors} error(s) 有错误" : "valid 通过";
        Console.Out.WriteLine($"{file}: {verdict}");
        foreach (var finding in findings.Items)
        {
            var place = finding.Line > 0 ? $" line {finding.Line}, column {finding.Column}" : "";
            Console.Out.WriteLine($"  {finding.Severity.ToString().ToLowerInvariant()} {finding.Kind.Code} {finding.Path}{place}");
            Console.Out.WriteLine($"    {finding.English}");
            Console.Out.WriteLine($"    {finding.Chinese}");
        }

        if (findings.Dropped > 0)
        {
            Console.Out.WriteLine($"  … and {findings.Dropped} more 另有 {findings.Dropped} 个问题");
        }
    }
}
