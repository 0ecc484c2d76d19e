using System.Buffers.Text;
using System.Globalization;

namespace Kangqiao.Fhir.Search;

/// <summary>Numbers as search sees them: decimals, cut off at what a decimal can hold.</summary>
public static class SearchNumber
{
    /// <summary>Beyond it a number counts as this large: far above anything measured in medicine, and safe to calculate with.</summary>
    public const decimal Largest = 1e27m;

    private const NumberStyles JsonNumber =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Reads a JSON number; false only if it is none. What is too large for a decimal is <see cref="Largest"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out decimal value)
    {
        if (utf8.Length <= 28 && Utf8Parser.TryParse(utf8, out value, out var used) && used == utf8.Length)
        {
            value = Math.Clamp(value, -Largest, Largest);
            return true;
        }

        value = 0;
        if (utf8.Length > 1000
            || !double.TryParse(utf8, JsonNumber, CultureInfo.InvariantCulture, out var size)
            || double.IsNaN(size))
        {
            return false;
        }

        value = FromDouble(size);
        if (Math.Abs(value) < Largest
            && decimal.TryParse(utf8, JsonNumber, CultureInfo.InvariantCulture, out var exact))
        {
            value = exact;
        }

        return true;
    }

    /// <summary>The nearest decimal, cut off at <see cref="Largest"/>.</summary>
    internal static decimal FromDouble(double size) =>
        size >= (double)Largest ? Largest : size <= -(double)Largest ? -Largest : (decimal)size;

    /// <summary>
    /// Half a unit of the last digit said (R4 search.html#number): 100 means 99.5 to 100.5, 100.00 means 99.995 to 100.005.
    /// For 1e2 the specification's table says 95 to 105, as if one more digit had been said, and that is followed.
    /// </summary>
    public static decimal HalfUnit(ReadOnlySpan<byte> utf8)
    {
        var mark = utf8.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = mark < 0 ? utf8 : utf8[..mark];
        var exponent = 0;
        if (mark >= 0)
        {
            var digits = utf8[(mark + 1)..];
            digits = !digits.IsEmpty && digits[0] == (byte)'+' ? digits[1..] : digits;
            if (!Utf8Parser.TryParse(digits, out exponent, out _))
            {
                return 0;
            }
        }

        var point = mantissa.IndexOf((byte)'.');
        var decimals = point < 0 ? 0 : mantissa.Length - point - 1;
        if (mark >= 0 && decimals == 0)
        {
            decimals = 1;
        }

        var power = exponent - decimals;
        if (power is < -27 or > 26)
        {
            return power < 0 ? 0 : Largest;
        }

        var half = 0.5m;
        for (; power > 0; power--)
        {
            half *= 10;
        }

        for (; power < 0; power++)
        {
            half /= 10;
        }

        return half;
    }
}
