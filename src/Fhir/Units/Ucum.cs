using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Units;

/// <summary>
/// The door to UCUM 2.1, the Unified Code for Units of Measure, in its case sensitive form: reading codes, converting values, the
/// canonical key of a quantity, and products of units. Never throws on any input; codes are cached and bounded in length.
/// Amounts of substance are pure numbers here as in UCUM: 1 mol is 6.0221367 × 10^23.
/// </summary>
public static class Ucum
{
    private static readonly UcumCache Cache = new(capacity: 8192);

    /// <summary>The unit of a code; null when the code is not valid (<see cref="Check"/> tells why).</summary>
    public static UcumUnit? Parse(string? code) => Parse(code.AsSpan());

    /// <inheritdoc cref="Parse(string)"/>
    public static UcumUnit? Parse(ReadOnlySpan<char> code) => Cache[code].Unit;

    /// <summary>
    /// The unit of a code, or the reason why it is none, naming the part at fault and, for the usual mistakes, the right spelling.
    /// </summary>
    public static Outcome<UcumUnit> Check(string? code)
    {
        var entry = Cache[code.AsSpan()];
        return entry.Unit is { } unit ? unit : UnitProblems.Of(code ?? "", entry.Fault);
    }

    /// <summary>
    /// Converts exactly, then rounds to 28 significant digits; through curved scales such as [pH] to 15. False when a code is not valid,
    /// the units measure different things, or the result is too large or too small for a decimal.
    /// </summary>
    public static bool TryConvert(decimal value, string? from, string? to, out decimal result)
    {
        result = 0m;
        return Parse(from) is { } source && Parse(to) is { } target && source.TryConvert(value, target, out result);
    }

    /// <summary>The key under which a quantity is indexed and compared; false when the code is not valid. A seen code costs no allocation.</summary>
    public static bool TryCanonical(decimal value, ReadOnlySpan<char> unit, out CanonicalQuantity quantity)
    {
        quantity = default;
        return Cache[unit].Unit is { } parsed && parsed.TryCanonical(value, out quantity);
    }

    /// <inheritdoc cref="TryCanonical(decimal, ReadOnlySpan{char}, out CanonicalQuantity)"/>
    public static bool TryCanonical(decimal value, ReadOnlySpan<byte> utf8Unit, out CanonicalQuantity quantity)
    {
        quantity = default;
        Span<char> unit = stackalloc char[UcumParser.MaxLength];
        return Utf8.ToUtf16(utf8Unit, unit, out _, out var length) == System.Buffers.OperationStatus.Done
            && TryCanonical(value, unit[..length], out quantity);
    }

    /// <summary>
    /// The code of a product of units, equal symbols gathered: mg/dL by dL is mg. Null when a code is not valid, when a special unit
    /// other than beside 1 takes part (UCUM §22), or when the result is longer than a code may be.
    /// </summary>
    public static string? Multiply(string? left, string? right) => Combine(left, right, 1);

    /// <summary>The code of a quotient of units; as <see cref="Multiply"/>.</summary>
    public static string? Divide(string? left, string? right) => Combine(left, right, -1);

    private static string? Combine(string? left, string? right, int sign)
    {
        if (Parse(left) is not { } first || Parse(right) is not { } second)
        {
            return null;
        }

        if (second is { Scale.IsOne: true, Dimension.IsNone: true, IsSpecial: false })
        {
            return left;
        }

        if (sign > 0 && first is { Scale.IsOne: true, Dimension.IsNone: true, IsSpecial: false })
        {
            return right;
        }

        if (first.IsSpecial || second.IsSpecial)
        {
            return null;
        }

        var gathered = new List<(string Symbol, int Exponent)>();
        Gather(gathered, first.Factors, 1);
        Gather(gathered, second.Factors, sign);
        var text = Write(gathered);
        return Parse(text) is null ? null : text;
    }

    private static void Gather(List<(string Symbol, int Exponent)> gathered, List<(string Symbol, int Exponent)> factors, int sign)
    {
        foreach (var (symbol, exponent) in factors)
        {
            var known = gathered.FindIndex(f => string.Equals(f.Symbol, symbol, StringComparison.Ordinal));
            if (known < 0)
            {
                gathered.Add((symbol, exponent * sign));
            }
            else
            {
                gathered[known] = (symbol, gathered[known].Exponent + (exponent * sign));
            }
        }
    }

    private static string Write(List<(string Symbol, int Exponent)> factors)
    {
        var text = new StringBuilder();
        foreach (var (symbol, exponent) in factors.Where(f => f.Exponent > 0))
        {
            Append(text, '.', symbol, exponent);
        }

        foreach (var (symbol, exponent) in factors.Where(f => f.Exponent < 0))
        {
            // A code may open with a solidus.
            Append(text, '/', symbol, -exponent);
        }

        return text.Length == 0 ? "1" : text.ToString();
    }

    private static void Append(StringBuilder text, char joint, string symbol, int exponent)
    {
        // An integer takes no exponent in UCUM's grammar, so it is said again; the bound on a code's length ends a long repetition.
        var isNumber = symbol.All(char.IsAsciiDigit);
        for (var times = isNumber ? exponent : 1; times > 0 && text.Length <= UcumParser.MaxLength; times--)
        {
            if (text.Length > 0 || joint == '/')
            {
                text.Append(joint);
            }

            text.Append(symbol);
            if (!isNumber && exponent != 1)
            {
                text.Append(CultureInfo.InvariantCulture, $"{exponent}");
            }
        }
    }
}
