using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Xml;

/// <summary>Which XML values are JSON numbers and booleans (json.html#primitive), kept digit by digit: 1.00 stays 1.00.</summary>
internal static class JsonLiteral
{
    /// <summary>False if the value cannot be of that primitive in JSON; text of other primitives always can.</summary>
    /// <param name="kind">The primitive.</param>
    /// <param name="value">Loses the plus sign that R4 allows before an integer and JSON does not.</param>
    /// <param name="isLiteral">True for a number or boolean: it stands in JSON without quotes.</param>
    public static bool TryRead(PrimitiveKind kind, ref string value, out bool isLiteral)
    {
        isLiteral = true;
        switch (kind)
        {
            case PrimitiveKind.Boolean:
                return value is "true" or "false";
            case PrimitiveKind.Integer or PrimitiveKind.UnsignedInt or PrimitiveKind.PositiveInt:
                if (value.StartsWith('+') && !value.StartsWith("+-", StringComparison.Ordinal))
                {
                    value = value[1..];
                }

                return IsNumber(value, allowFraction: false);
            case PrimitiveKind.Decimal:
                return IsNumber(value, allowFraction: true);
            default:
                isLiteral = false;
                return true;
        }
    }

    /// <summary>The grammar of RFC 8259 section 6.</summary>
    private static bool IsNumber(ReadOnlySpan<char> rest, bool allowFraction)
    {
        if (rest.StartsWith('-'))
        {
            rest = rest[1..];
        }

        var whole = Digits(rest);
        if (whole == 0 || (whole > 1 && rest[0] == '0'))
        {
            return false;
        }

        rest = rest[whole..];
        if (allowFraction && rest.StartsWith('.'))
        {
            var fraction = Digits(rest[1..]);
            if (fraction == 0)
            {
                return false;
            }

            rest = rest[(1 + fraction)..];
        }

        if (allowFraction && rest.Length > 1 && rest[0] is ('e' or 'E'))
        {
            rest = rest[(rest[1] is '+' or '-' ? 2 : 1)..];
            var exponent = Digits(rest);
            return exponent > 0 && exponent == rest.Length;
        }

        return rest.IsEmpty;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var other = text.IndexOfAnyExceptInRange('0', '9');
        return other < 0 ? text.Length : other;
    }
}
