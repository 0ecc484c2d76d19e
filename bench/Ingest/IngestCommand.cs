using System.Text;
using Kangqiao.Bench.Kernel;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Bench.Ingest;

/// <summary>How fast units of a format become FHIR on one core: reading and mapping, without checking and storing.</summary>
internal static class IngestCommand
{
    public static int Run(string[] args)
    {
        var target = args.Length == 0 ? null : IngestTarget.All.FirstOrDefault(one => one.Name == args[0]);
        if (target is null || Options.Parse(args.AsSpan(1)) is not { } options)
        {
            Usage.Print();
            return 2;
        }

        var names = new SenderNames("H1");
        var units = target.Make(options.Seed(), (int)options.Number("units", 2_000));
        var bytes = units.Sum(unit => (long)unit.Bytes.Length);
        var records = 0L;
        var faults = 0;
        foreach (var mapped in units.SelectMany(unit => target.Format.Map(unit, names)))
        {
            records += mapped.Records.Count;
            faults += mapped.Findings.Count(finding => finding.IsError);
        }

        var measured = Measure.Rounds(target.What, units.Length, (int)options.Number("rounds", 7), () =>
        {
            foreach (var unit in units)
            {
                target.Format.Map(unit, names);
            }
        });
        var report = new StringBuilder();
        report.AppendLine(Machine.Describe()).AppendLine()
            .AppendLine("| format | bytes each | records each | units/s | records/s | MB/s | µs each | kB allocated each |\n|---|--:|--:|--:|--:|--:|--:|--:|")
            .AppendLine($"| {target.What} | {bytes / units.Length:N0} | {(double)records / units.Length:F1} | {measured.PerSecond:N0} | {measured.PerSecond * records / units.Length:N0} | {bytes / measured.Seconds / 1e6:N0} | {measured.NanosecondsEach / 1000:N0} | {measured.AllocatedEach / 1000:N1} |");
        Console.Write(report);
        return faults == 0 ? 0 : 1;
    }
}
