using System.Globalization;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>http://hl7.org/fhirpath/#conversion: toX() and convertsToX(), and iif() aside, type().</summary>
internal static class ConversionFunctions
{
    private delegate FhirPathItem? Conversion(in FhirPathItem value);

    public static readonly Function[] All =
    [
        .. Pair("Boolean", ToBoolean),
        .. Pair("Integer", ToInteger),
        .. Pair("Long", ToLong),
        .. Pair("Decimal", ToDecimal),
        new("toString", 0, 0, ToText),
        new("convertsToString", 0, 0, (in call, ref _, input, output) => Convert(call, input, output, ToText, isAsked: true)),
        .. Pair("Date", static (in value) => ToMoment(value, ItemKind.Date)),
        .. Pair("DateTime", static (in value) => ToMoment(value, ItemKind.DateTime)),
        .. Pair("Time", static (in value) => ToMoment(value, ItemKind.Time)),
        new("toQuantity", 0, 1, static (in call, ref frame, input, output) => Quantity(call, ref frame, input, output, isAsked: false)),
        new("convertsToQuantity", 0, 1, static (in call, ref frame, input, output) => Quantity(call, ref frame, input, output, isAsked: true)),
        new("type", 0, 0, Type),
    ];

    /// <summary>As toString() writes a value.</summary>
    public static string Text(in FhirPathItem value) => value.ToString();

    private static Function[] Pair(string type, Conversion convert) =>
    [
        new("to" + type, 0, 0, (in call, ref _, input, output) => Convert(call, input, output, convert, isAsked: false)),
        new("convertsTo" + type, 0, 0, (in call, ref _, input, output) => Convert(call, input, output, convert, isAsked: true)),
    ];

    private static bool Convert(in Invocation call, FhirPathResults input, FhirPathResults output, Conversion convert, bool isAsked)
    {
        if (!call.TryInputValue(input, out var value, out var isThere))
        {
            return false;
        }

        if (input.Count == 0)
        {
            return true;
        }

        var result = isThere ? convert(value) : null;
        if (isAsked)
        {
            return ExistenceFunctions.Yes(result is not null, output);
        }

        if (result is { } item)
        {
            output.Add(item);
        }

        return true;
    }

    private static FhirPathItem? ToBoolean(in FhirPathItem value)
    {
        switch (value.Kind)
        {
            case ItemKind.Boolean:
                return value;
            case ItemKind.Integer or ItemKind.Long or ItemKind.Decimal:
                return value.Decimal == 1 ? FhirPathItem.Of(true) : value.Decimal == 0 ? FhirPathItem.Of(false) : null;
            case ItemKind.String:
                return value.String.ToLowerInvariant() switch
                {
                    "true" or "t" or "yes" or "y" or "1" or "1.0" => FhirPathItem.Of(true),
                    "false" or "f" or "no" or "n" or "0" or "0.0" => FhirPathItem.Of(false),
                    _ => null,
                };
            default:
                return null;
        }
    }

    private static FhirPathItem? ToInteger(in FhirPathItem value) => value.Kind switch
    {
        ItemKind.Integer => value,
        ItemKind.Long => value.Integer is >= int.MinValue and <= int.MaxValue ? FhirPathItem.Of((int)value.Integer) : null,
        ItemKind.Boolean => FhirPathItem.Of(value.Boolean ? 1 : 0),
        ItemKind.String => int.TryParse(value.String, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? FhirPathItem.Of(number) : null,
        _ => null,
    };

    private static FhirPathItem? ToLong(in FhirPathItem value) => value.Kind switch
    {
        ItemKind.Long or ItemKind.Integer => FhirPathItem.OfLong(value.Integer),
        ItemKind.Boolean => FhirPathItem.OfLong(value.Boolean ? 1 : 0),
        ItemKind.String => long.TryParse(value.String, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? FhirPathItem.OfLong(number) : null,
        _ => null,
    };

    private static FhirPathItem? ToDecimal(in FhirPathItem value) => value.Kind switch
    {
        ItemKind.Decimal => value,
        ItemKind.Integer or ItemKind.Long => FhirPathItem.Of((decimal)value.Integer),
        ItemKind.Boolean => FhirPathItem.Of(value.Boolean ? 1m : 0m),
        ItemKind.String => SystemValues.TryDecimal(value.String, out var number) ? FhirPathItem.Of(number) : null,
        _ => null,
    };

    private static FhirPathItem? ToText(in FhirPathItem value) =>
        value.Kind is ItemKind.Element or ItemKind.Type or ItemKind.Unresolved ? null : FhirPathItem.Of(Text(value));

    /// <summary>A recorded value keeps the digits and the zone it was sent with.</summary>
    private static bool ToText(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output) =>
        input.Count == 1 && input[0].Element is { Exists: true, IsPrimitive: true, HasValue: true } element
            ? Texts.Add(call.Env, element.Text()!, output)
            : Convert(call, input, output, ToText, isAsked: false);

    private static FhirPathItem? ToMoment(in FhirPathItem value, ItemKind wanted)
    {
        if (value.Kind == wanted)
        {
            return value;
        }

        switch (value.Kind, wanted)
        {
            case (ItemKind.Date, ItemKind.DateTime):
                return FhirPathItem.Of(ItemKind.DateTime, value.Temporal);
            case (ItemKind.DateTime, ItemKind.Date):
                var moment = value.Temporal;
                var precision = moment.Precision > TimePrecision.Day ? TimePrecision.Day : moment.Precision;
                return FhirPathItem.Of(ItemKind.Date, new Temporal(Temporal.Truncate(moment.Ticks, precision), precision, 0, null));
            case (ItemKind.String, ItemKind.Date):
                // A date-time's text converts too; its time is dropped (#todate--date).
                return TemporalText.TryParse(ItemKind.DateTime, value.String, out var read) && !value.String.EndsWith('T')
                    ? ToMoment(FhirPathItem.Of(ItemKind.DateTime, read), ItemKind.Date)
                    : null;
            case (ItemKind.String, _):
                return TemporalText.TryParse(wanted, value.String, out var parsed) ? FhirPathItem.Of(wanted, parsed) : null;
            default:
                return null;
        }
    }

    private static bool Quantity(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output, bool isAsked)
    {
        if (!call.TryInputValue(input, out var value, out var isThere) || !call.TryText(0, ref frame, out var unit))
        {
            return false;
        }

        if (input.Count == 0)
        {
            return true;
        }

        var isQuantity = isThere;
        var quantity = value;
        switch (value.Kind)
        {
            case ItemKind.Quantity:
                break;
            case ItemKind.Integer or ItemKind.Long or ItemKind.Decimal:
                quantity = Quantities.OfNumber(value.Decimal);
                break;
            case ItemKind.Boolean:
                quantity = Quantities.OfNumber(value.Boolean ? 1.0m : 0.0m);
                break;
            case ItemKind.String:
                isQuantity = Quantities.TryParse(value.String, out quantity);
                break;
            default:
                isQuantity = false;
                break;
        }

        if (isQuantity && unit is not null)
        {
            var target = Quantities.OfLiteral(1, unit);
            isQuantity = Quantities.TryConvert(quantity, target, loosely: true, out var converted);
            quantity = FhirPathItem.OfQuantity(converted, target.Unit, target.UnitKind);
        }

        if (isAsked)
        {
            return ExistenceFunctions.Yes(isQuantity, output);
        }

        if (isQuantity)
        {
            output.Add(quantity);
        }

        return true;
    }

    /// <summary>http://hl7.org/fhirpath/#reflection.</summary>
    private static bool Type(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        foreach (ref readonly var item in input.Span)
        {
            output.Add(FhirPathItem.Of(item.Kind switch
            {
                ItemKind.Element => new TypeName("FHIR", item.Element.Type.Name),
                ItemKind.Unresolved => new TypeName("FHIR", item.Target.Name),
                ItemKind.Type => new TypeName("System", "SimpleTypeInfo"),
                _ => new TypeName("System", item.Kind.ToString()),
            }));
        }

        return call.Env.Spend(input.Count);
    }
}
