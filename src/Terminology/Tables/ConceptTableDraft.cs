using System.Text;
using Kangqiao.Kernel;

namespace Kangqiao.Terminology.Tables;

/// <summary>A code system being read: concepts in the order they come, relations by code where they come as properties.</summary>
internal sealed class ConceptTableDraft
{
    private readonly TextPacking codes = new();
    private readonly TextPacking displays = new();
    private readonly TextPacking definitions = new();
    private readonly TextPacking designationTexts = new();
    private readonly List<byte> flags = [];
    private readonly List<int> parents = [];
    private readonly List<(int Concept, string Code, bool IsParent)> relations = [];
    private readonly List<PropertyRow> properties = [];
    private readonly List<DesignationRow> designations = [];
    private readonly Numbering<string> propertyNames = new();
    private readonly Numbering<string> propertyValues = new();
    private readonly Numbering<string> languages = new();
    private readonly Numbering<Coding> uses = new();
    private bool hasDefinitions;

    public required string Url { get; init; }

    public string? Version { get; init; }

    public string? Name { get; init; }

    public string? Title { get; init; }

    public string? Language { get; init; }

    public string? ValueSet { get; init; }

    public string[] Aliases { get; init; } = [];

    public bool IsComplete { get; init; } = true;

    public bool IsCaseSensitive { get; init; } = true;

    public int Count => codes.Count;

    /// <param name="parent">Position of the concept it is nested in, or -1.</param>
    /// <returns>Its position.</returns>
    public int Add(ReadOnlySpan<byte> code, ReadOnlySpan<byte> display, int parent)
    {
        codes.Add(code);
        displays.Add(display);
        parents.Add(parent);
        flags.Add(0);
        return codes.Count - 1;
    }

    /// <summary>The definition of the concept added last.</summary>
    public void Define(ReadOnlySpan<byte> text)
    {
        hasDefinitions = true;
        while (definitions.Count < codes.Count - 1)
        {
            definitions.Close();
        }

        definitions.Add(text);
    }

    public void Flag(int concept, ConceptFlags flag) => flags[concept] |= (byte)flag;

    /// <summary>A relation named by code, resolved when all concepts are known.</summary>
    public void Relate(int concept, string code, bool isParent) => relations.Add((concept, code, isParent));

    public void AddProperty(int concept, string name, PropertyKind kind, string value) =>
        properties.Add(new PropertyRow(concept, propertyNames.Of(name), kind, propertyValues.Of(value)));

    public void AddDesignation(int concept, string? language, Coding? use, ReadOnlySpan<byte> text)
    {
        designations.Add(new DesignationRow(concept, language is null ? -1 : languages.Of(language), use is null ? -1 : uses.Of(use)));
        designationTexts.Add(text);
    }

    public Outcome<ConceptTable> Build()
    {
        while (definitions.Count < codes.Count)
        {
            definitions.Close();
        }

        var given = codes.Pack();
        var index = new CodeIndex(given, IsCaseSensitive);
        if (index.Duplicate >= 0)
        {
            return Problems.DuplicateCode(Url, given.Text(index.Duplicate));
        }

        var primary = parents.ToArray();
        var further = new List<(int Child, int Parent)>();
        foreach (var (concept, code, isParent) in relations)
        {
            var other = index.Find(Encoding.UTF8.GetBytes(code));
            if (other < 0)
            {
                // A fragment may name parents that it leaves out.
                if (IsComplete)
                {
                    return Problems.UnknownParent(Url, code);
                }

                continue;
            }

            var (child, parent) = isParent ? (concept, other) : (other, concept);
            if (child == parent)
            {
                return Problems.CyclicHierarchy(Url, code);
            }

            if (primary[child] < 0)
            {
                primary[child] = parent;
            }
            else if (primary[child] != parent)
            {
                further.Add((child, parent));
            }
        }

        var hierarchy = Hierarchy.Of(primary, further, out var order, out var fault, out var isTooTangled);
        if (hierarchy is null)
        {
            return isTooTangled
                ? Problems.TooCostly($"The hierarchy of the code system {Url} has too many parents per concept.")
                : Problems.CyclicHierarchy(Url, given.Text(fault));
        }

        return Pack(given, index, hierarchy, order);
    }

    private ConceptTable Pack(PackedTexts given, CodeIndex index, Hierarchy hierarchy, int[] order)
    {
        var isMoved = false;
        var numbers = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            numbers[order[i]] = i;
            isMoved |= order[i] != i;
        }

        var codesInOrder = isMoved ? given.Reordered(order) : given;
        var rows = properties.Select(p => p with { Concept = numbers[p.Concept] }).OrderBy(p => p.Concept).ToArray();
        var designationOrder = Enumerable.Range(0, designations.Count).OrderBy(d => numbers[designations[d].Concept]).ToArray();
        return new ConceptTable
        {
            Url = Url,
            Version = Version,
            Name = Name,
            Title = Title,
            Language = Language,
            ValueSet = ValueSet,
            Aliases = Aliases,
            IsComplete = IsComplete,
            Codes = codesInOrder,
            Index = isMoved ? new CodeIndex(codesInOrder, IsCaseSensitive) : index,
            Displays = isMoved ? displays.Pack().Reordered(order) : displays.Pack(),
            Definitions = !hasDefinitions ? PackedTexts.Empty : isMoved ? definitions.Pack().Reordered(order) : definitions.Pack(),
            Flags = [.. order.Select(o => flags[o])],
            Hierarchy = hierarchy,
            PropertyNames = propertyNames.All(),
            Properties = rows,
            PropertyValues = propertyValues.All(),
            Designations = [.. designationOrder.Select(d => designations[d] with { Concept = numbers[designations[d].Concept] })],
            DesignationTexts = designations.Count == 0 ? PackedTexts.Empty : designationTexts.Pack().Reordered(designationOrder),
            Languages = languages.All(),
            Uses = uses.All(),
        };
    }

    /// <summary>Each different thing once, by a number.</summary>
    private sealed class Numbering<T>
        where T : notnull
    {
        private readonly Dictionary<T, int> numbers = [];
        private readonly List<T> all = [];

        public int Of(T thing)
        {
            if (!numbers.TryGetValue(thing, out var number))
            {
                number = all.Count;
                all.Add(thing);
                numbers.Add(thing, number);
            }

            return number;
        }

        public T[] All() => [.. all];
    }
}
