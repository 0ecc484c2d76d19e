namespace Kangqiao.Fhir.FhirPath;

/// <summary>Reads dates and times as FHIR, ISO 8601 and FHIRPath literals (without the @) write them.</summary>
internal static class TemporalText
{
    private const int Longest = 64;

    /// <summary>YYYY[-MM[-DD]].</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out Temporal value) =>
        TryDatePart(ref text, out var ticks, out var precision) & Make(ticks, precision, 0, null, out value) && text.IsEmpty;

    /// <summary>YYYY[-MM[-DD[T[hh[:mm[:ss[.f]]]][zone]]]]; a T may follow any date part, as in a literal.</summary>
    public static bool TryDateTime(ReadOnlySpan<byte> text, out Temporal value)
    {
        value = default;
        if (!TryDatePart(ref text, out var ticks, out var precision))
        {
            return false;
        }

        var digits = 0;
        int? offset = null;
        if (!text.IsEmpty && text[0] == (byte)'T')
        {
            text = text[1..];
            if (!text.IsEmpty)
            {
                if (precision != TimePrecision.Day || !TryTimePart(ref text, out var ofDay, out precision, out digits))
                {
                    return false;
                }

                ticks += ofDay;
                if (!TryZone(ref text, out offset))
                {
                    return false;
                }
            }
        }

        return Make(ticks, precision, digits, offset, out value) && text.IsEmpty;
    }

    /// <summary>hh[:mm[:ss[.f]]].</summary>
    public static bool TryTime(ReadOnlySpan<byte> text, out Temporal value)
    {
        if (!text.IsEmpty && text[0] == (byte)'T')
        {
            text = text[1..];
        }

        var isTime = TryTimePart(ref text, out var ticks, out var precision, out var digits);
        Make(ticks, precision, digits, null, out value);
        return isTime && text.IsEmpty;
    }

    public static bool TryParse(ItemKind kind, ReadOnlySpan<byte> text, out Temporal value) => kind switch
    {
        ItemKind.Date => TryDate(text, out value),
        ItemKind.DateTime => TryDateTime(text, out value),
        _ => TryTime(text, out value),
    };

    public static bool TryParse(ItemKind kind, ReadOnlySpan<char> text, out Temporal value)
    {
        value = default;
        if (text.Length > Longest)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] > 127)
            {
                return false;
            }

            bytes[i] = (byte)text[i];
        }

        return TryParse(kind, bytes, out value);
    }

    private static bool Make(long ticks, TimePrecision precision, int digits, int? offset, out Temporal value)
    {
        value = new Temporal(ticks, precision, digits, offset);
        return true;
    }

    private static bool TryDatePart(ref ReadOnlySpan<byte> text, out long ticks, out TimePrecision precision)
    {
        ticks = 0;
        precision = TimePrecision.Year;
        if (!TryNumber(ref text, 4, out var year) || year == 0)
        {
            return false;
        }

        var month = 1;
        var day = 1;
        if (Skip(ref text, '-'))
        {
            precision = TimePrecision.Month;
            if (!TryNumber(ref text, 2, out month) || month is < 1 or > 12)
            {
                return false;
            }

            if (Skip(ref text, '-'))
            {
                precision = TimePrecision.Day;
                if (!TryNumber(ref text, 2, out day) || day < 1 || day > DateTime.DaysInMonth(year, month))
                {
                    return false;
                }
            }
        }

        ticks = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified).Ticks;
        return true;
    }

    private static bool TryTimePart(ref ReadOnlySpan<byte> text, out long ticks, out TimePrecision precision, out int digits)
    {
        ticks = 0;
        digits = 0;
        precision = TimePrecision.Hour;
        if (!TryNumber(ref text, 2, out var hour) || hour > 23)
        {
            return false;
        }

        ticks = hour * TimeSpan.TicksPerHour;
        if (!Skip(ref text, ':'))
        {
            return true;
        }

        precision = TimePrecision.Minute;
        if (!TryNumber(ref text, 2, out var minute) || minute > 59)
        {
            return false;
        }

        ticks += minute * TimeSpan.TicksPerMinute;
        if (!Skip(ref text, ':'))
        {
            return true;
        }

        precision = TimePrecision.Second;

        // R4 datatypes.html#dateTime: a leap second may be written; it is compared as the second before it.
        if (!TryNumber(ref text, 2, out var second) || second > 60)
        {
            return false;
        }

        ticks += Math.Min(second, 59) * TimeSpan.TicksPerSecond;
        if (!Skip(ref text, '.'))
        {
            return true;
        }

        var unit = TimeSpan.TicksPerSecond;
        while (!text.IsEmpty && char.IsAsciiDigit((char)text[0]))
        {
            unit /= 10;
            ticks += (text[0] - '0') * unit;
            text = text[1..];
            digits++;
        }

        return digits is > 0 and < 32;
    }

    private static bool TryZone(ref ReadOnlySpan<byte> text, out int? offset)
    {
        offset = null;
        if (text.IsEmpty)
        {
            return true;
        }

        if (Skip(ref text, 'Z'))
        {
            offset = 0;
            return true;
        }

        var sign = text[0] == (byte)'-' ? -1 : 1;
        if ((!Skip(ref text, '+') && !Skip(ref text, '-'))
            || !TryNumber(ref text, 2, out var hours) || hours > 14
            || !Skip(ref text, ':')
            || !TryNumber(ref text, 2, out var minutes) || minutes > 59)
        {
            return false;
        }

        offset = sign * ((hours * 60) + minutes);
        return true;
    }

    private static bool Skip(ref ReadOnlySpan<byte> text, char one)
    {
        if (text.IsEmpty || text[0] != (byte)one)
        {
            return false;
        }

        text = text[1..];
        return true;
    }

    private static bool TryNumber(ref ReadOnlySpan<byte> text, int digits, out int value)
    {
        value = 0;
        if (text.Length < digits)
        {
            return false;
        }

        for (var i = 0; i < digits; i++)
        {
            if (!char.IsAsciiDigit((char)text[i]))
            {
                return false;
            }

            value = (value * 10) + (text[i] - '0');
        }

        text = text[digits..];
        return true;
    }
}
