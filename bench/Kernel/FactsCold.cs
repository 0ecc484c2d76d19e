using System.Diagnostics;
using System.Globalization;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Bench.Kernel;

/// <summary>What loading the facts of R4 costs a process that has just started.</summary>
/// <param name="Milliseconds">From the first touch until they can be used.</param>
/// <param name="HeapMegabytes">What the managed heap keeps of it.</param>
/// <param name="ResidentMegabytes">By how much the process's resident memory grew.</param>
internal sealed record FactsCold(double Milliseconds, double HeapMegabytes, double ResidentMegabytes)
{
    public const string ChildCommand = "facts-cold";

    /// <summary>Medians over some fresh processes.</summary>
    public static FactsCold InChildren(int times)
    {
        var runs = Enumerable.Range(0, times).Select(_ => InChild()).ToList();
        return new FactsCold(
            Median(runs.Select(r => r.Milliseconds)), Median(runs.Select(r => r.HeapMegabytes)), Median(runs.Select(r => r.ResidentMegabytes)));
    }

    /// <summary>The child's part: one line of three numbers.</summary>
    public static int RunHere()
    {
        using var self = Process.GetCurrentProcess();
        var resident = self.WorkingSet64;
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        var types = R4.Facts.Types.Length;
        var milliseconds = watch.Elapsed.TotalMilliseconds;
        self.Refresh();
        resident = self.WorkingSet64 - resident;
        heap = GC.GetTotalMemory(forceFullCollection: true) - heap;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{milliseconds} {heap / 1e6} {resident / 1e6}"));
        return types > 0 ? 0 : 1;
    }

    private static FactsCold InChild()
    {
        var numbers = Child.Output(ChildCommand).Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return new FactsCold(numbers[0], numbers[1], numbers[2]);
    }

    private static double Median(IEnumerable<double> numbers)
    {
        var sorted = numbers.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
