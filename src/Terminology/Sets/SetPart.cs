using System.Text;
using Kangqiao.Terminology.Definitions;
using Kangqiao.Terminology.Rules;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology.Sets;

/// <summary>The codes of one code system in a value set.</summary>
internal abstract class SetPart(string system, string? version)
{
    public string System => system;

    public byte[] SystemUtf8 { get; } = Encoding.UTF8.GetBytes(system);

    public string? Version => version;

    /// <summary>How many codes; -1 where they cannot be counted.</summary>
    public abstract int Count { get; }

    /// <summary>True if a code that is not here may yet belong: the part was chosen by rule from a table that is a fragment.</summary>
    public virtual bool IsOpenFor(ReadOnlySpan<byte> code) => false;

    public abstract bool Contains(ReadOnlySpan<byte> code);
}

/// <summary>Concepts of a table that is loaded.</summary>
internal sealed class TablePart(ConceptTable table, ConceptSet members, int[]? order, Dictionary<int, string>? displays)
    : SetPart(table.Url, table.Version)
{
    public ConceptTable Table => table;

    public ConceptSet Members => members;

    private Dictionary<int, string>? Names => displays;

    /// <summary>The members as the value set lists them, or null where it chose them by rule; may name some that were taken out again.</summary>
    public int[]? Order => order;

    public override int Count => members.Count();

    public override bool IsOpenFor(ReadOnlySpan<byte> code) => order is null && !table.IsComplete && table.Find(code) < 0;

    public override bool Contains(ReadOnlySpan<byte> code)
    {
        var concept = table.Find(code);
        return concept >= 0 && members.Contains(concept);
    }

    /// <summary>True for a code that only groups others and that the value set does not name itself: it is no value.</summary>
    public bool IsOnlyGroup(int concept) => order is null && table.IsAbstract(concept);

    /// <summary>The display that the value set itself gives, or null.</summary>
    public string? OwnDisplay(int concept) => displays?.GetValueOrDefault(concept);

    /// <summary>The same part with other members.</summary>
    public TablePart With(ConceptSet others) => new(table, others, order, displays);

    /// <summary>This part and another of the same table, chosen in the same way, which has no member of this one.</summary>
    public TablePart And(TablePart other)
    {
        var union = new ConceptSet(table.Count);
        union.UnionWith(members);
        union.UnionWith(other.Members);
        var names = displays is null ? other.Names : other.Names is null ? displays : new Dictionary<int, string>(displays.Concat(other.Names).DistinctBy(d => d.Key));
        return new TablePart(table, union, order is null ? null : [.. order, .. other.Concepts()], names);
    }

    public IEnumerable<int> Concepts()
    {
        if (order is not null)
        {
            foreach (var concept in order)
            {
                if (members.Contains(concept))
                {
                    yield return concept;
                }
            }

            yield break;
        }

        for (var concept = members.Next(0); concept >= 0; concept = members.Next(concept + 1))
        {
            yield return concept;
        }
    }
}

/// <summary>Codes that are listed, of a system that is not loaded as a table.</summary>
internal sealed class ListPart : SetPart
{
    private readonly CodeIndex index;

    public ListPart(string system, string? version, IEnumerable<ListedConcept> concepts)
        : base(system, version)
    {
        Concepts = [.. concepts.DistinctBy(c => c.Code, StringComparer.Ordinal)];
        var packing = new TextPacking();
        foreach (var concept in Concepts)
        {
            packing.Add(concept.Code);
        }

        index = new CodeIndex(packing.Pack(), isCaseSensitive: true);
    }

    public ListedConcept[] Concepts { get; }

    public override int Count => Concepts.Length;

    public override bool Contains(ReadOnlySpan<byte> code) => index.Find(code) >= 0;

    public string? Display(ReadOnlySpan<byte> code) => index.Find(code) is >= 0 and var at ? Concepts[at].Display : null;
}

/// <summary>All codes of a grammar but some.</summary>
internal sealed class GrammarPart(GrammarSystem grammar, ListPart? without) : SetPart(grammar.Url, null)
{
    public GrammarSystem Grammar => grammar;

    public ListPart? Without => without;

    public override int Count => -1;

    /// <summary>CapabilityStatement.format is bound to media types and said to hold "xml" and "json" too: outside that grammar is not yet wrong.</summary>
    public override bool IsOpenFor(ReadOnlySpan<byte> code) => grammar == GrammarSystem.MediaTypes && without?.Contains(code) != true;

    public override bool Contains(ReadOnlySpan<byte> code) => grammar.IsValid(code) && without?.Contains(code) != true;
}
