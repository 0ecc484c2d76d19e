using System.Collections.Immutable;
using System.Text;

namespace Kangqiao.Fhir.Units;

/// <summary>
/// What a unit measures: exponents over the seven base units of UCUM (m, s, g, rad, K, C, cd) and over arbitrary units such as [iU],
/// which are each a dimension of their own because nothing converts into them (UCUM §24). Two units convert into each other exactly
/// when their dimensions are equal.
/// </summary>
public sealed class Dimension : IEquatable<Dimension>
{
    internal static readonly Dimension None = new([]);

    private Dimension(ImmutableArray<(string Unit, int Exponent)> exponents)
    {
        Exponents = exponents;
        Canonical = Write(exponents);
    }

    /// <summary>Base and arbitrary units in ordinal order of their codes; no exponent is zero.</summary>
    public ImmutableArray<(string Unit, int Exponent)> Exponents { get; }

    /// <summary>The dimension written as a UCUM code in that fixed order, such as <c>g.m-3</c>; <c>1</c> where there is none.</summary>
    public string Canonical { get; }

    public bool IsNone => Exponents.IsEmpty;

    internal static Dimension Of(string unit) => new([(unit, 1)]);

    /// <summary>This times <paramref name="other"/> to the power; null when an exponent leaves any sensible range.</summary>
    internal Dimension? Times(Dimension other, int power)
    {
        if (power == 0 || other.IsNone)
        {
            return this;
        }

        if (IsNone && power == 1)
        {
            return other;
        }

        var product = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (unit, exponent) in Exponents)
        {
            product[unit] = exponent;
        }

        foreach (var (unit, exponent) in other.Exponents)
        {
            var sum = product.GetValueOrDefault(unit) + ((long)exponent * power);
            if (Math.Abs(sum) > UcumParser.MaxExponent)
            {
                return null;
            }

            product[unit] = (int)sum;
        }

        return new([.. product.Where(e => e.Value != 0).Select(e => (e.Key, e.Value))]);
    }

    public bool Equals(Dimension? other) => other is not null && string.Equals(Canonical, other.Canonical, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as Dimension);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Canonical);

    public override string ToString() => Canonical;

    private static string Write(ImmutableArray<(string Unit, int Exponent)> exponents)
    {
        if (exponents.IsEmpty)
        {
            return "1";
        }

        var text = new StringBuilder();
        foreach (var (unit, exponent) in exponents)
        {
            if (text.Length > 0)
            {
                text.Append('.');
            }

            text.Append(unit);
            if (exponent != 1)
            {
                text.Append(exponent);
            }
        }

        return text.ToString();
    }
}
