namespace Kangqiao.Fhir.Units;

/// <summary>One unit of UCUM's tables. For a special unit <see cref="Scale"/> is the size of the reference its function speaks of.</summary>
internal sealed record UcumAtom(
    string Code, string Name, bool TakesPrefix, bool IsArbitrary, SpecialScale Special, Rational Scale, Dimension Dimension);

/// <summary>All atoms and prefixes, resolved to base units once, when the first unit is asked for.</summary>
internal static class UcumAtoms
{
    private static readonly Dictionary<string, Rational>.AlternateLookup<ReadOnlySpan<char>> PrefixLookup;
    private static readonly Dictionary<string, UcumAtom>.AlternateLookup<ReadOnlySpan<char>> AtomLookup;

    static UcumAtoms()
    {
        var prefixes = Lines(UcumTable.Prefixes)
            .Select(line => line.Split(' '))
            .ToDictionary(cells => cells[0], cells => Rational.Parse(cells[1]), StringComparer.Ordinal);
        Prefixes = prefixes;
        PrefixLookup = prefixes.GetAlternateLookup<ReadOnlySpan<char>>();

        var rows = Lines(UcumTable.Rows).Select(line => line.Split(' ', 6)).ToDictionary(cells => cells[0], StringComparer.Ordinal);
        var resolved = new Dictionary<string, UcumAtom>(StringComparer.Ordinal);
        foreach (var code in rows.Keys)
        {
            Resolve(code);
        }

        All = resolved;
        AtomLookup = resolved.GetAlternateLookup<ReadOnlySpan<char>>();

        // A unit's definition may name units that stand further down the table.
        UcumAtom? Resolve(string code)
        {
            if (resolved.TryGetValue(code, out var known) || !rows.TryGetValue(code, out var cells))
            {
                return known;
            }

            var name = cells[5];
            var takesPrefix = cells[1] == "metric";
            var isArbitrary = cells[2] == "arbitrary";
            UcumAtom atom;
            if (cells[2] == "base" || (isArbitrary && cells[4] == "1"))
            {
                atom = new(code, name, takesPrefix, isArbitrary, SpecialScale.None, Rational.One, Dimension.Of(code));
            }
            else
            {
                var parser = new UcumParser(cells[4], symbol => Resolve(symbol.ToString()));
                var unit = parser.Parse() ?? throw new InvalidOperationException($"The table of units defines {code} by {cells[4]}.");
                var special = cells[2] is "ratio" or "arbitrary" ? SpecialScale.None : Enum.Parse<SpecialScale>(cells[2]);
                atom = new(code, name, takesPrefix, isArbitrary, special, Rational.Parse(cells[3]) * unit.Scale, unit.Dimension);
            }

            resolved.Add(code, atom);
            return atom;
        }
    }

    internal static IReadOnlyDictionary<string, UcumAtom> All { get; }

    internal static IReadOnlyDictionary<string, Rational> Prefixes { get; }

    internal static UcumAtom? Find(ReadOnlySpan<char> symbol) => AtomLookup.TryGetValue(symbol, out var atom) ? atom : null;

    internal static Rational? FindPrefix(ReadOnlySpan<char> symbol) =>
        PrefixLookup.TryGetValue(symbol, out var value) ? value : null;

    private static IEnumerable<string> Lines(string table) =>
        table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#');
}
