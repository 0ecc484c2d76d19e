using System.Diagnostics;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Fuzz;

/// <summary>What came of one case.</summary>
internal enum Verdict
{
    /// <summary>Taken as sound.</summary>
    Accepted,

    /// <summary>Refused, with findings or a problem.</summary>
    Refused,

    /// <summary>An exception, a broken promise, too slow or too much memory: a bug.</summary>
    Failed,
}

/// <summary>Does case after case on its own thread with a server's small stack. A case is its seed and number: it can be run again alone.</summary>
internal sealed class FuzzRun(ulong seed, Corpus corpus)
{
    /// <summary>No input may take longer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>No input may allocate more: 64 times the largest there is.</summary>
    private const long AllocationLimit = 256_000_000;

    private readonly Lock counting = new();
    private readonly FuzzTargets targets = new(corpus);
    private readonly long[] verdicts = new long[3];
    private readonly SortedDictionary<string, (long Cases, long Accepted)> doors = new(StringComparer.Ordinal);

    private long started;
    private long number;

    /// <summary>Of the case at hand, for the watcher.</summary>
    public long Started => Volatile.Read(ref started);

    /// <summary>The case at hand, or the last.</summary>
    public long Case => Volatile.Read(ref number);

    public List<string> Failures { get; } = [];

    public (double Milliseconds, string Door, long Case) Slowest { get; private set; }

    public (long Bytes, string Door, long Case) Hungriest { get; private set; }

    /// <summary>May be asked while the run goes on.</summary>
    public string Summary()
    {
        lock (counting)
        {
            return $"{verdicts.Sum():N0} cases: {verdicts[0]:N0} accepted, {verdicts[1]:N0} refused, {verdicts[2]:N0} failed; " +
                $"slowest {Slowest.Milliseconds:N0} ms ({Slowest.Door}, case {Slowest.Case}), most memory {Hungriest.Bytes / 1e6:N1} MB ({Hungriest.Door}, case {Hungriest.Case}); " +
                string.Join(", ", doors.Select(d => $"{d.Key} {d.Value.Cases:N0} ({d.Value.Accepted:N0} accepted)"));
        }
    }

    public void Do(long which)
    {
        Volatile.Write(ref number, which);
        var verdict = Attempt(which, out var door, out var milliseconds, out var bytes);
        if (verdict != Verdict.Failed && milliseconds > Limit.TotalMilliseconds)
        {
            // The machine may have been busy: a slow case is slow again.
            Attempt(which, out _, out var again, out _);
            milliseconds = Math.Min(milliseconds, again);
            verdict = milliseconds > Limit.TotalMilliseconds ? Fail(which, $"took {milliseconds:N0} ms") : verdict;
        }

        if (bytes > AllocationLimit)
        {
            verdict = Fail(which, $"allocated {bytes / 1e6:N0} MB");
        }

        lock (counting)
        {
            verdicts[(int)verdict]++;
            var (cases, accepted) = doors.GetValueOrDefault(door);
            doors[door] = (cases + 1, accepted + (verdict == Verdict.Accepted ? 1 : 0));
            Slowest = milliseconds > Slowest.Milliseconds ? (milliseconds, door, which) : Slowest;
            Hungriest = bytes > Hungriest.Bytes ? (bytes, door, which) : Hungriest;
        }
    }

    private Verdict Attempt(long which, out string door, out double milliseconds, out long bytes)
    {
        var random = SplitMix64.Of(seed, (ulong)which);
        (door, var attempt) = targets.Prepare(ref random);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Volatile.Write(ref started, Stopwatch.GetTimestamp());
        try
        {
            return attempt() ? Verdict.Accepted : Verdict.Refused;
        }
        catch (Exception e) // The bug that is looked for: it is counted, shown and makes the run fail.
        {
            return Fail(which, $"{door}: {e}");
        }
        finally
        {
            milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Volatile.Write(ref started, 0);
        }
    }

    private Verdict Fail(long which, string why)
    {
        if (Failures.Count < 100)
        {
            Failures.Add($"case {which}: {why}");
            Console.WriteLine($"FAILED --seed {seed} --case {which}: {why}");
        }

        return Verdict.Failed;
    }
}
