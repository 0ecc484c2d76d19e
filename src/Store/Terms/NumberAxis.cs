using System.Globalization;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Terms;

/// <summary>
/// Numbers as slots by their first four digits, in order. A number that has no more digits is a slot of its own (5.4); all that
/// begin with the same four and go on share the next one (between 5.400 and 5.401). Terms then stay few, and only numbers
/// inside the slot where a question begins or ends have to be looked at.
/// As a key: p or n for the sign; a letter for the size, b from a millionth, c from 1, d from 10^10, e from 10^20, a below and f
/// above them all, so that what is far away is one term; then the power of ten and the four digits as one number in binary;
/// x if there are more digits. 5.4 is pc and 5400, 120 is pc and 21200.
/// A number can be kept with the spans it lies in, which are the beginnings of its key at every third bit: a range is then some
/// thirty whole terms, which an inverted index walks without collecting them first. Without spans it is some nine prefixes.
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
    private const long LargestKey = 9_999_999;
    private const long LargestSlot = (LargestKey * 2) + 1;

    // Letters of sizes, with the first key of each; each but the first and the last has at most 100,000 keys.
    private static readonly (char Letter, long First, long Last)[] Sizes =
    [
        ('a', 0, One - 60_001), ('b', One - 60_000, One - 1), ('c', One, One + 99_999),
        ('d', One + 100_000, One + 199_999), ('e', One + 200_000, One + 299_999), ('f', One + 300_000, LargestKey),
    ];

    // Bits of a key near 1 at which a span ends.
    private static readonly int[] SpanBits = [2, 5, 8, 11, 14];

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
        var size = SizeOf(key);
        into[1] = (byte)Sizes[size].Letter;
        var length = IsNear(size) ? NearBits : FarBits;
        key -= IsNear(size) ? Sizes[size].First : 0;
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

    /// <summary>How many spans a number lies in, besides itself.</summary>
    public static int SpansOf(long slot) =>
        slot is 0 or NoLow or NoHigh ? 0 : IsNear(SizeOf(Math.Abs(slot) / 2)) ? SpanBits.Length + 1 : 1;

    /// <summary>Letters of the key that are the span: 0 for the widest.</summary>
    public static int LengthOfSpan(int span) => span == 0 ? 2 : 2 + SpanBits[span - 1];

    /// <summary>Records that have, under the head, a number of the set.</summary>
    /// <param name="hasSpans">They are kept with their spans.</param>
    public static TermQuery Terms(string head, SlotSet slots, bool hasSpans)
    {
        var found = new List<TermQuery>();
        foreach (var (low, high) in slots.Intervals)
        {
            Cover(head + "n", -Math.Min(high, -1), low <= NoLow ? NoHigh : -low, hasSpans, found);
            if (low <= 0 && high >= 0)
            {
                found.Add(TermQuery.Is(head + "0"));
            }

            Cover(head + "p", Math.Max(low, 1), high, hasSpans, found);
        }

        return TermQuery.AnyOf(found);
    }

    private static bool IsNear(int size) => size > 0 && size < Sizes.Length - 1;

    private static int SizeOf(long key)
    {
        var size = Sizes.Length - 1;
        while (key < Sizes[size].First)
        {
            size--;
        }

        return size;
    }

    /// <summary>Slots of one sign, by size: low to high, both positive.</summary>
    private static void Cover(string head, long low, long high, bool hasSpans, List<TermQuery> into)
    {
        if (low > high)
        {
            return;
        }

        if (low <= 2 && high >= NoHigh && (!hasSpans || head[^1] == 'n'))
        {
            // Negative numbers are few.
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
        if (low >= high)
        {
            return;
        }

        for (var size = 0; size < Sizes.Length; size++)
        {
            CoverKeys(head, size, from, to, hasSpans, into);
        }
    }

    private static void CoverKeys(string head, int size, long from, long to, bool hasSpans, List<TermQuery> into)
    {
        var (letter, first, last) = Sizes[size];
        var (low, high) = (Math.Max(from, first), Math.Min(to, last));
        if (low > high)
        {
            return;
        }

        if (hasSpans && low == first && high == last)
        {
            into.Add(TermQuery.Is(head + letter));
            return;
        }

        // Beyond the ends there is nothing: reaching further makes fewer terms.
        var isNear = IsNear(size);
        var bits = isNear ? NearBits : FarBits;
        var start = isNear ? first : 0;
        low = low == first ? 0 : low - start;
        high = high == last ? (1L << bits) - 1 : high - start;
        if (hasSpans && isNear)
        {
            CoverSpans(head + letter, low, high, into);
        }
        else
        {
            DigitCover.Add(head + letter, Binary(low, bits), Binary(high, bits), new string('1', bits), into);
        }
    }

    private static void CoverSpans(string head, long low, long high, List<TermQuery> into)
    {
        while (low <= high)
        {
            var bits = Array.Find(SpanBits, b => (low & (Width(b) - 1)) == 0 && low + Width(b) - 1 <= high);
            if (bits == 0)
            {
                var key = head + Binary(low, NearBits);
                into.Add(TermQuery.Is(key));
                into.Add(TermQuery.Is(key + "x"));
                low++;
                continue;
            }

            into.Add(TermQuery.Is(head + Binary(low, NearBits)[..bits]));
            low += Width(bits);
        }
    }

    private static long Width(int bits) => 1L << (NearBits - bits);

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
