using System.Diagnostics;

namespace Kangqiao.Bench.Kernel;

/// <summary>What one piece of work costs, from several rounds over the same things.</summary>
/// <param name="Seconds">Processor time of one round, the median of the rounds.</param>
/// <param name="Best">Of the fastest round: what the machine can when nobody else is in its caches.</param>
/// <param name="Allocated">Bytes allocated on the measuring thread in one round.</param>
internal sealed record Measured(string Name, int Count, double Seconds, double Best, long Allocated)
{
    public double PerSecond => Count / Seconds;

    public double NanosecondsEach => Seconds * 1e9 / Count;

    public double AllocatedEach => (double)Allocated / Count;
}

internal static class Measure
{
    /// <summary>
    /// Warms until tiered compilation has settled (two seconds at least), then takes the median of the rounds. It is the
    /// process's processor time that counts, its own collector included, so that what else the machine does is left out.
    /// </summary>
    /// <param name="count">Things done in one round.</param>
    public static Measured Rounds(string name, int count, int rounds, Action round)
    {
        var warming = Stopwatch.StartNew();
        do
        {
            round();
        }
        while (warming.Elapsed.TotalSeconds < 2);

        var seconds = new double[rounds];
        var allocated = 0L;
        for (var i = 0; i < rounds; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Environment.CpuUsage.TotalTime;
            round();
            seconds[i] = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Array.Sort(seconds);
        return new Measured(name, count, seconds[rounds / 2], seconds[0], allocated);
    }
}
