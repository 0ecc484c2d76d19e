using System.Globalization;

namespace Kangqiao.Fhir.Units;

/// <summary>
/// A quantity in UCUM base units, kept to <see cref="Digits"/> significant digits: the key under which quantities are indexed and
/// compared. Two quantities of the same size have equal keys however they were written: 1 mg/dL and 10 mg/L are both 10 × 10^0 g.m-3.
/// Rounding is half away from zero, after an exact or 28-digit product, so sizes that differ by less than one part in 10^12 may meet.
/// </summary>
/// <param name="Significand">An integer of at most twelve digits that does not end in zero, unless it is zero.</param>
/// <param name="Exponent">The power of ten that the significand is multiplied by.</param>
/// <param name="Unit">The dimension as a UCUM code, see <see cref="Dimension.Canonical"/>; equal for all commensurable units.</param>
public readonly record struct CanonicalQuantity(long Significand, int Exponent, string Unit) : IComparable<CanonicalQuantity>
{
    /// <summary>Significant digits kept.</summary>
    public const int Digits = 12;

    private const long Limit = 1_000_000_000_000;

    /// <summary>The value as the nearest double, which orders and compares as the digits do.</summary>
    public double Value => Scale(Significand, Exponent);

    /// <summary>Orders by unit, then by size.</summary>
    public int CompareTo(CanonicalQuantity other)
    {
        var units = string.CompareOrdinal(Unit, other.Unit);
        return units != 0 ? units : Value.CompareTo(other.Value);
    }

    public static bool operator <(CanonicalQuantity left, CanonicalQuantity right) => left.CompareTo(right) < 0;

    public static bool operator <=(CanonicalQuantity left, CanonicalQuantity right) => left.CompareTo(right) <= 0;

    public static bool operator >(CanonicalQuantity left, CanonicalQuantity right) => left.CompareTo(right) > 0;

    public static bool operator >=(CanonicalQuantity left, CanonicalQuantity right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Significand}E{Exponent} {Unit}";

    /// <summary><paramref name="value"/> times a factor that is given as <c>coefficient × 10^power</c> with 1 ≤ coefficient &lt; 10.</summary>
    internal static CanonicalQuantity Of(decimal value, decimal coefficient, int power, string unit)
    {
        if (value == 0m)
        {
            return new(0, 0, unit);
        }

        // The digits are multiplied as an integer: a decimal holds 28 places after the point, so a tiny product would lose its digits.
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var scale = (parts[3] >> 16) & 0xFF;
        var digits = new decimal(parts[0], parts[1], parts[2], isNegative: false, scale: 0);
        if (coefficient != 1m)
        {
            if (digits > 1e27m)
            {
                digits /= 100m;
                scale -= 2;
            }

            digits *= coefficient;
        }

        decimal.GetBits(digits, parts);
        var exponent = power - scale - ((parts[3] >> 16) & 0xFF);
        var mantissa = new UInt128((uint)parts[2], ((ulong)(uint)parts[1] << 32) | (uint)parts[0]);
        while (mantissa > ulong.MaxValue)
        {
            // What is cut lies at least three digits behind those kept, and a half is rounded away from zero whatever follows it.
            mantissa /= 10_000;
            exponent += 4;
        }

        return Round((ulong)mantissa, exponent, value < 0m, unit);
    }

    /// <summary>A value that was computed as a double, zero or normal.</summary>
    internal static CanonicalQuantity Of(double value, string unit)
    {
        if (value == 0)
        {
            return new(0, 0, unit);
        }

        var size = Math.Abs(value);
        var exponent = (int)Math.Floor(Math.Log10(size)) - Digits;
        return Round((ulong)Math.Round(Scale(size, -exponent)), exponent, value < 0, unit);
    }

    private static CanonicalQuantity Round(ulong mantissa, int exponent, bool isNegative, string unit)
    {
        if (mantissa >= Limit)
        {
            ulong divisor = 10;
            var dropped = 1;
            while (mantissa / divisor >= Limit)
            {
                divisor *= 10;
                dropped++;
            }

            mantissa = (mantissa / divisor) + (mantissa % divisor >= divisor / 2 ? 1UL : 0UL);
            exponent += dropped;
        }

        while (mantissa % 1000 == 0)
        {
            mantissa /= 1000;
            exponent += 3;
        }

        while (mantissa % 10 == 0)
        {
            mantissa /= 10;
            exponent++;
        }

        return new(isNegative ? -(long)mantissa : (long)mantissa, exponent, unit);
    }

    private static double Scale(double number, int exponent)
    {
        // Powers of ten up to 22 are exact doubles, so one operation rounds once; farther out the text is read, which also rounds once.
        if (Math.Abs(exponent) <= 22)
        {
            return exponent < 0 ? number / Math.Pow(10, -exponent) : number * Math.Pow(10, exponent);
        }

        Span<char> text = stackalloc char[48];
        return text.TryWrite(CultureInfo.InvariantCulture, $"{number:R}", out var length)
            && TryAppendExponent(text, ref length, exponent)
            && double.TryParse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out var scaled)
                ? scaled
                : number * Math.Pow(10, exponent);
    }

    private static bool TryAppendExponent(Span<char> text, ref int length, int exponent)
    {
        if (text[..length].Contains('E') || !text[length..].TryWrite(CultureInfo.InvariantCulture, $"E{exponent}", out var added))
        {
            return false;
        }

        length += added;
        return true;
    }
}
