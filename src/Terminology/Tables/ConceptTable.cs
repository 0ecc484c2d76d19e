using System.Text;

namespace Kangqiao.Terminology.Tables;

[Flags]
internal enum ConceptFlags : byte
{
    None = 0,

    /// <summary>Groups others; not for use as a value (property notSelectable).</summary>
    Abstract = 1,

    /// <summary>No longer in use.</summary>
    Inactive = 2,
}

internal enum PropertyKind : byte
{
    Code,
    Text,
    Integer,
    Boolean,
    DateTime,
    Decimal,

    /// <summary>system, code and display, divided by the unit separator U+001F.</summary>
    Coding,
}

/// <summary>One value of one property of a concept.</summary>
internal readonly record struct PropertyRow(int Concept, int Property, PropertyKind Kind, int Value);

/// <summary>Another name of a concept.</summary>
/// <param name="Language">Position in the table's languages; -1 for none.</param>
/// <param name="Use">Position in the table's uses; -1 for none.</param>
internal readonly record struct DesignationRow(int Concept, int Language, int Use);

/// <summary>
/// One version of one code system, packed and immutable: about 35 bytes a concept beside its code and display. Concepts are
/// numbered depth first through the hierarchy.
/// </summary>
internal sealed class ConceptTable
{
    private readonly Lazy<ConceptSearch> search;

    public ConceptTable()
    {
        search = new Lazy<ConceptSearch>(() => new ConceptSearch(this), LazyThreadSafetyMode.ExecutionAndPublication);
    }

    public required string Url { get; init; }

    public string? Version { get; init; }

    public string? Name { get; init; }

    public string? Title { get; init; }

    /// <summary>Language of the displays (CodeSystem.language), or null.</summary>
    public string? Language { get; init; }

    /// <summary>The canonical of the value set of all its codes, or null.</summary>
    public string? ValueSet { get; init; }

    /// <summary>Other names under which the system may be asked for.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>False for a fragment: a code that is not here may yet exist.</summary>
    public bool IsComplete { get; init; }

    public required PackedTexts Codes { get; init; }

    public required CodeIndex Index { get; init; }

    public required PackedTexts Displays { get; init; }

    public PackedTexts Definitions { get; init; } = PackedTexts.Empty;

    public required byte[] Flags { get; init; }

    public required Hierarchy Hierarchy { get; init; }

    public string[] PropertyNames { get; init; } = [];

    /// <summary>By concept.</summary>
    public PropertyRow[] Properties { get; init; } = [];

    public string[] PropertyValues { get; init; } = [];

    /// <summary>By concept; the texts are <see cref="DesignationTexts"/> in the same order.</summary>
    public DesignationRow[] Designations { get; init; } = [];

    public PackedTexts DesignationTexts { get; init; } = PackedTexts.Empty;

    public string[] Languages { get; init; } = [];

    public Coding[] Uses { get; init; } = [];

    public int Count => Codes.Count;

    /// <summary>Finds by text; built at the first question.</summary>
    public ConceptSearch Search => search.Value;

    /// <summary>Position of the code, or -1.</summary>
    public int Find(ReadOnlySpan<byte> code) => Index.Find(code);

    public int Find(string code)
    {
        Span<byte> bytes = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(code, bytes, out var length) ? Find(bytes[..length]) : Find(Encoding.UTF8.GetBytes(code));
    }

    public bool IsAbstract(int concept) => (Flags[concept] & (byte)ConceptFlags.Abstract) != 0;

    public bool IsInactive(int concept) => (Flags[concept] & (byte)ConceptFlags.Inactive) != 0;

    public string? Display(int concept) => Displays[concept].IsEmpty ? null : Displays.Text(concept);

    /// <summary>The name in the language asked for, or the display.</summary>
    public string? Display(int concept, string? language)
    {
        if (language is not null && !(Language is not null && IsLanguage(Language, language)))
        {
            for (var i = FirstDesignation(concept); i < Designations.Length && Designations[i].Concept == concept; i++)
            {
                if (Designations[i].Language >= 0 && IsLanguage(Languages[Designations[i].Language], language))
                {
                    return DesignationTexts.Text(i);
                }
            }
        }

        return Display(concept);
    }

    public string? Definition(int concept) =>
        Definitions.Count == 0 || Definitions[concept].IsEmpty ? null : Definitions.Text(concept);

    /// <summary>Position of the concept's first designation, or where it would stand.</summary>
    public int FirstDesignation(int concept)
    {
        var low = 0;
        var high = Designations.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Designations[middle].Concept < concept)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Position of the concept's first property, or where it would stand.</summary>
    public int FirstProperty(int concept)
    {
        var low = 0;
        var high = Properties.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Properties[middle].Concept < concept)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // RFC 4647 basic filtering, either way round: zh answers for zh-CN and zh-CN for zh.
    private static bool IsLanguage(string known, string asked)
    {
        var shorter = Math.Min(known.Length, asked.Length);
        return known.AsSpan(0, shorter).Equals(asked.AsSpan(0, shorter), StringComparison.OrdinalIgnoreCase)
            && (known.Length == asked.Length || (known.Length > asked.Length ? known : asked)[shorter] == '-');
    }
}
