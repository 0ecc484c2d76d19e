namespace Kangqiao.Bench.Shapes;

/// <summary>
/// A small random generator of our own, so that a seed gives the same bytes on every runtime for ever, which
/// <see cref="Random"/> does not promise. Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (2014).
/// </summary>
internal struct SplitMix64(ulong state)
{
    private ulong state = state;

    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        return Mix(state);
    }

    /// <summary>From 0 up to, not with, <paramref name="limit"/>; the bias of the multiplication is far below what a shape shows.</summary>
    public int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>From <paramref name="low"/> up to and with <paramref name="high"/>.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True in <paramref name="perMille"/> of a thousand cases.</summary>
    public bool Chance(int perMille) => Below(1000) < perMille;

    /// <summary>A UUID of version 4 (RFC 9562 section 5.4) out of this stream.</summary>
    public Guid Id()
    {
        var high = Next();
        var low = Next();
        return new Guid(
            (uint)(high >> 32),
            (ushort)(high >> 16),
            (ushort)((high & 0x0FFF) | 0x4000),
            (byte)(((low >> 56) & 0x3F) | 0x80),
            (byte)(low >> 48),
            (byte)(low >> 40),
            (byte)(low >> 32),
            (byte)(low >> 24),
            (byte)(low >> 16),
            (byte)(low >> 8),
            (byte)low);
    }

    /// <summary>A stream that depends on both numbers, so that the n-th patient can be made without the n-1 before.</summary>
    public static SplitMix64 Of(ulong seed, ulong number) => new(Mix(seed ^ Mix(number + 0x9E3779B97F4A7C15)));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
