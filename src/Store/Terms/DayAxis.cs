using System.Globalization;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Terms;

/// <summary>
/// Days in Asia/Shanghai as slots (days since year 1) and as keys: 20260305. Years before 1900 get a 0 before them and years
/// from 2050 a 3, so that "ever after" is few terms and not dozens. A day is kept with the spans it lies in (2026, 202603): a
/// range of days is then a few whole terms, which an inverted index walks without collecting them first.
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

    /// <summary>The spans that a day lies in, from the widest: its decade, year, month and itself; before 1900 and from 2050 the age and itself.</summary>
    public static int SpansOf(long day) => IsNear(day) ? 4 : 2;

    /// <summary>Writes the key of one of the <see cref="SpansOf"/>: 202, 2026, 202603, 20260305; 0 and 3 for the far ages.</summary>
    public static int WriteSpan(long day, int span, Span<byte> into)
    {
        var length = WriteKey(day, into);
        return !IsNear(day) ? span == 0 ? 1 : length : span switch { 0 => 3, 1 => 4, 2 => 6, _ => length };
    }

    /// <summary>
    /// The fewest spans that hold the days from low to high and no other; a far age that is held in part is one span too, with
    /// an x behind it.
    /// </summary>
    public static IEnumerable<string> Cover(long low, long high)
    {
        if (low < Since1900)
        {
            yield return low == NoStart && high >= Since1900 - 1 ? "0" : "0x";
        }

        for (var (day, last) = (Math.Max(low, Since1900), Math.Min(high, Since2050 - 1)); day <= last;)
        {
            var date = DateOnly.FromDayNumber((int)day);
            var text = date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
            var (next, length) = (date.AddDays(1), 8);
            foreach (var (end, digits) in (ReadOnlySpan<(DateOnly, int)>)[(EndOfDecade(date), 3), (EndOfYear(date), 4), (EndOfMonth(date), 6)])
            {
                if (end.DayNumber > 0 && end.DayNumber - 1 <= last)
                {
                    (next, length) = (end, digits);
                    break;
                }
            }

            yield return text[..length];
            day = next.DayNumber;
        }

        if (high >= Since2050)
        {
            yield return high == NoEnd && low <= Since2050 ? "3" : "3x";
        }
    }

    /// <summary>Records that have, under the head, a day of the set.</summary>
    public static TermQuery Terms(string head, SlotSet days)
    {
        var found = new List<TermQuery>();
        foreach (var (low, high) in days.Intervals)
        {
            foreach (var span in Cover(Math.Max(low, Since1900), Math.Min(high, Since2050 - 1)))
            {
                found.Add(TermQuery.Is(head + span));
            }

            FarTerms(head + "0", low, high, NoStart, Since1900 - 1, found);
            FarTerms(head + "3", low, high, Since2050, NoEnd, found);
        }

        return TermQuery.AnyOf(found);
    }

    /// <summary>Records one of whose covers (<see cref="Cover"/>), under the head, holds the day.</summary>
    /// <param name="partly">Those of a far age, for which it is not certain.</param>
    public static TermQuery Holding(string head, long day, out TermQuery partly)
    {
        partly = IsNear(day) ? TermQuery.Nothing : TermQuery.Is(head + (day < Since1900 ? "0x" : "3x"));
        Span<byte> key = stackalloc byte[LongestKey];
        var spans = new List<TermQuery>();
        for (var span = 0; span < (IsNear(day) ? 4 : 1); span++)
        {
            spans.Add(TermQuery.Is(head + System.Text.Encoding.ASCII.GetString(key[..WriteSpan(day, span, key)])));
        }

        return TermQuery.AnyOf(spans);
    }

    /// <summary>All days: the far past, the decades, the far future.</summary>
    public static IEnumerable<(long Low, long High)> Widest
    {
        get
        {
            yield return (NoStart, Since1900 - 1);
            for (var start = new DateOnly(1900, 1, 1); start.DayNumber < Since2050; start = start.AddYears(10))
            {
                yield return (start.DayNumber, start.AddYears(10).DayNumber - 1);
            }

            yield return (Since2050, NoEnd);
        }
    }

    /// <summary>The spans next in size within one of several days: years of a decade, months of a year; halves of what is far.</summary>
    public static IEnumerable<(long Low, long High)> Parts(long low, long high)
    {
        if (!IsNear(low))
        {
            var middle = low + ((high - low) / 2);
            yield return (low, middle);
            yield return (middle + 1, high);
            yield break;
        }

        for (var (day, days) = (low, high - low + 1); day <= high;)
        {
            var start = DateOnly.FromDayNumber((int)day);
            var next = days > 366 ? start.AddYears(1) : days > 31 ? start.AddMonths(1) : start.AddDays(1);
            yield return (day, next.DayNumber - 1);
            day = next.DayNumber;
        }
    }

    /// <summary>The day before; behind the last of all days lies the end that never comes.</summary>
    public static long Before(long day) => day > DateOnly.MaxValue.DayNumber ? DateOnly.MaxValue.DayNumber : day - 1;

    public static long Behind(long day) => day >= DateOnly.MaxValue.DayNumber ? NoEnd : day + 1;

    private static bool IsNear(long day) => day >= Since1900 && day < Since2050;

    // The day after; the first day of all where the date does not begin such a span.
    private static DateOnly EndOfDecade(DateOnly date) => date is { Day: 1, Month: 1 } && date.Year % 10 == 0 ? date.AddYears(10) : default;

    private static DateOnly EndOfYear(DateOnly date) => date is { Day: 1, Month: 1 } ? date.AddYears(1) : default;

    private static DateOnly EndOfMonth(DateOnly date) => date.Day == 1 ? date.AddMonths(1) : default;

    // Far days are few: prefixes do.
    private static void FarTerms(string head, long low, long high, long from, long to, List<TermQuery> into)
    {
        (low, high) = (Math.Max(low, from), Math.Min(high, to));
        if (low == from && high == to)
        {
            into.Add(TermQuery.Is(head));
        }
        else if (low <= high)
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
