using System.Globalization;
using System.Numerics;

namespace Kangqiao.Fhir.Units;

internal enum UnitFaultKind
{
    None,
    Empty,
    TooLong,
    TooDeep,
    TooLarge,
    UnknownUnit,
    PrefixNotAllowed,
    Unexpected,
    MissingTerm,
    Unclosed,
    BadAnnotation,
    SpecialInProduct,
}

/// <summary>Why a code is no unit: what kind of mistake, the part of the code that is wrong, and where it starts.</summary>
internal readonly record struct UnitFault(UnitFaultKind Kind, string Part, int Position);

/// <summary>
/// Reads one UCUM code in its case sensitive form by the grammar of the specification (UCUM §2 to §12). One use a value; the first fault
/// stops it. Work is bounded by <see cref="MaxLength"/>, <see cref="MaxDepth"/> and the size bound of <see cref="Rational"/>.
/// </summary>
internal ref struct UcumParser(ReadOnlySpan<char> code, UcumParser.AtomFinder find)
{
    internal const int MaxLength = 256;
    internal const int MaxExponent = 9999;
    private const int MaxDepth = 16;

    private readonly ReadOnlySpan<char> code = code;
    private readonly List<(string Symbol, int Exponent)> factors = [];
    private int at;
    private int depth;

    internal delegate UcumAtom? AtomFinder(ReadOnlySpan<char> symbol);

    internal UnitFault Fault { get; private set; }

    internal UcumUnit? Parse()
    {
        if (code.IsEmpty)
        {
            return Fail<UcumUnit>(UnitFaultKind.Empty, 0, 0);
        }

        if (code.Length > MaxLength)
        {
            return Fail<UcumUnit>(UnitFaultKind.TooLong, 0, 32);
        }

        Term? term = null;
        var power = 1;
        if (code[0] == '/')
        {
            at = 1;
            power = -1;
            term = Term.Unity;
        }

        var read = ReadTerm(term, power, 1);
        if (read is not { } whole)
        {
            return null;
        }

        return at == code.Length
            ? new UcumUnit(code.ToString(), whole.Scale, whole.Dimension, whole.Special, whole.Prefix, factors)
            : Fail<UcumUnit>(UnitFaultKind.Unexpected, at, 1);
    }

    /// <summary>Components joined by <c>.</c> and <c>/</c>, read from the left.</summary>
    private Term? ReadTerm(Term? left, int power, int outer)
    {
        while (true)
        {
            var start = at;
            if (ReadComponent(outer * power) is not { } right)
            {
                return null;
            }

            if (left is { } so)
            {
                left = Combine(so, right, power, start);
                if (left is null)
                {
                    return null;
                }
            }
            else
            {
                left = right;
            }

            if (at == code.Length || code[at] is not ('.' or '/'))
            {
                return left;
            }

            power = code[at] == '.' ? 1 : -1;
            at++;
        }
    }

    private Term? ReadComponent(int sign)
    {
        if (at == code.Length)
        {
            return Fail(UnitFaultKind.MissingTerm, at - 1, 1);
        }

        switch (code[at])
        {
            case '(':
                return ReadGroup(sign);
            case '{':
                return SkipAnnotation() ? Term.Unity : null;
            case '.' or '/' or ')' or '}':
                return Fail(UnitFaultKind.MissingTerm, at, 1);
        }

        var term = char.IsAsciiDigit(code[at]) && !code[at..].StartsWith("10*") && !code[at..].StartsWith("10^")
            ? ReadNumber(sign)
            : ReadSymbol(sign);
        if (term is not null && at < code.Length && code[at] == '{' && !SkipAnnotation())
        {
            return null;
        }

        if (term is not null && at < code.Length && code[at] is not ('.' or '/' or ')'))
        {
            return Fail(UnitFaultKind.Unexpected, at, code.Length - at);
        }

        return term;
    }

    private Term? ReadGroup(int sign)
    {
        var open = at;
        if (++depth > MaxDepth)
        {
            return Fail(UnitFaultKind.TooDeep, open, 1);
        }

        at++;
        if (ReadTerm(null, 1, sign) is not { } inner)
        {
            return null;
        }

        if (at == code.Length || code[at] != ')')
        {
            return Fail(UnitFaultKind.Unclosed, open, code.Length - open);
        }

        at++;
        depth--;
        return at < code.Length && code[at] is not ('.' or '/' or ')') ? Fail(UnitFaultKind.Unexpected, at, 1) : inner;
    }

    /// <summary>UCUM §6: any printable ASCII between braces, and no braces within.</summary>
    private bool SkipAnnotation()
    {
        var open = at;
        for (at++; at < code.Length; at++)
        {
            if (code[at] == '}')
            {
                at++;
                return true;
            }

            if (code[at] is '{' or < '!' or > '~')
            {
                Fail(UnitFaultKind.BadAnnotation, at, 1);
                return false;
            }
        }

        Fail(UnitFaultKind.Unclosed, open, code.Length - open);
        return false;
    }

    private Term? ReadNumber(int sign)
    {
        var start = at;
        while (at < code.Length && char.IsAsciiDigit(code[at]))
        {
            at++;
        }

        var digits = code[start..at];
        var number = BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        if (number.IsZero)
        {
            return Fail(UnitFaultKind.UnknownUnit, start, at - start);
        }

        factors.Add((digits.ToString(), sign));
        return new Term(Rational.Of(number, BigInteger.One), Dimension.None, SpecialScale.None, Rational.One);
    }

    private Term? ReadSymbol(int sign)
    {
        var start = at;
        var end = SymbolEnd(start);
        var symbolEnd = end;
        while (symbolEnd > start && char.IsAsciiDigit(code[symbolEnd - 1]))
        {
            symbolEnd--;
        }

        var exponentStart = symbolEnd;
        if (exponentStart < end && symbolEnd > start && code[symbolEnd - 1] is '+' or '-')
        {
            symbolEnd--;
            exponentStart = symbolEnd;
        }

        var symbol = code[start..symbolEnd];
        var exponent = 1;
        if (exponentStart < end
            && (!int.TryParse(code[exponentStart..end], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
                || Math.Abs((long)exponent) > MaxExponent))
        {
            return Fail(UnitFaultKind.TooLarge, start, end - start);
        }

        if (FindUnit(symbol, start) is not { } unit)
        {
            return null;
        }

        at = end;
        factors.Add((symbol.ToString(), exponent * sign));
        if (exponent == 1)
        {
            return unit;
        }

        if (unit.Special != SpecialScale.None)
        {
            return Fail(UnitFaultKind.SpecialInProduct, start, end - start);
        }

        return unit.Scale.TryPower(exponent, out var scale) && Dimension.None.Times(unit.Dimension, exponent) is { } dimension
            ? new Term(scale, dimension, SpecialScale.None, Rational.One)
            : Fail(UnitFaultKind.TooLarge, start, end - start);
    }

    /// <summary>A symbol runs to the next operator; between square brackets operators are letters, as in <c>[m/s2/Hz^(1/2)]</c>.</summary>
    private readonly int SymbolEnd(int start)
    {
        var brackets = 0;
        for (var end = start; end < code.Length; end++)
        {
            switch (code[end])
            {
                case '[':
                    brackets++;
                    break;
                case ']':
                    brackets--;
                    break;
                case '.' or '/' or '(' or ')' or '{' or '}' when brackets <= 0:
                    return end;
            }
        }

        return code.Length;
    }

    /// <summary>UCUM §7: a whole atom wins over a prefix and an atom that are spelled the same.</summary>
    private Term? FindUnit(ReadOnlySpan<char> symbol, int start)
    {
        if (find(symbol) is { } atom)
        {
            return Term.Of(atom, Rational.One);
        }

        var refused = false;
        for (var length = 2; length >= 1; length--)
        {
            if (symbol.Length <= length
                || UcumAtoms.FindPrefix(symbol[..length]) is not { } prefix
                || find(symbol[length..]) is not { } prefixed)
            {
                continue;
            }

            if (prefixed.TakesPrefix)
            {
                return Term.Of(prefixed, prefix);
            }

            refused = true;
        }

        return Fail(refused ? UnitFaultKind.PrefixNotAllowed : UnitFaultKind.UnknownUnit, start, Math.Max(symbol.Length, 1));
    }

    private Term? Combine(Term left, Term right, int power, int start)
    {
        if (left.Special != SpecialScale.None || right.Special != SpecialScale.None)
        {
            // UCUM §22: a special unit takes no part in products; it may only be scaled by a number.
            var (special, number) = left.Special != SpecialScale.None ? (left, right) : (right, left);
            if (!number.Dimension.IsNone || number.Special != SpecialScale.None || (power < 0 && right.Special != SpecialScale.None))
            {
                return Fail(UnitFaultKind.SpecialInProduct, start, at - start);
            }

            var prefix = power > 0 ? special.Prefix * number.Scale : special.Prefix / number.Scale;
            return prefix.IsTooLarge ? Fail(UnitFaultKind.TooLarge, start, at - start) : special with { Prefix = prefix };
        }

        var scale = power > 0 ? left.Scale * right.Scale : left.Scale / right.Scale;
        return !scale.IsTooLarge && left.Dimension.Times(right.Dimension, power) is { } dimension
            ? new Term(scale, dimension, SpecialScale.None, Rational.One)
            : Fail(UnitFaultKind.TooLarge, start, at - start);
    }

    private Term? Fail(UnitFaultKind kind, int position, int length)
    {
        var from = Math.Clamp(position, 0, code.Length);
        Fault = new UnitFault(kind, code.Slice(from, Math.Min(length, code.Length - from)).ToString(), from);
        return null;
    }

    private T? Fail<T>(UnitFaultKind kind, int position, int length)
        where T : class
    {
        Fail(kind, position, length);
        return null;
    }

    private readonly record struct Term(Rational Scale, Dimension Dimension, SpecialScale Special, Rational Prefix)
    {
        internal static Term Unity => new(Rational.One, Dimension.None, SpecialScale.None, Rational.One);

        internal static Term Of(UcumAtom atom, Rational prefix) => atom.Special == SpecialScale.None
            ? new(atom.Scale * prefix, atom.Dimension, SpecialScale.None, Rational.One)
            : new(atom.Scale, atom.Dimension, atom.Special, prefix);
    }
}
