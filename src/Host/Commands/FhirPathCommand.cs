using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.FhirPath;

namespace Kangqiao.Host.Commands;

/// <summary><c>fhirpath EXPRESSION FILE</c>: the result as a JSON array on standard output.</summary>
internal static class FhirPathCommand
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var expression = new Argument<string>("EXPRESSION") { Description = "A FHIRPath expression, e.g. Patient.name.given" };
        var file = new Argument<string>("FILE") { Description = "A FHIR R4 resource as JSON or XML" };
        var command = new Command("fhirpath", "Evaluate a FHIRPath expression on a resource; prints a JSON array.") { expression, file };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(expression), parsed.GetRequiredValue(file)));
        return command;
    }

    private static int Run(string text, string path)
    {
        var findings = new FindingList();
        if (!FhirPathExpression.Compile(text).Try(out var expression, out var problem)
            || !ResourceFile.Read(path, findings).Try(out var document, out problem))
        {
            return Fail(problem.Message);
        }

        if (!document.IsUsable)
        {
            return Fail($"{path}: {findings.Items[0].English}");
        }

        var results = new FhirPathResults();
        var environment = new FhirPathEnvironment();
        expression.Evaluate(document.Root, environment, results);
        if (environment.Problem is { } fault)
        {
            return Fail(fault.Message);
        }

        using (var writer = new Utf8JsonWriter(Console.OpenStandardOutput(), Readable))
        {
            FhirPathJson.Write(writer, results);
        }

        Console.Out.WriteLine();
        return ExitCode.Yes;
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return ExitCode.Failure;
    }
}
