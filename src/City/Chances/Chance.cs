namespace Kangqiao.City.Chances;

/// <summary>
/// A stream of chance that follows from the seed and what it is for, alone: whoever asks, in whatever order and on whatever
/// thread, the same stream says the same. SplitMix64 (Steele, Lea, Flood 2014).
/// </summary>
internal sealed class Chance
{
    private ulong state;

    private Chance(ulong state) => this.state = state;

    /// <param name="seed">The city's.</param>
    /// <param name="purpose">What the stream decides: a name that no other stream has.</param>
    public static Chance Of(long seed, string purpose, long first = 0, long second = 0)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in purpose)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return new(Mix(Mix(Mix(hash ^ (ulong)seed) + (ulong)first) + (ulong)second));
    }

    /// <summary>From 0 to 1, 1 not included.</summary>
    public double Next() => (Bits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>From 0 to <paramref name="below"/>, that not included.</summary>
    public int Below(int below) => (int)(((Bits() >> 32) * (ulong)below) >> 32);

    /// <summary>Both ends included.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    /// <param name="percent">How often of a hundred times.</param>
    public bool Percent(double percent) => Next() * 100 < percent;

    /// <summary>Around the mean as most measurements are.</summary>
    public double Normal(double mean, double spread)
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - Next()));
        return mean + (spread * radius * Math.Cos(2 * Math.PI * Next()));
    }

    /// <summary>How often something happens that is expected so often.</summary>
    public int Poisson(double expected)
    {
        if (expected <= 0)
        {
            return 0;
        }

        if (expected > 30)
        {
            return Math.Max(0, (int)Math.Round(Normal(expected, Math.Sqrt(expected))));
        }

        var limit = Math.Exp(-expected);
        var count = 0;
        for (var product = Next(); product > limit; product *= Next())
        {
            count++;
        }

        return count;
    }

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>The first are likelier than the last: of ten, the first is drawn about three times as often as the tenth.</summary>
    public T PickEarly<T>(IReadOnlyList<T> from)
    {
        var along = Next();
        return from[(int)(from.Count * ((0.55 * along) + (0.45 * along * along)))];
    }

    private ulong Bits()
    {
        state += 0x9E3779B97F4A7C15UL;
        return Finish(state);
    }

    private static ulong Mix(ulong value) => Finish(value + 0x9E3779B97F4A7C15UL);

    private static ulong Finish(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
