using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Bench.Kernel;

/// <summary>The kernel's speed on one core, as the table bench/kernel.md.</summary>
internal static class KernelCommand
{
    public static int Run(Options options)
    {
        var sample = Sample.Take(options.Seed(), (int)options.Number("resources", 50_000));
        var rounds = (int)options.Number("rounds", 7);
        var document = new FhirDocument();
        var findings = new FindingList();
        var values = new IndexValues();
        var plans = Enumerable.Range(0, sample.Count).Select(i => SearchPlan.Of(sample.TypeOf(i))!).ToArray();
        var taken = 0L;
        Measured[] walks =
        [
            Measure.Rounds("read", sample.Count, rounds, () =>
            {
                for (var i = 0; i < sample.Count; i++)
                {
                    findings.Clear();
                    document.ReadInto(sample[i], findings);
                }
            }),
            Measure.Rounds("read, index values", sample.Count, rounds, () =>
            {
                taken = 0;
                for (var i = 0; i < sample.Count; i++)
                {
                    findings.Clear();
                    document.ReadInto(sample[i], findings);
                    plans[i].Index(document.Root, values);
                    taken += values.Items.Length;
                }
            }),
        ];
        foreach (var walk in walks)
        {
            Console.WriteLine(
                $"{walk.Name}: {walk.PerSecond:N0}/s (best {walk.Count / walk.Best:N0}), {sample.Bytes / walk.Seconds / 1e6:N0} MB/s, {walk.AllocatedEach:N1} B each");
        }

        Console.WriteLine($"{(double)taken / sample.Count:F1} index values a resource");
        return 0;
    }
}
