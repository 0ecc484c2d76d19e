using System.Globalization;
using System.Numerics;

namespace Kangqiao.Fhir.Units;

/// <summary>
/// An exact fraction in lowest terms with a positive denominator. Every factor of UCUM is one: even [pi] is given there as a decimal.
/// </summary>
internal readonly record struct Rational
{
    /// <summary>Beyond about 1,200 decimal digits a factor is no unit of measure but an attack.</summary>
    private const int MaxBits = 4096;

    private Rational(BigInteger numerator, BigInteger denominator)
    {
        Numerator = numerator;
        Denominator = denominator;
    }

    internal static Rational One { get; } = new(BigInteger.One, BigInteger.One);

    internal BigInteger Numerator { get; }

    internal BigInteger Denominator { get; }

    internal bool IsOne => Numerator.IsOne && Denominator.IsOne;

    internal bool IsTooLarge => Numerator.GetBitLength() > MaxBits || Denominator.GetBitLength() > MaxBits;

    internal static Rational Of(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.Sign < 0)
        {
            (numerator, denominator) = (-numerator, -denominator);
        }

        var shared = BigInteger.GreatestCommonDivisor(numerator, denominator);
        return shared.IsOne ? new(numerator, denominator) : new(numerator / shared, denominator / shared);
    }

    internal static Rational Of(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var scale = (parts[3] >> 16) & 0xFF;
        var mantissa = ((BigInteger)(uint)parts[2] << 64) | ((BigInteger)(uint)parts[1] << 32) | (uint)parts[0];
        return Of(parts[3] < 0 ? -mantissa : mantissa, BigInteger.Pow(10, scale));
    }

    /// <summary>Reads the number forms of the UCUM tables: <c>365.25</c>, <c>1.6605402e-24</c>.</summary>
    internal static Rational Parse(ReadOnlySpan<char> text)
    {
        var power = 0;
        var e = text.IndexOf('e');
        if (e >= 0)
        {
            power = int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture);
            text = text[..e];
        }

        var point = text.IndexOf('.');
        if (point >= 0)
        {
            power -= text.Length - point - 1;
        }

        var digits = BigInteger.Parse(text.ToString().Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        return power >= 0 ? Of(digits * BigInteger.Pow(10, power), BigInteger.One) : Of(digits, BigInteger.Pow(10, -power));
    }

    public static Rational operator *(Rational a, Rational b) =>
        a.IsOne ? b : b.IsOne ? a : Of(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational operator /(Rational a, Rational b) =>
        b.IsOne ? a : Of(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static Rational operator +(Rational a, Rational b) =>
        Of((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational operator -(Rational a, Rational b) =>
        Of((a.Numerator * b.Denominator) - (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    /// <summary>False when the power would be too large to be held; nothing large is computed on the way.</summary>
    internal bool TryPower(int exponent, out Rational power)
    {
        power = One;
        var times = Math.Abs((long)exponent);
        if (times == 0 || IsOne)
        {
            return true;
        }

        var bits = Math.Max(Numerator.GetBitLength(), Denominator.GetBitLength());
        if ((bits - 1) * times > MaxBits)
        {
            return false;
        }

        var top = BigInteger.Pow(Numerator, (int)times);
        var bottom = BigInteger.Pow(Denominator, (int)times);
        power = exponent > 0 ? new(top, bottom) : Of(bottom, top);
        return !power.IsTooLarge;
    }

    /// <summary>Rounded to at most 28 significant digits, half to even; false where a decimal would overflow or keep nothing.</summary>
    internal bool TryToDecimal(out decimal value)
    {
        value = 0m;
        if (Numerator.IsZero)
        {
            return true;
        }

        var (significand, exponent) = Scientific(28);
        var point = 27 - exponent;
        if (point < 0)
        {
            return false;
        }

        if (point > 28)
        {
            if (point - 28 > 27)
            {
                return false;
            }

            significand = DivideHalfEven(significand, BigInteger.Pow(10, point - 28));
            point = 28;
        }

        while (point > 0)
        {
            var quotient = BigInteger.DivRem(significand, 10, out var rest);
            if (!rest.IsZero)
            {
                break;
            }

            significand = quotient;
            point--;
        }

        value = ToDecimal(significand, point);
        return true;
    }

    /// <summary>The value as <c>d.ddd × 10^exponent</c>, given as an integer of just that many digits.</summary>
    internal (BigInteger Significand, int Exponent) Scientific(int digits)
    {
        var size = BigInteger.Abs(Numerator);
        var exponent = (int)Math.Floor(BigInteger.Log10(size) - BigInteger.Log10(Denominator));
        while (true)
        {
            var shift = digits - 1 - exponent;
            var significand = shift >= 0
                ? DivideHalfEven(size * BigInteger.Pow(10, shift), Denominator)
                : DivideHalfEven(size, Denominator * BigInteger.Pow(10, -shift));
            // The logarithm is a double: beside a power of ten it can be one off, and rounding can carry into a new digit.
            if (significand < BigInteger.Pow(10, digits - 1))
            {
                exponent--;
            }
            else if (significand >= BigInteger.Pow(10, digits))
            {
                exponent++;
            }
            else
            {
                return (Numerator.Sign < 0 ? -significand : significand, exponent);
            }
        }
    }

    internal double ToDouble()
    {
        if (Numerator.IsZero)
        {
            return 0;
        }

        var (significand, exponent) = Scientific(20);
        return double.Parse($"{significand}E{exponent - 19}", NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    internal static decimal ToDecimal(BigInteger significand, int scale)
    {
        var size = BigInteger.Abs(significand);
        return new decimal(
            unchecked((int)(uint)(size & uint.MaxValue)),
            unchecked((int)(uint)((size >> 32) & uint.MaxValue)),
            unchecked((int)(uint)(size >> 64)),
            significand.Sign < 0,
            (byte)scale);
    }

    private static BigInteger DivideHalfEven(BigInteger dividend, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(dividend, divisor, out var rest);
        var twice = BigInteger.Abs(rest) * 2;
        var compared = twice.CompareTo(divisor);
        if (compared > 0 || (compared == 0 && !quotient.IsEven))
        {
            quotient += dividend.Sign;
        }

        return quotient;
    }
}
