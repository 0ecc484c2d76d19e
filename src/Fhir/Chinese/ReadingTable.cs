using System.Text;

namespace Kangqiao.Fhir.Chinese;

/// <summary>The embedded readings of characters and surnames (readings.txt). A syllable is a number; <see cref="Syllable"/> spells it.</summary>
internal sealed class ReadingTable
{
    private const int FirstBasic = 0x3007;
    private const int LastBasic = 0x9FFF;

    private static readonly Lazy<ReadingTable> Loaded = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Position in <see cref="readings"/>, 0 for none.</summary>
    private readonly ushort[] basic = new ushort[LastBasic - FirstBasic + 1];
    private readonly Dictionary<int, ushort> supplementary = [];

    /// <summary>Each different list of readings; those of one syllable are shared by all its characters.</summary>
    private readonly List<ushort[]> readings = [[]];
    private readonly List<string> syllables = [];

    /// <summary>By first character and, above 16 bits, the second of a compound surname: one syllable list per reading.</summary>
    private readonly Dictionary<int, ushort[][]> surnames = [];

    private ReadingTable()
    {
    }

    public static ReadingTable Instance => Loaded.Value;

    public string Syllable(ushort number) => syllables[number];

    /// <summary>The readings of a character, the commonest first; empty if it has none.</summary>
    public ReadOnlySpan<ushort> Of(Rune character)
    {
        var code = character.Value;
        if (code is >= FirstBasic and <= LastBasic)
        {
            return readings[basic[code - FirstBasic]];
        }

        return supplementary.TryGetValue(code, out var at) ? readings[at] : default;
    }

    /// <summary>The readings of a surname of one character, the likeliest first; empty if its ordinary readings hold.</summary>
    public ReadOnlySpan<ushort[]> Surname(char only) => surnames.GetValueOrDefault(only);

    /// <summary>The readings of a surname of two characters; empty if there is no such surname.</summary>
    public ReadOnlySpan<ushort[]> Surname(char first, char second) => surnames.GetValueOrDefault((second << 16) | first);

    private static ReadingTable Load()
    {
        using var reader = new StreamReader(typeof(ReadingTable).Assembly.GetManifestResourceStream("readings.txt")!, Encoding.UTF8);
        var table = new ReadingTable();
        var numbers = new Dictionary<string, ushort>(512, StringComparer.Ordinal);
        var lookup = numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        var section = "";
        while (reader.ReadLine() is { } line)
        {
            if (line[0] is '#' or '[')
            {
                section = line;
                continue;
            }

            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var head = line.AsSpan(0, space);
            var rest = line.AsSpan(space + 1);
            switch (section)
            {
                case "[one]":
                    table.Add(rest, [table.Number(head, lookup)]);
                    break;
                case "[several]":
                    table.Add(head, table.Numbers(rest, lookup));
                    break;
                default:
                    var key = head.Length == 1 ? head[0] : (head[1] << 16) | head[0];
                    table.surnames[key] = [.. table.surnames.GetValueOrDefault(key) ?? [], table.Numbers(rest, lookup)];
                    break;
            }
        }

        return table;
    }

    private void Add(ReadOnlySpan<char> characters, ushort[] list)
    {
        var at = (ushort)readings.Count;
        readings.Add(list);
        foreach (var rune in characters.EnumerateRunes())
        {
            if (rune.Value is >= FirstBasic and <= LastBasic)
            {
                basic[rune.Value - FirstBasic] = at;
            }
            else
            {
                supplementary.Add(rune.Value, at);
            }
        }
    }

    private ushort[] Numbers(ReadOnlySpan<char> spelled, Dictionary<string, ushort>.AlternateLookup<ReadOnlySpan<char>> numbers)
    {
        var list = new ushort[spelled.Count(' ') + 1];
        var at = 0;
        foreach (var part in spelled.Split(' '))
        {
            list[at++] = Number(spelled[part], numbers);
        }

        return list;
    }

    private ushort Number(ReadOnlySpan<char> syllable, Dictionary<string, ushort>.AlternateLookup<ReadOnlySpan<char>> numbers)
    {
        if (!numbers.TryGetValue(syllable, out var number))
        {
            number = (ushort)syllables.Count;
            syllables.Add(syllable.ToString());
            numbers[syllable] = number;
        }

        return number;
    }
}
