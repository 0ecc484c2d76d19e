namespace Kangqiao.City.Chances;

/// <summary>
/// Numbers from 0 in another order, each once: whoever takes the place of their own number can meet nobody there. It needs no
/// memory, so that a million people get distinct numbers without a list of those given out.
/// </summary>
internal sealed class Shuffle
{
    private readonly ulong mask;
    private readonly int half;
    private readonly ulong first;
    private readonly ulong second;
    private readonly ulong shift;

    /// <param name="size">How many numbers at least; rounded up to a power of two, which <see cref="Size"/> is.</param>
    public Shuffle(long seed, string purpose, long size)
    {
        var bits = 64 - int.CreateChecked(ulong.LeadingZeroCount((ulong)Math.Max(size, 2) - 1));
        mask = (1UL << bits) - 1;
        half = Math.Max(1, bits / 2);
        var chance = Chance.Of(seed, purpose);
        first = (ulong)chance.Below(int.MaxValue) | 1;
        second = (ulong)chance.Below(int.MaxValue) | 1;
        shift = (ulong)chance.Below(int.MaxValue);
    }

    public long Size => (long)mask + 1;

    /// <summary>Where the number goes: odd factors and xor-shifts are one-to-one on a power of two.</summary>
    public long this[long number]
    {
        get
        {
            var x = (((ulong)number * first) + shift) & mask;
            x ^= x >> half;
            x = (x * second) & mask;
            x ^= x >> half;
            return (long)((x * first) & mask);
        }
    }
}
