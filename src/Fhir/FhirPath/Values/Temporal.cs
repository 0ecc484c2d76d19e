using System.Globalization;
using System.Text;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>
/// A date, date-time or time that is only as precise as it was written: 1958-03 stays without a day. For a time the
/// ticks count from midnight, else from year 1, in the zone stated; what is not stated is the least possible.
/// </summary>
internal readonly struct Temporal
{
    public Temporal(long ticks, long rest)
    {
        Ticks = ticks;
        Rest = rest;
    }

    public Temporal(long ticks, TimePrecision precision, int fractionDigits, int? offsetMinutes)
        : this(ticks, (long)precision | ((long)fractionDigits << 8) | (offsetMinutes is { } o ? 1L << 16 | (long)(o + 1024) << 32 : 0))
    {
    }

    /// <summary>100 ns, local to the stated zone.</summary>
    public long Ticks { get; }

    /// <summary>Precision, digits of the second's fraction, and zone, packed.</summary>
    public long Rest { get; }

    public TimePrecision Precision => (TimePrecision)(Rest & 0xFF);

    /// <summary>Digits written after the second's point.</summary>
    public int FractionDigits => (int)((Rest >> 8) & 0xFF);

    public bool HasOffset => (Rest & (1L << 16)) != 0;

    /// <summary>Minutes east of UTC; 0 without zone.</summary>
    public int Offset => HasOffset ? (int)(Rest >> 32) - 1024 : 0;

    public int? OffsetOrNone => HasOffset ? Offset : null;

    public long UtcTicks => Ticks - (Offset * TimeSpan.TicksPerMinute);

    public DateTime Local => new(Math.Clamp(Ticks, 0, DateTime.MaxValue.Ticks));

    public Temporal With(long ticks) => new(ticks, Rest);

    public Temporal With(TimePrecision precision, int fractionDigits, int? offset) => new(Ticks, precision, fractionDigits, offset);

    /// <summary>Digits as FHIRPath's precision() counts them: 4, 6, 8 for dates, 10 to 17 with a time; 2 to 9 for a time.</summary>
    public int Digits(ItemKind kind)
    {
        var isTime = kind == ItemKind.Time;
        return Precision switch
        {
            TimePrecision.Year => 4,
            TimePrecision.Month => 6,
            TimePrecision.Day => 8,
            TimePrecision.Hour => isTime ? 2 : 10,
            TimePrecision.Minute => isTime ? 4 : 12,
            _ => (isTime ? 6 : 14) + (FractionDigits > 0 ? Math.Max(3, FractionDigits) : 0),
        };
    }

    /// <summary>As FHIR and ISO 8601 write it.</summary>
    public string Format(ItemKind kind)
    {
        var builder = new StringBuilder(32);
        if (kind == ItemKind.Time)
        {
            AppendTime(builder, new DateTime(Math.Clamp(Ticks, 0, TimeSpan.TicksPerDay - 1)));
            return builder.ToString();
        }

        var at = Local;
        builder.Append(CultureInfo.InvariantCulture, $"{at.Year:0000}");
        if (Precision >= TimePrecision.Month)
        {
            builder.Append(CultureInfo.InvariantCulture, $"-{at.Month:00}");
        }

        if (Precision >= TimePrecision.Day)
        {
            builder.Append(CultureInfo.InvariantCulture, $"-{at.Day:00}");
        }

        if (Precision >= TimePrecision.Hour)
        {
            builder.Append('T');
            AppendTime(builder, at);
            if (HasOffset)
            {
                var minutes = Math.Abs(Offset);
                builder.Append(Offset == 0 ? "Z" : string.Create(
                    CultureInfo.InvariantCulture, $"{(Offset < 0 ? '-' : '+')}{minutes / 60:00}:{minutes % 60:00}"));
            }
        }

        return builder.ToString();
    }

    private void AppendTime(StringBuilder builder, DateTime at)
    {
        builder.Append(CultureInfo.InvariantCulture, $"{at.Hour:00}");
        if (Precision >= TimePrecision.Minute)
        {
            builder.Append(CultureInfo.InvariantCulture, $":{at.Minute:00}");
        }

        if (Precision >= TimePrecision.Second)
        {
            builder.Append(CultureInfo.InvariantCulture, $":{at.Second:00}");
            if (FractionDigits > 0)
            {
                var fraction = (at.Ticks % TimeSpan.TicksPerSecond).ToString("0000000", CultureInfo.InvariantCulture);
                builder.Append('.').Append(fraction.AsSpan(0, Math.Min(7, FractionDigits)));
                builder.Append('0', Math.Max(0, Math.Min(9, FractionDigits) - 7));
            }
        }
    }

    /// <summary>
    /// FHIRPath, comparison of Date/DateTime/Time: part by part from the year; null when one value ends before a difference
    /// shows, or when only one of two times knows its zone and they are less than a day's zones apart.
    /// </summary>
    public static int? Compare(Temporal left, Temporal right)
    {
        var coarser = left.Precision < right.Precision ? left.Precision : right.Precision;
        var l = left.Ticks;
        var r = right.Ticks;
        if (coarser >= TimePrecision.Hour && left.HasOffset != right.HasOffset)
        {
            // Zones run from -12:00 to +14:00, so the zoneless instant lies within that of its UTC reading.
            var utc = left.HasOffset ? left.UtcTicks : right.UtcTicks;
            var local = left.HasOffset ? r : l;
            var order = utc < local - (14 * TimeSpan.TicksPerHour) ? -1 : utc > local + (12 * TimeSpan.TicksPerHour) ? 1 : 0;
            return order == 0 ? null : left.HasOffset ? order : -order;
        }

        if (coarser >= TimePrecision.Hour && left.HasOffset)
        {
            l = left.UtcTicks;
            r = right.UtcTicks;
        }

        var compared = Truncate(l, coarser).CompareTo(Truncate(r, coarser));
        return compared != 0 ? compared : left.Precision == right.Precision ? 0 : null;
    }

    /// <summary>The start of the year, month, … second (with its fraction) the ticks lie in.</summary>
    public static long Truncate(long ticks, TimePrecision precision)
    {
        switch (precision)
        {
            case TimePrecision.Second:
                return ticks;
            case TimePrecision.Minute:
                return ticks - (ticks % TimeSpan.TicksPerMinute);
            case TimePrecision.Hour:
                return ticks - (ticks % TimeSpan.TicksPerHour);
            case TimePrecision.Day:
                return ticks - (ticks % TimeSpan.TicksPerDay);
            default:
                var at = new DateTime(Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks));
                return new DateTime(at.Year, precision == TimePrecision.Month ? at.Month : 1, 1, 0, 0, 0, DateTimeKind.Unspecified).Ticks;
        }
    }
}
