using System.Globalization;
using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search.Paths;
using Kangqiao.Fhir.Text;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Search.Query;

/// <summary>Reads the value of a parameter by the parameter's type; a bad one is refused with the right form named.</summary>
internal readonly struct OperandParser(string name, SearchContext context)
{
    private const int MostParts = 16;

    public Outcome<Operand> Parse(SearchParameter parameter, SearchModifier modifier, TypeFact? targetType, string text)
    {
        if (text.Length == 0)
        {
            return Bad(text, "an alternative is empty; write \\, for a comma in the text");
        }

        if (parameter.Expression is null)
        {
            return SearchProblems.NotFromElements(name);
        }

        return parameter.Type == SearchType.Composite
            ? ParseComposite(parameter, text)
            : ParseSimple(parameter.Type, modifier, targetType, text);
    }

    private Outcome<Operand> ParseSimple(SearchType type, SearchModifier modifier, TypeFact? targetType, string text) => type switch
    {
        SearchType.String => ParseString(text),
        SearchType.Token => ParseToken(modifier, text),
        SearchType.Reference => modifier == SearchModifier.Identifier ? ParseToken(modifier, text) : ParseReference(targetType, text),
        SearchType.Date => ParseDate(text),
        SearchType.Number => ParseNumber(text).Then<Operand>(n => n),
        SearchType.Quantity => ParseQuantity(text),
        SearchType.Uri => new UriOperand(SearchEscapes.Unescape(text)),
        SearchType.Special => ParsePosition(text),
        _ => Bad(text, "it cannot be part of a composite"),
    };

    private Outcome<Operand> ParseComposite(SearchParameter parameter, string text)
    {
        var parts = SearchEscapes.Split(text, '$', MostParts);
        if (parts.Count != parameter.Components.Length || parts.Contains(""))
        {
            return Bad(text, "write " + string.Join('$', parameter.Components.Select(c => c.Code)));
        }

        var operands = new Operand[parts.Count];
        for (var i = 0; i < operands.Length; i++)
        {
            if (!ParseSimple(parameter.Components[i].Type, SearchModifier.None, null, parts[i]).Try(out var operand, out var problem))
            {
                return problem;
            }

            operands[i] = operand;
        }

        return new CompositeOperand(operands);
    }

    private Outcome<Operand> ParseString(string text)
    {
        var asked = SearchEscapes.Unescape(text);
        var form = SearchText.Normalise(asked);
        return form.Length == 0
            ? Bad(text, "there is nothing in it to look for")
            : new StringOperand(asked, form, SearchText.Compact(asked));
    }

    private Outcome<Operand> ParseToken(SearchModifier modifier, string text)
    {
        if (modifier == SearchModifier.Text)
        {
            var form = SearchText.Normalise(SearchEscapes.Unescape(text));
            return form.Length == 0 ? Bad(text, "there is nothing in it to look for") : new TokenTextOperand(form);
        }

        if (modifier is SearchModifier.In or SearchModifier.NotIn)
        {
            return new ConceptOperand(null, SearchEscapes.Unescape(text), context);
        }

        var parts = SearchEscapes.Split(text, '|', MostParts).ConvertAll(SearchEscapes.Unescape);
        if (modifier == SearchModifier.OfType)
        {
            return parts.Count == 3 && !parts.Contains("")
                ? new TokenOperand(parts[0], parts[1], parts[2])
                : Bad(text, "':of-type' takes [type system]|[type code]|[identifier value]");
        }

        if (modifier is SearchModifier.Above or SearchModifier.Below)
        {
            return parts.Count == 2 && !parts.Contains("")
                ? new ConceptOperand(parts[0], parts[1], context)
                : Bad(text, "':above' and ':below' take [system]|[code]");
        }

        return parts switch
        {
            [var code] => new TokenOperand(null, code),
            ["", ""] => Bad(text, "there is no system and no code"),
            [var system, ""] => new TokenOperand(system, null),
            [var system, var code] => new TokenOperand(system, code),
            _ => Bad(text, "write [code], [system]|[code], |[code] or [system]|; a | of the code itself is written \\|"),
        };
    }

    private Outcome<Operand> ParseReference(TypeFact? targetType, string text)
    {
        var asked = SearchEscapes.Unescape(text);
        var ownBase = context.OwnBase is null ? null : context.OwnBase.TrimEnd('/') + "/";
        if (ownBase is not null && asked.StartsWith(ownBase, StringComparison.Ordinal))
        {
            asked = asked[ownBase.Length..];
        }

        var utf8 = Encoding.UTF8.GetBytes(asked);
        var parts = ReferenceText.Split(utf8);
        string? Part(int start, int length) => length == 0 ? null : Encoding.UTF8.GetString(utf8, start, length);
        if (parts.TypeLength > 0)
        {
            var type = Part(parts.TypeStart, parts.TypeLength);
            var version = Part(parts.VersionStart, parts.VersionLength);
            if (targetType is not null && targetType.Name != type)
            {
                return Bad(text, $"it is not of the type {targetType.Name} that the modifier asks for");
            }

            return parts.HasBase
                ? new ReferenceOperand(null, null, version, Part(0, parts.IdStart + parts.IdLength), context)
                : new ReferenceOperand(type, Part(parts.IdStart, parts.IdLength), version, null, context);
        }

        if (asked.Contains(':', StringComparison.Ordinal))
        {
            var bar = asked.LastIndexOf('|');
            var version = bar < 0 ? null : asked[(bar + 1)..];
            return new ReferenceOperand(targetType?.Name, null, version, bar < 0 ? asked : asked[..bar], context);
        }

        return asked.Length <= 64 && asked.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')
            ? new ReferenceOperand(targetType?.Name, asked, null, null, context)
            : Bad(text, "write [id], [type]/[id] or an absolute URL");
    }

    private Outcome<Operand> ParseDate(string text)
    {
        var rest = Prefix(text, out var prefix);
        if (!DateRange.TryParse(Encoding.UTF8.GetBytes(rest), out var range))
        {
            return Bad(
                text,
                "write yyyy, yyyy-mm, yyyy-mm-dd or yyyy-mm-ddThh:mm:ss with or without zone, after a prefix such as ge if any");
        }

        // R4 search.html#prefix: "10% of the gap between now and the date".
        var gap = Math.Abs(context.Now.UtcTicks - range.Low) / 10;
        return new DateOperand(prefix, range, new DateRange(range.Low - gap, range.High + gap, range.Precision));
    }

    private Outcome<NumberOperand> ParseNumber(string text)
    {
        var rest = Prefix(text, out var prefix);
        var utf8 = Encoding.UTF8.GetBytes(rest);
        if (!SearchNumber.TryParse(utf8, out var value) || Math.Abs(value) >= SearchNumber.Largest)
        {
            return SearchProblems.BadValue(name, text, "write a number such as 100, 5.40 or 1e2, after a prefix such as ge if any");
        }

        var half = SearchNumber.HalfUnit(utf8);
        return half >= SearchNumber.Largest
            ? SearchProblems.BadValue(name, text, "the number is too large")
            : new NumberOperand(prefix, value, value - half, value + half);
    }

    private Outcome<Operand> ParseQuantity(string text)
    {
        var parts = SearchEscapes.Split(text, '|', MostParts).ConvertAll(SearchEscapes.Unescape);
        if (parts.Count is not (1 or 3) || (parts.Count == 3 && parts[2].Length == 0 && parts[1].Length > 0))
        {
            return Bad(text, "write [number], [number]|[system]|[code] or [number]||[unit]");
        }

        if (!ParseNumber(parts[0]).Try(out var number, out var problem))
        {
            return problem;
        }

        return parts.Count == 1
            ? new QuantityOperand(number, null, null)
            : new QuantityOperand(number, parts[1].Length == 0 ? null : parts[1], parts[2].Length == 0 ? null : parts[2]);
    }

    private Outcome<Operand> ParsePosition(string text)
    {
        var parts = SearchEscapes.Split(text, '|', MostParts);
        if (parts.Count is < 2 or > 4
            || !TryDouble(parts[0], out var latitude) || Math.Abs(latitude) > 90
            || !TryDouble(parts[1], out var longitude) || Math.Abs(longitude) > 180)
        {
            return Bad(text, "write [latitude]|[longitude]|[distance]|[unit], degrees in decimals");
        }

        // R4 location.html#search: a distance left out is the server's choice.
        var distance = 10.0;
        if (parts.Count > 2 && parts[2].Length > 0 && (!TryDouble(parts[2], out distance) || distance < 0))
        {
            return Bad(text, "the distance is not a number");
        }

        var unit = parts.Count > 3 && parts[3].Length > 0 ? parts[3] : "km";
        return Units.Ucum.TryConvert(1m, unit, "km", out var kilometres)
            ? new PositionOperand(latitude, longitude, distance * (double)kilometres)
            : Bad(text, "the unit is no UCUM unit of length, such as km or m");
    }

    private static bool TryDouble(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);

    private static string Prefix(string text, out SearchPrefix prefix)
    {
        prefix = SearchPrefix.Eq;
        if (text.Length < 3 || !char.IsAsciiLetterLower(text[0]))
        {
            return text;
        }

        SearchPrefix? found = text.AsSpan(0, 2) switch
        {
            "eq" => SearchPrefix.Eq,
            "ne" => SearchPrefix.Ne,
            "gt" => SearchPrefix.Gt,
            "lt" => SearchPrefix.Lt,
            "ge" => SearchPrefix.Ge,
            "le" => SearchPrefix.Le,
            "sa" => SearchPrefix.Sa,
            "eb" => SearchPrefix.Eb,
            "ap" => SearchPrefix.Ap,
            _ => null,
        };
        prefix = found ?? SearchPrefix.Eq;
        return found is null ? text : text[2..];
    }

    private Problem Bad(string value, string why) => SearchProblems.BadValue(name, value, why);
}
