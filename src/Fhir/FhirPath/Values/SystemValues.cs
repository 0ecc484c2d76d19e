using System.Globalization;
using System.Text;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>The System values that FHIR primitives stand for (R4 fhirpath.html#types).</summary>
internal static class SystemValues
{
    /// <summary>The kind of value an item has: of a primitive element its System type, of a Quantity element Quantity, else its own.</summary>
    public static ItemKind KindOf(in FhirPathItem item)
    {
        if (item.Kind != ItemKind.Element)
        {
            return item.Kind;
        }

        var element = item.Element;
        return element.IsPrimitive ? KnownNames.All.Kinds[element.TypeId]
            : KnownNames.All.IsQuantity[element.TypeId] ? ItemKind.Quantity
            : ItemKind.Element;
    }

    /// <summary>The value itself; false for a complex element and a primitive without (readable) value.</summary>
    public static bool TryOf(in FhirPathItem item, out FhirPathItem value)
    {
        value = item;
        return item.Kind switch
        {
            ItemKind.Element => TryOf(item.Element, out value),
            ItemKind.Type or ItemKind.Unresolved => false,
            _ => true,
        };
    }

    public static bool TryOf(Element element, out FhirPathItem value)
    {
        value = default;
        if (!element.IsPrimitive)
        {
            return Quantities.TryOf(element, out value);
        }

        if (!element.HasValue)
        {
            return false;
        }

        var kind = KnownNames.All.Kinds[element.TypeId];
        switch (kind)
        {
            case ItemKind.Boolean:
                value = FhirPathItem.Of(element.Raw.SequenceEqual("true"u8));
                return true;
            case ItemKind.Integer:
                var isWhole = int.TryParse(element.Raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole);
                value = FhirPathItem.Of(whole);
                return isWhole;
            case ItemKind.Decimal:
                var isNumber = TryDecimal(element, out var number);
                value = FhirPathItem.Of(number);
                return isNumber;
            case ItemKind.Date or ItemKind.DateTime or ItemKind.Time:
                var isMoment = TemporalText.TryParse(kind, element.IsEscaped ? Encoding.UTF8.GetBytes(element.Text()!) : element.Raw, out var moment);
                value = FhirPathItem.Of(kind, moment);
                return isMoment;
            default:
                value = FhirPathItem.Of(element.Text()!);
                return true;
        }
    }

    public static bool TryDecimal(Element element, out decimal value) =>
        decimal.TryParse(element.Raw, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    /// <summary>[+-]digits[.digits], as FHIRPath's toDecimal() takes it.</summary>
    public static bool TryDecimal(ReadOnlySpan<char> text, out decimal value)
    {
        value = 0;
        return !text.IsEmpty && char.IsAsciiDigit(text[^1]) && text.TrimStart("+-") is [>= '0' and <= '9', ..]
            && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
    }
}
