namespace Kangqiao.Fhir.FhirPath;

/// <summary>
/// lowBoundary(), highBoundary(), precision() (http://hl7.org/fhirpath/#boundaries): the least and greatest value that what
/// was written may stand for.
/// </summary>
internal static class Boundaries
{
    private const int MaxDigits = 28;

    /// <summary>Null where there is none at that precision.</summary>
    public static FhirPathItem? Of(in FhirPathItem value, int? digits, bool isHigh)
    {
        switch (value.Kind)
        {
            case ItemKind.Integer or ItemKind.Long or ItemKind.Decimal:
                return OfDecimal(value.Decimal, digits ?? 8, isHigh) is { } number ? FhirPathItem.Of(number) : null;
            case ItemKind.Quantity:
                return OfDecimal(value.Decimal, digits ?? 8, isHigh) is { } amount
                    ? FhirPathItem.OfQuantity(amount, value.Unit, value.UnitKind)
                    : null;
            case ItemKind.Date:
                return OfMoment(value, digits ?? 8, isHigh);
            case ItemKind.DateTime:
                return OfMoment(value, digits ?? 17, isHigh);
            default:
                return OfMoment(value, digits ?? 9, isHigh);
        }
    }

    private static decimal? OfDecimal(decimal value, int digits, bool isHigh)
    {
        if (digits is < 0 or > MaxDigits || Math.Abs(value) > 1e18m || value.Scale >= MaxDigits)
        {
            return null;
        }

        var half = 0.5m;
        for (var i = 0; i < value.Scale; i++)
        {
            half /= 10;
        }

        // The bound nearer zero is cut off, the one farther from it rounded (as the official suite has both).
        var isFar = value == 0 || isHigh == value > 0;
        var bound = isHigh ? value + half : value - half;
        bound = decimal.Round(bound, digits, isFar ? MidpointRounding.AwayFromZero : MidpointRounding.ToZero);
        return bound + new decimal(0, 0, 0, false, (byte)digits);
    }

    private static FhirPathItem? OfMoment(in FhirPathItem item, int digits, bool isHigh)
    {
        var value = item.Temporal;
        var isTime = item.Kind == ItemKind.Time;
        TimePrecision? wanted = (isTime, digits) switch
        {
            (false, 4) => TimePrecision.Year,
            (false, 6) => TimePrecision.Month,
            (false, 8) => TimePrecision.Day,
            (false, 10) or (true, 2) => TimePrecision.Hour,
            (false, 12) or (true, 4) => TimePrecision.Minute,
            (false, 14 or 17) or (true, 6 or 9) => TimePrecision.Second,
            _ => null,
        };
        if (wanted is not { } precision || (item.Kind == ItemKind.Date && digits > 8))
        {
            return null;
        }

        var ticks = value.Ticks;
        if (isHigh && value.Precision < TimePrecision.Second)
        {
            ticks = EndOf(value) - TimeSpan.TicksPerMillisecond;
        }
        else if (isHigh && value.FractionDigits < 3)
        {
            // 12:34:00 is any moment of that second, 12:34:00.1 any of that tenth (SQL on FHIR's suite, fn_boundary.json).
            var stated = value.FractionDigits switch { 0 => TimeSpan.TicksPerSecond, 1 => TimeSpan.TicksPerSecond / 10, _ => TimeSpan.TicksPerSecond / 100 };
            ticks += stated - TimeSpan.TicksPerMillisecond;
        }

        var hasFraction = digits is 17 or 9;
        ticks = Temporal.Truncate(ticks, precision);
        if (!hasFraction && precision == TimePrecision.Second)
        {
            ticks -= ticks % TimeSpan.TicksPerSecond;
        }

        // The zone of a zoneless instant is anywhere from -12:00 to +14:00.
        int? offset = precision < TimePrecision.Hour || isTime ? null : value.HasOffset ? value.Offset : isHigh ? -12 * 60 : 14 * 60;
        return FhirPathItem.Of(item.Kind, new Temporal(ticks, precision, hasFraction ? 3 : 0, offset));
    }

    private static long EndOf(Temporal value)
    {
        var at = value.Local;
        return value.Precision switch
        {
            TimePrecision.Year => at.Year == 9999 ? DateTime.MaxValue.Ticks + 1 : at.AddYears(1).Ticks,
            TimePrecision.Month => at is { Year: 9999, Month: 12 } ? DateTime.MaxValue.Ticks + 1 : at.AddMonths(1).Ticks,
            TimePrecision.Day => value.Ticks + TimeSpan.TicksPerDay,

            // FHIR knows no hour without minutes: T08 is read as 08:00 (official suite, HighBoundaryDateTimeMillisecond1).
            _ => value.Ticks + TimeSpan.TicksPerMinute,
        };
    }
}
