using System.Globalization;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Units;

namespace Kangqiao.Fhir.Validation;

/// <summary>Compares values with the minValue[x] and maxValue[x] of an element definition.</summary>
internal static class ValueOrder
{
    /// <summary>Less than, equal to or greater than zero as in IComparable; zero where the two cannot be compared.</summary>
    /// <param name="isMinimum">
    /// A Duration as limit of a date is positive: subtracted from the present for a minimum, added for a maximum
    /// (elementdefinition-definitions.html#ElementDefinition.minValue_x_).
    /// </param>
    public static int Compare(Element value, Element limit, bool isMinimum, TimeProvider time)
    {
        if (value.IsPrimitive)
        {
            return limit.IsPrimitive ? ComparePrimitive(value, limit) : CompareWithNow(value, limit, isMinimum, time);
        }

        return value.Child(WellKnown.Value) is { Exists: true, HasValue: true } && !limit.IsPrimitive ? CompareQuantity(value, limit) : 0;
    }

    private static int ComparePrimitive(Element value, Element limit)
    {
        if (!value.HasValue || !limit.HasValue)
        {
            return 0;
        }

        if (value.IsNumber && limit.IsNumber)
        {
            return Number(value) is { } left && Number(limit) is { } right ? left.CompareTo(right) : 0;
        }

        var (text, bound) = (value.Text()!, limit.Text()!);
        if (value.Type.Name == "time")
        {
            return string.CompareOrdinal(text, bound);
        }

        return CompareMoments(text, bound);
    }

    private static int CompareQuantity(Element value, Element limit)
    {
        if (Number(value.Child(WellKnown.Value)) is not { } left || Number(limit.Child(WellKnown.Value)) is not { } right)
        {
            return 0;
        }

        var (unit, boundUnit) = (value.ChildText("code"), limit.ChildText("code"));
        if (unit == boundUnit || boundUnit is null)
        {
            return left.CompareTo(right);
        }

        return unit is not null && Ucum.TryConvert(right, boundUnit, unit, out var converted) ? left.CompareTo(converted) : 0;
    }

    private static int CompareWithNow(Element value, Element duration, bool isMinimum, TimeProvider time)
    {
        if (!value.HasValue || Number(duration.Child(WellKnown.Value)) is not { } amount || duration.ChildText("code") is not { } unit)
        {
            return 0;
        }

        // Whole months keep the day of the month; what UCUM says of a month in seconds would drift.
        var now = time.GetUtcNow();
        var signed = isMinimum ? -amount : amount;
        try
        {
            var bound = unit switch
            {
                "a" => now.AddMonths((int)(signed * 12)),
                "mo" => now.AddMonths((int)signed),
                _ => Ucum.TryConvert(signed, unit, "s", out var seconds) ? now.AddSeconds((double)seconds) : (DateTimeOffset?)null,
            };
            return bound is { } at
                ? CompareMoments(value.Text()!, at.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture))
                : 0;
        }
        catch (Exception fault) when (fault is ArgumentOutOfRangeException or OverflowException)
        {
            // A limit beyond the calendar bounds nothing.
            return 0;
        }
    }

    /// <summary>A partial date covers a range: it is below a bound only if all of it is.</summary>
    private static int CompareMoments(string value, string bound)
    {
        if (!TryRange(value, out var start, out var end) || !TryRange(bound, out var boundStart, out var boundEnd))
        {
            return 0;
        }

        return end < boundStart ? -1 : start > boundEnd ? 1 : 0;
    }

    private static bool TryRange(string text, out DateTimeOffset start, out DateTimeOffset end)
    {
        end = default;
        var format = text.Length switch
        {
            4 => "yyyy",
            7 => "yyyy-MM",
            10 => "yyyy-MM-dd",
            _ => null,
        };
        if (format is null)
        {
            var isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out start);
            end = start;
            return isTime;
        }

        if (!DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out start)
            || start.Year == 9999)
        {
            return false;
        }

        end = (text.Length switch
        {
            4 => start.AddYears(1),
            7 => start.AddMonths(1),
            _ => start.AddDays(1),
        }).AddTicks(-1);
        return true;
    }

    private static decimal? Number(Element element) =>
        element.Exists && decimal.TryParse(element.Raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
