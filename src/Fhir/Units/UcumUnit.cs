namespace Kangqiao.Fhir.Units;

/// <summary>A unit of measure that was written as a valid UCUM code, reduced to base units. Made by <see cref="Ucum.Parse(string)"/>.</summary>
public sealed class UcumUnit
{
    private readonly decimal coefficient;
    private readonly int power;
    private readonly decimal? offset;
    private readonly double prefixed;

    internal UcumUnit(
        string code, Rational scale, Dimension dimension, SpecialScale special, Rational prefix, List<(string Symbol, int Exponent)> factors)
    {
        Code = code;
        Scale = scale;
        Dimension = dimension;
        Special = special;
        Prefix = prefix;
        Factors = factors;
        var (significand, exponent) = scale.Scientific(28);
        // Dividing by a one with all its places drops trailing zeros, and a short coefficient multiplies faster.
        coefficient = Rational.ToDecimal(significand, 27) / 1.0000000000000000000000000000m;
        power = exponent;
        Factor = scale.ToDouble();
        prefixed = prefix.ToDouble();
        offset = prefix.IsOne ? special.Offset() : null;
    }

    /// <summary>The code as it was written.</summary>
    public string Code { get; }

    public Dimension Dimension { get; }

    /// <summary>
    /// How many base units this one is worth, as the nearest double; computing uses the exact fraction. For a special unit, the size of
    /// the reference its function is taken of (Cel: 1 K).
    /// </summary>
    public double Factor { get; }

    /// <summary>True for units on a scale that is shifted or curved, such as Cel, [pH] or B: they do not multiply (UCUM §21).</summary>
    public bool IsSpecial => Special != SpecialScale.None;

    internal Rational Scale { get; }

    internal SpecialScale Special { get; }

    /// <summary>What the number beside a special unit is multiplied by before its function; one for all others.</summary>
    internal Rational Prefix { get; }

    /// <summary>The symbols and integers of the code with their exponents, groups dissolved and annotations left out.</summary>
    internal List<(string Symbol, int Exponent)> Factors { get; }

    /// <summary>Whether values convert between the two. An arbitrary unit such as [iU] is commensurable only with itself.</summary>
    public bool IsCommensurableWith(UcumUnit other) => Dimension.Equals(other.Dimension);

    public override string ToString() => Code;

    internal bool TryConvert(decimal value, UcumUnit to, out decimal result)
    {
        result = 0m;
        if (!IsCommensurableWith(to))
        {
            return false;
        }

        if (string.Equals(Code, to.Code, StringComparison.Ordinal))
        {
            result = value;
            return true;
        }

        if (Special.Offset() is { } up && to.Special.Offset() is { } down)
        {
            var inBase = ((Rational.Of(value) * Prefix) + Rational.Of(up)) * Scale;
            var converted = ((inBase / to.Scale) - Rational.Of(down)) / to.Prefix;
            return converted.TryToDecimal(out result) && (result != 0m || converted.Numerator.IsZero);
        }

        var multiple = ToBase((double)value) / to.Factor;
        return TryDecimal(to.Special.FromReference(multiple) / to.prefixed, out result);
    }

    /// <summary>Without allocation: in decimals for ordinary units and temperatures, in doubles for prefixed or curved special ones.</summary>
    internal bool TryCanonical(decimal value, out CanonicalQuantity quantity)
    {
        if (offset is { } shift)
        {
            if (shift != 0m)
            {
                // Beyond this the sum could overflow, and no temperature is meant.
                if (Math.Abs(value) > 1e24m)
                {
                    quantity = default;
                    return false;
                }

                value += shift;
            }

            quantity = CanonicalQuantity.Of(value, coefficient, power, Dimension.Canonical);
            return true;
        }

        var number = ToBase((double)value);
        if (number != 0 && Math.Abs(number) is not (> 1e-280 and < 1e280))
        {
            quantity = default;
            return false;
        }

        quantity = CanonicalQuantity.Of(number, Dimension.Canonical);
        return true;
    }

    private double ToBase(double value) => Special.ToReference(value * prefixed) * Factor;

    /// <summary>To 15 significant digits, which is what the functions of special units are good for.</summary>
    private static bool TryDecimal(double number, out decimal result)
    {
        result = 0m;
        if (!double.IsFinite(number) || Math.Abs(number) >= 7.9e28)
        {
            return false;
        }

        result = (decimal)number;
        return result != 0m || number == 0;
    }
}
