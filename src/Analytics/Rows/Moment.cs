namespace Kangqiao.Analytics.Rows;

/// <summary>
/// A FHIR date, dateTime, instant or time as numbers. What is written without zone is the city's time, and days are the city's days:
/// Asia/Shanghai, eight hours ahead of UTC all year.
/// </summary>
internal readonly struct Moment
{
    private const long DayMicroseconds = 86_400_000_000;
    private const long CityOffset = 8 * 3_600_000_000L;

    private readonly int days;
    private readonly long time;
    private readonly long? offset;
    private readonly bool hasTime;

    private Moment(int days, long time, long? offset, bool hasTime)
    {
        this.days = days;
        this.time = time;
        this.offset = offset;
        this.hasTime = hasTime;
    }

    /// <summary>Days from 1970-01-01 to the city's day.</summary>
    public int CityDay => hasTime && offset is not null ? (int)Math.Floor(CityMicroseconds / (double)DayMicroseconds) : days;

    /// <summary>Microseconds from 1970-01-01 00:00 on the city's clock.</summary>
    public long CityMicroseconds => UtcMicroseconds + CityOffset;

    public long UtcMicroseconds => (days * DayMicroseconds) + time - (offset ?? CityOffset);

    /// <summary>Microseconds of the day.</summary>
    public long Time => time;

    /// <summary>False for what is no date, and for a year or month without its day.</summary>
    public static bool TryDay(ReadOnlySpan<byte> text, out Moment moment)
    {
        moment = default;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-'
            || !TryDigits(text[..4], out var year) || !TryDigits(text.Slice(5, 2), out var month) || !TryDigits(text.Slice(8, 2), out var day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        var date = new DateOnly(year, month, day).DayNumber - 719162;
        if (text.Length == 10)
        {
            moment = new Moment(date, 0, null, hasTime: false);
            return true;
        }

        if (text[10] != 'T' || !TryClock(text[11..], out var time, out var used))
        {
            return false;
        }

        var zone = text[(11 + used)..];
        if (!TryZone(zone, out var offset))
        {
            return false;
        }

        moment = new Moment(date, time, offset, hasTime: true);
        return true;
    }

    public static bool TryTime(ReadOnlySpan<byte> text, out Moment moment)
    {
        var isTime = TryClock(text, out var time, out var used) && used == text.Length;
        moment = new Moment(0, time, null, hasTime: true);
        return isTime;
    }

    private static bool TryClock(ReadOnlySpan<byte> text, out long time, out int used)
    {
        time = 0;
        used = 0;
        if (text.Length < 5 || text[2] != ':' || !TryDigits(text[..2], out var hour) || !TryDigits(text.Slice(3, 2), out var minute) || hour > 24 || minute > 59)
        {
            return false;
        }

        used = 5;
        time = ((hour * 60L) + minute) * 60_000_000;
        if (text.Length < 8 || text[5] != ':')
        {
            return true;
        }

        if (!TryDigits(text.Slice(6, 2), out var second) || second > 60)
        {
            return false;
        }

        used = 8;
        time += second * 1_000_000L;
        if (text.Length > 8 && text[8] == '.')
        {
            var weight = 100_000L;
            for (used = 9; used < text.Length && char.IsAsciiDigit((char)text[used]); used++)
            {
                time += (text[used] - '0') * weight;
                weight /= 10;
            }
        }

        return true;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, out long? offset)
    {
        offset = null;
        switch (text)
        {
            case []:
                return true;
            case [(byte)'Z']:
                offset = 0;
                return true;
            case [(byte)'+' or (byte)'-', _, _, (byte)':', _, _] when TryDigits(text.Slice(1, 2), out var hours) && TryDigits(text.Slice(4, 2), out var minutes):
                offset = ((hours * 60L) + minutes) * 60_000_000 * (text[0] == '-' ? -1 : 1);
                return true;
            default:
                return false;
        }
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (var digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            number = (number * 10) + digit - '0';
        }

        return true;
    }
}
