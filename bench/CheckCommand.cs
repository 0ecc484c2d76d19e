using System.Buffers;
using Kangqiao.Bench.Shapes;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;

namespace Kangqiao.Bench;

/// <summary>Shaped records must be valid R4, or every number measured with them is about something else.</summary>
internal static class CheckCommand
{
    // dom-6 wishes for a narrative in each resource; Synthea's have none either.
    private static readonly Validator Validator = new(new ValidationOptions { BestPractice = BestPractice.Ignore });

    public static int Run(Options options)
    {
        var city = new ShapedCity(options.Seed());
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var wrong = 0;
        foreach (var records in city.Patients(options.Number("patients", 300)).Prepend(city.MasterData()))
        {
            foreach (var resource in records.Resources)
            {
                wrong += Check(resource.Json, $"{resource.Type.Name}/{resource.Id}");
            }

            foreach (var form in (TransactionForm[])[TransactionForm.Post, TransactionForm.Put])
            {
                output.ResetWrittenCount();
                records.WriteTransaction(output, form);
                wrong += Check(output.WrittenMemory, $"transaction {form}");
            }
        }

        Console.WriteLine(wrong == 0 ? "All shaped records are valid." : $"{wrong} shaped records are wrong.");
        return wrong == 0 ? 0 : 1;
    }

    private static int Check(ReadOnlyMemory<byte> json, string what)
    {
        var findings = new FindingList();
        Validator.Validate(FhirDocument.Read(json, findings), findings);
        foreach (var finding in findings.Items.Take(3))
        {
            Console.WriteLine($"{what}: {finding}");
        }

        return findings.Count == 0 ? 0 : 1;
    }
}
