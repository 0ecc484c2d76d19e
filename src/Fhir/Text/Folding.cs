using System.Text;

namespace Kangqiao.Fhir.Text;

/// <summary>
/// What a character is when case, accents, width and other compatibility forms do not count: a table over Unicode,
/// because <see cref="string.Normalize()"/> does nothing while InvariantGlobalization is on.
/// </summary>
internal sealed class Folding
{
    private static readonly Lazy<Folding> Loaded = new(() => new Folding(), LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>By UTF-16 unit: 0 for "itself", else the position in <see cref="forms"/>.</summary>
    private readonly ushort[] basic = new ushort[char.MaxValue + 1];
    private readonly Dictionary<int, ushort> supplementary = [];
    private readonly List<string> forms = [""];

    private Folding()
    {
        using var reader = new StreamReader(typeof(Folding).Assembly.GetManifestResourceStream("folding.txt")!, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab < 0)
            {
                continue;
            }

            var form = (ushort)forms.Count;
            forms.Add(line[..tab]);
            foreach (var rune in line.AsSpan(tab + 1).EnumerateRunes())
            {
                if (rune.IsBmp)
                {
                    basic[rune.Value] = form;
                }
                else
                {
                    supplementary.Add(rune.Value, form);
                }
            }
        }
    }

    public static Folding Table => Loaded.Value;

    /// <summary>The folded form, or null where the character stays as it is.</summary>
    public string? Of(Rune rune)
    {
        if (rune.IsBmp)
        {
            var at = basic[rune.Value];
            return at == 0 ? null : forms[at];
        }

        return supplementary.TryGetValue(rune.Value, out var form) ? forms[form] : null;
    }
}
