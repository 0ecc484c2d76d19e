using System.Diagnostics;
using System.Globalization;
using Kangqiao.Bench.Kernel;
using Kangqiao.Bench.Shapes;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Validation;

namespace Kangqiao.Bench;

/// <summary>
/// Millions of different resources through one process, each read, validated and its index values taken. What the process
/// holds must not grow with them: fails if the last million ends a tenth above the second.
/// </summary>
internal static class MemoryCommand
{
    private const int Step = 1_000_000;

    public static int Run(Options options)
    {
        var count = options.Number("resources", 10_000_000);
        using var log = options.Text("out") is { } file ? new StreamWriter(file) : null;
        void Say(string line)
        {
            Console.WriteLine(line);
            log?.WriteLine(line);
            log?.Flush();
        }

        Say(Machine.Describe());
        Say($"seed {options.Seed()}; each resource made, read, validated, its index values taken");
        var document = new FhirDocument();
        var findings = new FindingList();
        var values = new IndexValues();
        var validator = new Validator();
        var plans = new Dictionary<string, SearchPlan>(StringComparer.Ordinal);
        var done = 0L;
        var taken = 0L;
        var wrong = 0L;
        var resident = new List<long>();
        var watch = Stopwatch.StartNew();
        foreach (var patient in new ShapedCity(options.Seed()).Patients(long.MaxValue / 2))
        {
            foreach (var resource in patient.Resources)
            {
                findings.Clear();
                document.ReadInto(resource.Json, findings);
                if (!plans.TryGetValue(resource.Type.Name, out var plan))
                {
                    plans.Add(resource.Type.Name, plan = SearchPlan.Of(resource.Type.Name)!);
                }

                validator.Validate(document, findings);
                plan.Index(document.Root, values);
                taken += values.Items.Length;
                wrong += findings.HasErrors ? 1 : 0;
                if (++done % Step == 0)
                {
                    resident.Add(Environment.WorkingSet);
                    Say(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{done / Step,3} million  {watch.Elapsed.TotalSeconds,6:N0} s  {done / watch.Elapsed.TotalSeconds,8:N0}/s  resident {Environment.WorkingSet / 1e6,6:N1} MB  heap {GC.GetTotalMemory(forceFullCollection: false) / 1e6,6:N1} MB  collections {GC.CollectionCount(0)}/{GC.CollectionCount(1)}/{GC.CollectionCount(2)}"));
                }
            }

            if (done >= count)
            {
                break;
            }
        }

        var isFlat = resident.Count < 3 || resident[^1] < resident[1] * 11 / 10;
        Say($"{done:N0} resources, {taken:N0} index values, {wrong:N0} with errors; memory {(isFlat ? "stays flat" : "GROWS")}");
        return isFlat && wrong == 0 ? 0 : 1;
    }
}
