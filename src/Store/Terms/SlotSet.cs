namespace Kangqiao.Store.Terms;

/// <summary>
/// A set of slots of an axis as intervals, in order and apart. A slot is what one term stands for: a day, a minute, or the
/// numbers that begin with the same digits.
/// </summary>
internal sealed class SlotSet
{
    public static readonly SlotSet None = new([]);
    public static readonly SlotSet All = new([(long.MinValue, long.MaxValue)]);

    private SlotSet((long Low, long High)[] intervals)
    {
        Intervals = intervals;
    }

    /// <summary>Both ends inclusive.</summary>
    public (long Low, long High)[] Intervals { get; }

    public bool IsEmpty => Intervals.Length == 0;

    public static SlotSet Between(long low, long high) => low > high ? None : new([(low, high)]);

    public static SlotSet From(long low) => Between(low, long.MaxValue);

    public static SlotSet UpTo(long high) => Between(long.MinValue, high);

    public bool Has(long slot) => Array.Exists(Intervals, i => i.Low <= slot && slot <= i.High);

    public SlotSet Or(SlotSet other)
    {
        if (IsEmpty || other.IsEmpty)
        {
            return IsEmpty ? other : this;
        }

        (long Low, long High)[] all = [.. Intervals, .. other.Intervals];
        Array.Sort(all);
        var joined = new List<(long Low, long High)> { all[0] };
        foreach (var (low, high) in all.AsSpan(1))
        {
            var last = joined[^1];
            if (last.High == long.MaxValue || low <= last.High + 1)
            {
                joined[^1] = (last.Low, Math.Max(last.High, high));
            }
            else
            {
                joined.Add((low, high));
            }
        }

        return new([.. joined]);
    }

    public SlotSet And(SlotSet other)
    {
        var met = new List<(long Low, long High)>();
        foreach (var (low, high) in Intervals)
        {
            foreach (var (otherLow, otherHigh) in other.Intervals)
            {
                var (from, to) = (Math.Max(low, otherLow), Math.Min(high, otherHigh));
                if (from <= to)
                {
                    met.Add((from, to));
                }
            }
        }

        return new([.. met]);
    }

    public SlotSet Except(SlotSet other)
    {
        var rest = this;
        foreach (var (low, high) in other.Intervals)
        {
            var before = low == long.MinValue ? None : UpTo(low - 1);
            var behind = high == long.MaxValue ? None : From(high + 1);
            rest = rest.And(before.Or(behind));
        }

        return rest;
    }
}
