namespace Kangqiao.Fhir.Search;

/// <summary>
/// The stretch of time a date means (R4 search.html#date): 2013 is all of that year, and what has no time zone is time in China.
/// </summary>
/// <param name="Low">First tick, UTC.</param>
/// <param name="High">First tick after it.</param>
/// <param name="Precision">How much was said.</param>
public readonly record struct DateRange(long Low, long High, DatePrecision Precision)
{
    /// <summary>An open end of a period reaches this far.</summary>
    public static readonly DateRange Always = new(long.MinValue, long.MaxValue, DatePrecision.Interval);

    // UTC+8 at all times. China's summer time of 1986 to 1991 is left aside on purpose: hospital systems write +08:00 for those
    // years too, and a birth date must be the same day for whoever writes it.
    private const long China = 8 * TimeSpan.TicksPerHour;

    /// <summary>Reads a date, dateTime or instant; also a time to the minute, which queries may have.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateRange range)
    {
        range = default;
        var mark = text.IndexOf((byte)'T');
        var date = mark < 0 ? text : text[..mark];
        if (date.Length is not (4 or 7 or 10)
            || !TryDigits(date[..4], out var year) || year == 0)
        {
            return false;
        }

        var month = 1;
        var day = 1;
        if (date.Length >= 7 && (date[4] != (byte)'-' || !TryDigits(date.Slice(5, 2), out month) || month is 0 or > 12))
        {
            return false;
        }

        if (date.Length == 10
            && (date[7] != (byte)'-' || !TryDigits(date.Slice(8, 2), out day) || day == 0 || day > DateTime.DaysInMonth(year, month)))
        {
            return false;
        }

        var start = Day(year, month, day);
        if (mark < 0)
        {
            var (end, precision) = date.Length switch
            {
                4 => (start + (DateTime.IsLeapYear(year) ? 366 : 365), DatePrecision.Year),
                7 => (start + DateTime.DaysInMonth(year, month), DatePrecision.Month),
                _ => (start + 1, DatePrecision.Day),
            };
            range = new DateRange((start * TimeSpan.TicksPerDay) - China, (end * TimeSpan.TicksPerDay) - China, precision);
            return true;
        }

        return date.Length == 10 && TryTime(text[(mark + 1)..], start * TimeSpan.TicksPerDay, out range);
    }

    private static bool TryTime(ReadOnlySpan<byte> time, long day, out DateRange range)
    {
        range = default;
        if (time.Length < 5 || time[2] != (byte)':'
            || !TryDigits(time[..2], out var hour) || hour > 23
            || !TryDigits(time.Slice(3, 2), out var minute) || minute > 59)
        {
            return false;
        }

        var ticks = day + (hour * TimeSpan.TicksPerHour) + (minute * TimeSpan.TicksPerMinute);
        var width = TimeSpan.TicksPerMinute;
        var precision = DatePrecision.Minute;
        var rest = time[5..];
        if (rest.Length >= 3 && rest[0] == (byte)':')
        {
            if (!TryDigits(rest.Slice(1, 2), out var second) || second > 60)
            {
                return false;
            }

            // A leap second (60) is counted as the second before it.
            ticks += Math.Min(second, 59) * TimeSpan.TicksPerSecond;
            width = TimeSpan.TicksPerSecond;
            precision = DatePrecision.Second;
            rest = rest[3..];
            if (!rest.IsEmpty && rest[0] == (byte)'.')
            {
                var digits = 1;
                while (digits < rest.Length && rest[digits] is >= (byte)'0' and <= (byte)'9')
                {
                    // Digits beyond the seventh are finer than a tick.
                    if (digits <= 7)
                    {
                        width /= 10;
                        ticks += (rest[digits] - '0') * width;
                    }

                    digits++;
                }

                if (digits == 1)
                {
                    return false;
                }

                precision = DatePrecision.Fraction;
                rest = rest[digits..];
            }
        }

        if (!TryZone(rest, out var zone))
        {
            return false;
        }

        range = new DateRange(ticks - zone, ticks - zone + width, precision);
        return true;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, out long zone)
    {
        zone = China;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text.SequenceEqual("Z"u8))
        {
            zone = 0;
            return true;
        }

        // A '+' that was not percent-encoded in a URL arrives as a space.
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-' or (byte)' ') || text[3] != (byte)':'
            || !TryDigits(text.Slice(1, 2), out var hours) || hours > 14
            || !TryDigits(text.Slice(4, 2), out var minutes) || minutes > 59)
        {
            return false;
        }

        zone = (hours * TimeSpan.TicksPerHour) + (minutes * TimeSpan.TicksPerMinute);
        zone = text[0] == (byte)'-' ? -zone : zone;
        return true;
    }

    private static long Day(int year, int month, int day) =>
        new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerDay;

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var b in text)
        {
            if (b is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + (b - '0');
        }

        return true;
    }
}
