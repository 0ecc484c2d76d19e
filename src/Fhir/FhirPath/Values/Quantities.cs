using System.Globalization;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Units;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>What FHIRPath may do with quantities: UCUM units through <see cref="Ucum"/>, calendar words by their own rules.</summary>
internal static class Quantities
{
    private const string One = "1";

    public static FhirPathItem OfNumber(decimal value) => FhirPathItem.OfQuantity(value, One, UnitKind.Ucum);

    /// <summary>A quoted unit is UCUM; a calendar word in quotes that UCUM does not know is taken for the calendar's.</summary>
    public static FhirPathItem OfLiteral(decimal value, string unit) =>
        Ucum.Parse(unit) is null && CalendarUnit.TryParse(unit, out var calendar)
            ? FhirPathItem.OfQuantity(value, calendar.Word, UnitKind.Calendar)
            : FhirPathItem.OfQuantity(value, unit, UnitKind.Ucum);

    /// <summary>
    /// R4 fhirpath.html#quantity: a Quantity element is a System.Quantity. One with a comparator is no definite value, one
    /// without value is none.
    /// </summary>
    public static bool TryOf(Element element, out FhirPathItem quantity)
    {
        quantity = default;
        var names = KnownNames.All;
        if (element.IsPrimitive || !names.IsQuantity[element.TypeId] || element.Child(names.Comparator).Exists)
        {
            return false;
        }

        var value = element.Child(names.Value);
        if (!value.Exists || !SystemValues.TryDecimal(value, out var number))
        {
            return false;
        }

        var system = element.Child(names.System);
        var code = element.Child(names.Code);
        var unit = code.Exists && code.HasValue ? code.Text() : element.Child(names.Unit) is { Exists: true } word ? word.Text() : null;
        var isUcum = !system.Exists || system.TextIs("http://unitsofmeasure.org"u8);
        quantity = unit is null ? OfNumber(number)
            : isUcum && unit is "a" or "mo" ? FhirPathItem.OfQuantity(number, unit, UnitKind.Recorded)
            : FhirPathItem.OfQuantity(number, unit, isUcum ? UnitKind.Ucum : UnitKind.Foreign);
        return true;
    }

    public static string Format(in FhirPathItem quantity)
    {
        var value = quantity.Decimal.ToString(CultureInfo.InvariantCulture);
        return quantity.UnitKind == UnitKind.Calendar
            ? value + " " + quantity.Unit + (quantity.Decimal is 1 or -1 ? string.Empty : "s")
            : $"{value} '{quantity.Unit}'";
    }

    /// <summary>Reads "4.5 'mg'", "1 day", "7".</summary>
    public static bool TryParse(string text, out FhirPathItem quantity)
    {
        quantity = default;
        var rest = text.AsSpan().Trim();
        var end = 0;
        while (end < rest.Length && (char.IsAsciiDigit(rest[end]) || rest[end] == '.' || (end == 0 && rest[end] is '+' or '-')))
        {
            end++;
        }

        if (end == 0 || !SystemValues.TryDecimal(rest[..end], out var value))
        {
            return false;
        }

        var unit = rest[end..].TrimStart();
        if (unit.IsEmpty)
        {
            quantity = OfNumber(value);
            return true;
        }

        if (unit.Length >= 2 && unit[0] == '\'' && unit[^1] == '\'')
        {
            quantity = OfLiteral(value, unit[1..^1].ToString());
            return true;
        }

        // A word must stand apart from the number: http://hl7.org/fhirpath/#toquantityunit--string--quantity.
        if (unit.Length < rest.Length - end && CalendarUnit.TryParse(unit, out var calendar))
        {
            quantity = FhirPathItem.OfQuantity(value, calendar.Word, UnitKind.Calendar);
            return true;
        }

        return false;
    }

    /// <summary>The value of <paramref name="from"/> in the unit of <paramref name="to"/>.</summary>
    /// <param name="loosely">A calendar year or month counts as UCUM's mean one, as for ~.</param>
    /// <returns>False where the units do not compare.</returns>
    public static bool TryConvert(in FhirPathItem from, in FhirPathItem to, bool loosely, out decimal value)
    {
        value = from.Decimal;
        if (from.UnitKind == to.UnitKind && from.Unit == to.Unit)
        {
            return true;
        }

        loosely |= from.UnitKind == UnitKind.Recorded || to.UnitKind == UnitKind.Recorded;
        if (from.UnitKind == UnitKind.Foreign || to.UnitKind == UnitKind.Foreign)
        {
            return false;
        }

        if (from.UnitKind == UnitKind.Calendar && to.UnitKind == UnitKind.Calendar)
        {
            return TryConvertCalendar(from, to, out value);
        }

        return TryUcumCode(from, loosely, out var source) && TryUcumCode(to, loosely, out var target)
            && Ucum.TryConvert(from.Decimal, source, target, out value);
    }

    /// <summary>Null where the units do not compare.</summary>
    public static int? Compare(in FhirPathItem left, in FhirPathItem right) =>
        TryConvert(right, left, loosely: false, out var value) ? left.Decimal.CompareTo(value)
        : TryConvert(left, right, loosely: false, out value) ? value.CompareTo(right.Decimal)
        : null;

    /// <summary>
    /// FHIRPath ~ on quantities: the same once both are in one unit and rounded to the digits of the less precise. Either
    /// unit may be the one, so that the answer does not hang on the order.
    /// </summary>
    public static bool AreEquivalent(in FhirPathItem left, in FhirPathItem right) =>
        (TryConvert(right, left, loosely: true, out var value) && Numbers.AreEquivalent(left.Decimal, value))
        || (TryConvert(left, right, loosely: true, out value) && Numbers.AreEquivalent(value, right.Decimal));

    /// <summary>Null where the units do not combine, or the result is out of range.</summary>
    public static FhirPathItem? Add(in FhirPathItem left, in FhirPathItem right, int sign)
    {
        // http://hl7.org/fhirpath/#addition: the result has the unit of the finer of the two.
        if (TryConvert(right, left, loosely: false, out var other) && Math.Abs(other) >= Math.Abs(right.Decimal))
        {
            return Numbers.TryAdd(left.Decimal, sign * other, out var sum) ? FhirPathItem.OfQuantity(sum, left.Unit, left.UnitKind) : null;
        }

        return TryConvert(left, right, loosely: false, out other) && Numbers.TryAdd(other, sign * right.Decimal, out var result)
            ? FhirPathItem.OfQuantity(result, right.Unit, right.UnitKind)
            : null;
    }

    public static FhirPathItem? Multiply(in FhirPathItem left, in FhirPathItem right) =>
        TryUcumCode(left, loosely: true, out var one) && TryUcumCode(right, loosely: true, out var other)
        && Numbers.TryMultiply(left.Decimal, right.Decimal, out var product)
            ? Scaled(product, left, right) ?? Combined(product, Ucum.Multiply(one, other))
            : null;

    public static FhirPathItem? Divide(in FhirPathItem left, in FhirPathItem right)
    {
        if (!Numbers.TryDivide(left.Decimal, right.Decimal, out var quotient))
        {
            return null;
        }

        if (IsOne(right))
        {
            return FhirPathItem.OfQuantity(quotient, left.Unit, left.UnitKind);
        }

        if (left.UnitKind == right.UnitKind && left.Unit == right.Unit)
        {
            return OfNumber(quotient);
        }

        return TryUcumCode(left, loosely: true, out var one) && TryUcumCode(right, loosely: true, out var other)
            ? Combined(quotient, Ucum.Divide(one, other))
            : null;
    }

    private static bool IsOne(in FhirPathItem quantity) => quantity.UnitKind == UnitKind.Ucum && quantity.Unit == One;

    private static FhirPathItem? Scaled(decimal product, in FhirPathItem left, in FhirPathItem right) =>
        IsOne(right) ? FhirPathItem.OfQuantity(product, left.Unit, left.UnitKind)
        : IsOne(left) ? FhirPathItem.OfQuantity(product, right.Unit, right.UnitKind)
        : null;

    private static FhirPathItem? Combined(decimal value, string? unit) =>
        unit is not null ? FhirPathItem.OfQuantity(value, unit, UnitKind.Ucum) : null;

    private static bool TryUcumCode(in FhirPathItem quantity, bool loosely, out string code)
    {
        code = quantity.Unit;
        if (quantity.UnitKind == UnitKind.Calendar && CalendarUnit.TryParse(code, out var calendar))
        {
            code = calendar.UcumCode;
            return loosely || calendar.EqualsUcum;
        }

        return quantity.UnitKind is UnitKind.Ucum or UnitKind.Recorded;
    }

    private static bool TryConvertCalendar(in FhirPathItem from, in FhirPathItem to, out decimal value)
    {
        // http://hl7.org/fhirpath/#time-valued-quantities: a year is 12 months; beside days it counts 365, a month 30.
        var months = (Months(from.Unit), Months(to.Unit));
        return months is ( > 0, > 0)
            ? Numbers.TryMultiply(from.Decimal, months.Item1, out value) && Numbers.TryDivide(value, months.Item2, out value)
            : Numbers.TryMultiply(from.Decimal, Milliseconds(from.Unit), out value)
                && Numbers.TryDivide(value, Milliseconds(to.Unit), out value);
    }

    private static decimal Months(string word) => word switch
    {
        "year" => 12,
        "month" => 1,
        _ => 0,
    };

    /// <summary>The length of a calendar word by the table of FHIRPath.</summary>
    public static decimal Milliseconds(string word) => word switch
    {
        "year" => 365 * 86_400_000m,
        "month" => 30 * 86_400_000m,
        "week" => 7 * 86_400_000m,
        "day" => 86_400_000m,
        "hour" => 3_600_000m,
        "minute" => 60_000m,
        "second" => 1000m,
        _ => 1m,
    };
}
