using System.Numerics;

namespace Kangqiao.Bench.Load.Measured;

/// <summary>
/// How long answers took, in constant memory: counts in buckets that grow with the value, so that a percentile is at most
/// 1/64 too high and never too low; the longest is kept exactly.
/// </summary>
internal sealed class Latencies
{
    private const int StepBits = 6;
    private const int Steps = 1 << StepBits;

    // 40 octaves of microseconds are twelve days.
    private readonly long[] buckets = new long[(40 - StepBits + 1) * Steps];

    public long Count { get; private set; }

    public long MaxMicroseconds { get; private set; }

    public void Add(long microseconds)
    {
        microseconds = Math.Max(0, microseconds);
        buckets[Math.Min(Bucket(microseconds), buckets.Length - 1)]++;
        Count++;
        MaxMicroseconds = Math.Max(MaxMicroseconds, microseconds);
    }

    public void Add(Latencies other)
    {
        for (var i = 0; i < buckets.Length; i++)
        {
            buckets[i] += other.buckets[i];
        }

        Count += other.Count;
        MaxMicroseconds = Math.Max(MaxMicroseconds, other.MaxMicroseconds);
    }

    /// <summary>The nearest-rank percentile: the smallest value that at least so many per mille of the answers do not exceed; 0 without answers.</summary>
    public long Microseconds(int perMille)
    {
        var rank = Math.Max(1, ((Count * perMille) + 999) / 1000);
        var seen = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            seen += buckets[i];
            if (seen >= rank)
            {
                return Math.Min(Highest(i), MaxMicroseconds);
            }
        }

        return 0;
    }

    private static int Bucket(long value)
    {
        if (value < Steps)
        {
            return (int)value;
        }

        var octave = BitOperations.Log2((ulong)value) - StepBits;
        return ((octave + 1) << StepBits) + (int)((value >> octave) - Steps);
    }

    private static long Highest(int bucket)
    {
        if (bucket < Steps)
        {
            return bucket;
        }

        var octave = (bucket >> StepBits) - 1;
        return ((long)((bucket & (Steps - 1)) + Steps + 1) << octave) - 1;
    }
}
