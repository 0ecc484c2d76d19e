using System.Globalization;

namespace Kangqiao.PatientIndex.Rows;

/// <summary>Dates of birth as numbers yyyymmdd; month and day are 0 where unknown, and the whole is 0 where nothing is.</summary>
internal static class Birth
{
    private static readonly ChineseLunisolarCalendar Lunar = new();

    /// <summary>0 for what is no date and for the dates that systems write when they know none.</summary>
    public static int Parse(string text, IReadOnlySet<int> placeholders)
    {
        Span<int> parts = stackalloc int[3];
        var count = 0;
        var digits = 0;
        var value = 0;
        foreach (var c in text.AsSpan().Trim())
        {
            if (char.IsAsciiDigit(c))
            {
                if (++digits > 8)
                {
                    return 0;
                }

                value = (value * 10) + (c - '0');
            }
            else
            {
                // A time of day after the date does not count.
                if (count == 2 && digits > 0)
                {
                    break;
                }

                if (digits > 0 && count < 3)
                {
                    parts[count++] = value;
                }

                value = digits = 0;
            }
        }

        if (digits > 0 && count < 3)
        {
            if (count == 0 && digits is 8 or 6)
            {
                var whole = digits == 8 ? value : value * 100;
                return Checked(whole / 10000, whole / 100 % 100, whole % 100, placeholders);
            }

            parts[count++] = value;
        }

        return count == 0 ? 0 : Checked(parts[0], count > 1 ? parts[1] : 0, count > 2 ? parts[2] : 0, placeholders);
    }

    /// <summary>One digit wrong or two neighbours swapped, day and month swapped, the first of the month or year in place of the day, or the one date in the lunar and the other in the solar calendar.</summary>
    public static bool IsSlip(int a, int b)
    {
        if (a == b)
        {
            return false;
        }

        int ya = a / 10000, ma = a / 100 % 100, da = a % 100, yb = b / 10000, mb = b / 100 % 100, db = b % 100;
        if (ya == yb && ((ma == db && da == mb && da > 0)
            || (ma == mb && IsDefaultDay(da, db)) || IsDefaultDay(da, db) && IsDefaultDay(ma, mb)))
        {
            return true;
        }

        return IsDigitSlip(a, b) || IsLunarOf(a, b) || IsLunarOf(b, a);
    }

    private static bool IsDefaultDay(int a, int b) => a <= 1 || b <= 1;

    /// <summary>Eight digits that differ in one place, or in two neighbouring places by an exchange.</summary>
    private static bool IsDigitSlip(int a, int b)
    {
        var differing = 0;
        var first = -1;
        var place = 0;
        Span<int> da = stackalloc int[8];
        Span<int> db = stackalloc int[8];
        for (; place < 8; place++, a /= 10, b /= 10)
        {
            da[place] = a % 10;
            db[place] = b % 10;
            if (da[place] != db[place])
            {
                differing++;
                first = first < 0 ? place : first;
            }
        }

        return differing == 1
            || (differing == 2 && first < 7 && da[first] == db[first + 1] && da[first + 1] == db[first]);
    }

    private static bool IsLunarOf(int solar, int lunar)
    {
        // Between the two calendars lie 17 to 55 days, so most pairs need no calendar.
        if (solar / 10000 - (lunar / 10000) is not (0 or 1) || solar % 100 == 0 || lunar % 100 == 0
            || !DateTime.TryParseExact(solar.ToString("D8", CultureInfo.InvariantCulture), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || day < Lunar.MinSupportedDateTime || day > Lunar.MaxSupportedDateTime)
        {
            return false;
        }

        var year = Lunar.GetYear(day);
        var month = Lunar.GetMonth(day);
        var leap = Lunar.GetLeapMonth(year);
        if (leap > 0 && month >= leap)
        {
            month--;
        }

        return lunar == (year * 10000) + (month * 100) + Lunar.GetDayOfMonth(day);
    }

    private static int Checked(int year, int month, int day, IReadOnlySet<int> placeholders)
    {
        // A 13th month or a 64th day is a slip of somebody's: its other digits still say something.
        if (year is < 1850 or > 2200 || month > 99 || day > 99)
        {
            return 0;
        }

        var whole = (year * 10000) + (month * 100) + (month == 0 ? 0 : day);
        return placeholders.Contains(whole) ? 0 : whole;
    }
}
