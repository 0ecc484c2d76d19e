using System.Globalization;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Terms;

/// <summary>
/// Numbers as slots by their first four digits, in order. A number that has no more digits is a slot of its own (5.4); all that
/// begin with the same four and go on share the next one (between 5.400 and 5.401). Terms then stay few, and only numbers
/// inside the slot where a question begins or ends have to be looked at.
/// As a key: p or n for the sign; a below 1, b from there, c from 10^10, so that what is far away is one prefix; then the
/// power of ten and the four digits as one number in binary, because a range is then the fewest prefixes (some nine, where
/// decimal digits need forty); x if there are more digits. 5.4 is pb and 5400, 120 is pb and 21200.
/// </summary>
internal static class NumberAxis
{
    public const int LongestKey = 27;

    /// <summary>An interval without low end.</summary>
    public const long NoLow = -50_000_000;

    /// <summary>An interval without high end.</summary>
    public const long NoHigh = 50_000_000;

    private const int Kept = 4;
    private const int Bias = 500;
    private const int NearBits = 17;
    private const int FarBits = 24;
    private const long One = Bias * 10_000L;
    private const long TenThousandMillion = One + 100_000;
    private const long LargestSlot = (9_999_999 * 2) + 1;

    /// <summary>True for a slot that is one number, false for one that is all numbers between two.</summary>
    public static bool IsExact(long slot) => slot % 2 == 0;

    public static long Of(decimal value)
    {
        if (value == 0)
        {
            return 0;
        }

        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var significand = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        var slot = Slot(significand, -((bits[3] >> 16) & 0xFF));
        return value < 0 ? -slot : slot;
    }

    /// <summary>The slot of a number converted to twelve digits, as canonical quantities are.</summary>
    public static long Of(double value)
    {
        if (double.IsInfinity(value))
        {
            return value < 0 ? NoLow : NoHigh;
        }

        if (value == 0 || double.IsNaN(value))
        {
            return 0;
        }

        // d.dddddddddddE+ddd: what is finer than twelve digits is the noise of the conversion.
        Span<byte> text = stackalloc byte[32];
        _ = Math.Abs(value).TryFormat(text, out var length, "E11", CultureInfo.InvariantCulture);
        ulong digits = 0;
        foreach (var b in text[..13])
        {
            digits = b == (byte)'.' ? digits : (digits * 10) + (ulong)(b - '0');
        }

        _ = System.Buffers.Text.Utf8Parser.TryParse(text[15..length], out int power, out _);
        var slot = Slot(digits, (text[14] == (byte)'-' ? -power : power) - 11);
        return value < 0 ? -slot : slot;
    }

    public static int WriteKey(long slot, Span<byte> into)
    {
        if (slot == 0)
        {
            into[0] = (byte)'0';
            return 1;
        }

        into[0] = slot < 0 ? (byte)'n' : (byte)'p';
        if (slot is NoLow or NoHigh)
        {
            into[1] = (byte)'z';
            return 2;
        }

        var key = Math.Abs(slot) / 2;
        var isNear = key is >= One and < TenThousandMillion;
        into[1] = isNear ? (byte)'b' : key < One ? (byte)'a' : (byte)'c';
        var length = isNear ? NearBits : FarBits;
        key -= isNear ? One : 0;
        for (var i = length + 1; i > 1; i--)
        {
            into[i] = (byte)('0' + (key & 1));
            key >>= 1;
        }

        length += 2;
        if (!IsExact(slot))
        {
            into[length++] = (byte)'x';
        }

        return length;
    }

    /// <summary>Terms that begin with the head and whose number is in the set.</summary>
    public static TermQuery Terms(string head, SlotSet slots)
    {
        var found = new List<TermQuery>();
        foreach (var (low, high) in slots.Intervals)
        {
            Cover(head + "n", -Math.Min(high, -1), low <= NoLow ? NoHigh : -low, found);
            if (low <= 0 && high >= 0)
            {
                found.Add(TermQuery.Is(head + "0"));
            }

            Cover(head + "p", Math.Max(low, 1), high, found);
        }

        return TermQuery.AnyOf(found);
    }

    /// <summary>Slots of one sign, by size: low to high, both positive.</summary>
    private static void Cover(string head, long low, long high, List<TermQuery> into)
    {
        if (low > high)
        {
            return;
        }

        if (low <= 2 && high >= NoHigh)
        {
            into.Add(TermQuery.StartsWith(head));
            return;
        }

        if (high >= NoHigh)
        {
            into.Add(TermQuery.Is(head + "z"));
            high = LargestSlot;
        }

        if (low <= high && !IsExact(low))
        {
            into.Add(TermQuery.Is(head + Key(low)));
            low++;
        }

        if (low <= high && IsExact(high))
        {
            into.Add(TermQuery.Is(head + Key(high)));
            high--;
        }

        var (from, to) = (Math.Max(low, 0) / 2, high / 2);
        if (low < high)
        {
            CoverKeys(head + "a", from, Math.Min(to, One - 1), (0, One - 1), FarBits, into);
            CoverKeys(head + "b", Math.Max(from, One) - One, Math.Min(to, TenThousandMillion - 1) - One, (0, 99_999), NearBits, into);
            CoverKeys(head + "c", Math.Max(from, TenThousandMillion), to, (TenThousandMillion, 9_999_999), FarBits, into);
        }
    }

    private static void CoverKeys(string head, long low, long high, (long First, long Last) all, int bits, List<TermQuery> into)
    {
        if (low > high)
        {
            return;
        }

        // Beyond the ends there is nothing: reaching further makes fewer prefixes.
        low = low <= all.First ? 0 : low;
        high = high >= all.Last ? (1L << bits) - 1 : high;
        DigitCover.Add(head, Binary(low, bits), Binary(high, bits), new string('1', bits), into);
    }

    private static string Binary(long key, int bits) => Convert.ToString(key, 2).PadLeft(bits, '0');

    private static string Key(long slot)
    {
        Span<byte> key = stackalloc byte[LongestKey];
        var length = WriteKey(slot, key);
        return System.Text.Encoding.ASCII.GetString(key[1..length]);
    }

    private static long Slot(UInt128 significand, int exponent)
    {
        var hasMore = false;
        var digits = significand;
        if (significand <= ulong.MaxValue)
        {
            var small = (ulong)significand;
            while (small >= 10_000)
            {
                hasMore |= small % 10 != 0;
                small /= 10;
                exponent++;
            }

            digits = small;
        }

        while (digits >= 10_000)
        {
            hasMore |= digits % 10 != 0;
            digits /= 10;
            exponent++;
        }

        var kept = (long)digits;
        while (kept < 1_000)
        {
            kept *= 10;
            exponent--;
        }

        return ((((exponent + Kept - 1 + Bias) * 10_000L) + kept) * 2) + (hasMore ? 1 : 0);
    }
}
