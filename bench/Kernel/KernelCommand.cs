using System.Globalization;
using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Validation;

namespace Kangqiao.Bench.Kernel;

/// <summary>The kernel's speed on one core, as a table; with --out also into a file, as bench/kernel.md was made.</summary>
internal static class KernelCommand
{
    public static int Run(Options options)
    {
        var sample = Sample.Take(options.Seed(), (int)options.Number("resources", 50_000));
        var rounds = (int)options.Number("rounds", 7);
        var report = new StringBuilder();
        report.AppendLine("# The kernel on one core").AppendLine();
        report.AppendLine(Machine.Describe()).AppendLine();
        report.AppendLine(
            $"{sample.Count:N0} Synthea-shaped resources (seed {options.Seed()}), mean {sample.Bytes / sample.Count:N0} bytes; one thread, warm, processor time, median of {rounds} rounds. " +
            "Made by `dotnet run -c Release --project bench -- kernel --out bench/kernel.md`.").AppendLine();
        AddWalks(report, sample, rounds);
        AddExpressions(report, sample, rounds);
        AddFacts(report);
        var (planted, found) = Control.Run(sample);
        report.AppendLine().AppendLine($"Control: of {planted:N0} of these resources with a planted error (an invariant broken, a code outside its required binding) {found:N0} are refused.");
        Console.Write(report);
        if (options.Text("out") is { } file)
        {
            File.WriteAllText(file, report.ToString());
        }

        return found == planted ? 0 : 1;
    }

    private static void AddWalks(StringBuilder report, Sample sample, int rounds)
    {
        var document = new FhirDocument();
        var findings = new FindingList();
        var values = new IndexValues();
        var plans = Enumerable.Range(0, sample.Count).Select(i => SearchPlan.Of(sample.TypeOf(i))!).ToArray();
        Measured Walk(string name, Action<int> afterReading) => Measure.Rounds(name, sample.Count, rounds, () =>
        {
            for (var i = 0; i < sample.Count; i++)
            {
                findings.Clear();
                document.ReadInto(sample[i], findings);
                afterReading(i);
            }
        });

        report.AppendLine("| walk | resources/s | best round | MB/s | µs each | bytes allocated each | floor |\n|---|--:|--:|--:|--:|--:|--:|");
        Add(Walk("read: parse, structure, formats", _ => { }), "");
        Add(Walk("read, take all index values", i => plans[i].Index(document.Root, values)), "40,000");
        var validator = new Validator();
        Add(Walk("read, all invariants, required bindings (best practice as warnings)", _ => validator.Validate(document, findings)), "15,000");
        var quiet = new Validator(new ValidationOptions { BestPractice = BestPractice.Ignore });
        Add(Walk("read, all invariants, required bindings (best practice ignored)", _ => quiet.Validate(document, findings)), "15,000");
        Add(
            Walk("read, invariants, bindings, index values (best practice ignored)", i =>
            {
                quiet.Validate(document, findings);
                plans[i].Index(document.Root, values);
            }),
            "");

        void Add(Measured walk, string floor) => report.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {walk.Name} | {walk.PerSecond:N0} | {walk.Count / walk.Best:N0} | {sample.Bytes / walk.Seconds / 1e6:N0} | {walk.NanosecondsEach / 1000:F1} | {walk.AllocatedEach:N0} | {floor} |"));
    }

    private static void AddExpressions(StringBuilder report, Sample sample, int rounds)
    {
        report.AppendLine().AppendLine("| FHIRPath, compiled once (floor: 1,000 ns) | ns each | bytes allocated each |\n|---|--:|--:|");
        foreach (var expression in Expressions.Measure(sample, rounds))
        {
            report.AppendLine($"| `{expression.Name.Replace("|", "\\|", StringComparison.Ordinal)}` | {expression.NanosecondsEach:N0} | {expression.AllocatedEach:N1} |");
        }
    }

    private static void AddFacts(StringBuilder report)
    {
        var facts = FactsCold.InChildren(5);
        report.AppendLine().AppendLine(
            $"The facts of R4 are ready {facts.Milliseconds:F0} ms after the first touch in a new process (floor: 150 ms) and keep " +
            $"{facts.HeapMegabytes:F1} MB of heap; the process grows by {facts.ResidentMegabytes:F0} MB (floor: 60 MB).");
    }
}
