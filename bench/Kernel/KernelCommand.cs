using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

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
        var read = Measure.Rounds("read", sample.Count, rounds, () =>
        {
            for (var i = 0; i < sample.Count; i++)
            {
                findings.Clear();
                document.ReadInto(sample[i], findings);
            }
        });
        Console.WriteLine($"{read.Name}: {read.PerSecond:N0}/s (best {read.Count / read.Best:N0}), {sample.Bytes / read.Seconds / 1e6:N0} MB/s, {read.AllocatedEach:N1} B each");
        return 0;
    }
}
