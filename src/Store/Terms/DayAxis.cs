using System.Globalization;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Terms;

/// <summary>
/// Days in Asia/Shanghai as slots (days since year 1) and as keys: 20260305. Years before 1900 get a 0 before them and years
/// from 2050 a 3, so that "ever after" is a few prefixes and not dozens.
/// </summary>
internal static class DayAxis
{
    /// <summary>A period without start.</summary>
    public const long NoStart = -1;

    /// <summary>A period without end.</summary>
    public const long NoEnd = 9_999_999;

    public const int LongestKey = 9;

    // UTC+8 at all times, as the kernel reads dates: Kangqiao.Fhir.Search.DateRange.
    private const long China = 8 * TimeSpan.TicksPerHour;
    // The largest digit at each place; also the key of what never ends.
    private const string Largest = "99991939";

    private static readonly long Since1900 = DateOnly.FromDateTime(new DateTime(1900, 1, 1)).DayNumber;
    private static readonly long Since2050 = DateOnly.FromDateTime(new DateTime(2050, 1, 1)).DayNumber;

    /// <summary>The day in which a tick (UTC) lies.</summary>
    public static long Of(long ticks) =>
        ticks == long.MinValue ? NoStart
        : ticks >= long.MaxValue - China ? NoEnd
        : Math.Clamp((ticks + China) / TimeSpan.TicksPerDay, 0, DateOnly.MaxValue.DayNumber);

    /// <summary>True if the day begins with that tick, so that days alone decide what is before and after it.</summary>
    public static bool IsStart(long ticks) =>
        ticks == long.MinValue || ticks >= long.MaxValue - China || (ticks + China) % TimeSpan.TicksPerDay == 0;

    /// <summary>First tick (UTC) of a day.</summary>
    public static long Start(long day) => (day * TimeSpan.TicksPerDay) - China;

    public static int WriteKey(long day, Span<byte> into)
    {
        if (day is NoStart or NoEnd)
        {
            (day == NoStart ? "000000000"u8 : "399991939"u8).CopyTo(into);
            return LongestKey;
        }

        var date = DateOnly.FromDayNumber((int)day);
        var at = 0;
        if (day < Since1900 || day >= Since2050)
        {
            into[at++] = day < Since1900 ? (byte)'0' : (byte)'3';
        }

        var digits = (date.Year * 10_000) + (date.Month * 100) + date.Day;
        for (var i = 7; i >= 0; i--)
        {
            into[at + i] = (byte)('0' + (digits % 10));
            digits /= 10;
        }

        return at + 8;
    }

    /// <summary>Terms that begin with the head and whose day is in the set.</summary>
    public static TermQuery Terms(string head, SlotSet days)
    {
        var found = new List<TermQuery>();
        foreach (var (low, high) in days.Intervals)
        {
            Cover(head + "0", low, high, NoStart, Since1900 - 1, found);
            Cover(head, low, high, Since1900, Since2050 - 1, found);
            Cover(head + "3", low, high, Since2050, NoEnd, found);
        }

        return TermQuery.AnyOf(found);
    }

    private static void Cover(string head, long low, long high, long from, long to, List<TermQuery> into)
    {
        (low, high) = (Math.Max(low, from), Math.Min(high, to));
        if (low <= high)
        {
            var first = low == NoStart ? "00000000" : First(low);
            DigitCover.Add(head, first, high == NoEnd ? Largest : Last(high), Largest, into);
        }
    }

    // The first day of a month or year is as good as its zeroth, the last as good as its 39th: there is nothing beyond.
    private static string First(long day)
    {
        if (day >= NoEnd || day > DateOnly.MaxValue.DayNumber)
        {
            return Largest;
        }

        var date = DateOnly.FromDayNumber((int)Math.Max(day, 0));
        var text = date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        return date.Day != 1 ? text : date.Month != 1 ? text[..6] + "00" : text[..4] + "0000";
    }

    private static string Last(long day)
    {
        if (day < 0)
        {
            return "00000000";
        }

        var date = DateOnly.FromDayNumber((int)Math.Min(day, DateOnly.MaxValue.DayNumber));
        var text = date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

        // The last of all days is not yet "without end".
        return date.Day != DateTime.DaysInMonth(date.Year, date.Month) || date == DateOnly.MaxValue ? text
            : date.Month != 12 ? text[..6] + "39"
            : text[..4] + "1939";
    }
}
