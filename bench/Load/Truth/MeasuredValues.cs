using System.Globalization;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Truth;

/// <summary>How often each value of one measured thing was seen, so that "greater than" can be answered for any of them.</summary>
internal sealed class MeasuredValues
{
    private readonly SortedDictionary<int, long> byUnits = [];
    private int[] units = [];
    private long[] notBelow = [];
    private int decimals;

    public long Count { get; private set; }

    public void Add(int value, int valueDecimals)
    {
        decimals = valueDecimals;
        byUnits[value] = byUnits.GetValueOrDefault(value) + 1;
        Count++;
    }

    /// <summary>Call once, after the last value.</summary>
    public void Close()
    {
        units = [.. byUnits.Keys];
        notBelow = new long[units.Length + 1];
        for (var i = units.Length - 1; i >= 0; i--)
        {
            notBelow[i] = notBelow[i + 1] + byUnits[units[i]];
        }

        byUnits.Clear();
    }

    /// <summary>
    /// A limit half a step above some value that occurs, in the upper part of them, and how many lie above it. Between two values
    /// no server can differ: R4 search.html#number lets the precision of a number stretch what it equals.
    /// </summary>
    public (string Limit, long Above) High(ref SplitMix64 random)
    {
        if (units.Length == 0)
        {
            return ("0", 0);
        }

        var at = (units.Length / 2) + random.Below(units.Length - (units.Length / 2));
        var limit = (units[at] * 10L) + 5;
        var scale = (long)Math.Pow(10, decimals + 1);
        var text = string.Create(CultureInfo.InvariantCulture, $"{limit / scale}.{(limit % scale).ToString("D" + (decimals + 1), CultureInfo.InvariantCulture)}");
        return (text, notBelow[at + 1]);
    }
}
