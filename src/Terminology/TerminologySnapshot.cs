using System.Collections.Concurrent;
using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;
using Kangqiao.Terminology.Definitions;
using Kangqiao.Terminology.Rules;
using Kangqiao.Terminology.Sets;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology;

/// <summary>
/// All terminology at one moment: immutable, shared by all threads. What is worked out from it (value sets, the specification's own
/// code systems) is kept as it is asked for.
/// </summary>
public sealed class TerminologySnapshot
{
    /// <summary>Worked out sets kept; those asked for by ever new URLs would else fill the memory.</summary>
    private const int MaxSets = 4000;

    /// <summary>Kept of those whose URL a caller can make up: of one code and what is beneath it.</summary>
    private const int MaxImplied = 1000;

    private static readonly Dictionary<string, GrammarSystem> SetsOfGrammars = new(StringComparer.Ordinal)
    {
        ["http://hl7.org/fhir/ValueSet/ucum-units"] = GrammarSystem.All[0],
        ["http://hl7.org/fhir/ValueSet/all-languages"] = GrammarSystem.All[1],
        ["http://hl7.org/fhir/ValueSet/mimetypes"] = GrammarSystem.All[2],
    };

    private readonly Dictionary<string, CodeSystemVersions> systems;
    private readonly Dictionary<string, CodeSystemVersions>.AlternateLookup<ReadOnlySpan<char>> systemsBySpan;
    private readonly Dictionary<string, ConceptTable> setsOfTables;
    private readonly Dictionary<string, List<ValueSetDefinition>> valueSets;
    private readonly ConcurrentDictionary<string, Outcome<CodeSet>> sets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Outcome<CodeSet>> unknown = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CodeSystemVersions?> specified = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CodeSystemVersions?>.AlternateLookup<ReadOnlySpan<char>> specifiedBySpan;

    internal TerminologySnapshot(long version, List<ConceptTable> tables, List<ValueSetDefinition> valueSets, List<ConceptMapDefinition> maps)
    {
        Version = version;
        Tables = tables;
        ValueSets = valueSets;
        Maps = [.. maps.OrderBy(m => m.Url, StringComparer.Ordinal).ThenByDescending(m => m.Version, VersionOrder.Instance)];
        systems = tables.GroupBy(t => t.Url, StringComparer.Ordinal).ToDictionary(g => g.Key, g => CodeSystemVersions.Of(g.Key, g), StringComparer.Ordinal);
        foreach (var table in tables.OrderBy(t => t.Url, StringComparer.Ordinal))
        {
            foreach (var alias in table.Aliases)
            {
                systems.TryAdd(alias, systems[table.Url]);
            }
        }

        specifiedBySpan = specified.GetAlternateLookup<ReadOnlySpan<char>>();
        systemsBySpan = systems.GetAlternateLookup<ReadOnlySpan<char>>();
        setsOfTables = new Dictionary<string, ConceptTable>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            if (table.ValueSet is { } set)
            {
                setsOfTables.TryAdd(set, table);
            }
        }

        this.valueSets = valueSets.GroupBy(v => v.Url, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.OrderByDescending(v => v.Version, VersionOrder.Instance).ToList(), StringComparer.Ordinal);
    }

    public static TerminologySnapshot Empty { get; } = new(0, [], [], []);

    /// <summary>Grows with each change; two servers that show the same number show the same terminology.</summary>
    public long Version { get; }

    /// <summary>How many concepts are loaded, all editions together.</summary>
    public long ConceptCount => Tables.Sum(t => (long)t.Count);

    /// <summary>Canonical URL and edition of every code system loaded.</summary>
    public IEnumerable<(string Url, string? Version)> CodeSystems => Tables.Select(t => (t.Url, t.Version));

    internal List<ConceptTable> Tables { get; }

    internal List<ValueSetDefinition> ValueSets { get; }

    internal List<ConceptMapDefinition> Maps { get; }

    /// <summary>The editions of a code system by its URL or another of its names; those of FHIR itself included.</summary>
    internal CodeSystemVersions? System(string url) =>
        systems.GetValueOrDefault(url) ?? Specified(url);

    internal CodeSystemVersions? System(ReadOnlySpan<byte> url)
    {
        Span<char> text = stackalloc char[256];
        if (!Encoding.UTF8.TryGetChars(url, text, out var length))
        {
            return null;
        }

        return systemsBySpan.TryGetValue(text[..length], out var found) ? found : Specified(text[..length]);
    }

    /// <summary>The table of a system in the edition asked for, or null.</summary>
    internal ConceptTable? Table(string url, string? version) => System(url)?.Pick(version);

    /// <summary>The codes of the value set by its canonical, with or without |version.</summary>
    internal Outcome<CodeSet> Set(string canonical) => Set(canonical, null);

    /// <param name="making">The work this set is needed for, which knows what it is inside of.</param>
    internal Outcome<CodeSet> Set(string canonical, SetMaking? making)
    {
        if (sets.TryGetValue(canonical, out var known) || unknown.TryGetValue(canonical, out known))
        {
            return known;
        }

        if (making?.Known.TryGetValue(canonical, out known) == true)
        {
            return known;
        }

        var made = MakeSet(canonical, making ?? new SetMaking(this));
        if (made.IsSuccess)
        {
            making?.Known.TryAdd(canonical, made);
        }

        // What a set inside another meets (a circle) is said of the outer one.
        var isUnknown = made.Problem?.Kind == ProblemKind.NotFound;
        if (isUnknown && canonical.Length < 300 && unknown.Count < MaxImplied)
        {
            unknown.TryAdd(canonical, made);
        }
        else if (!isUnknown && (made.IsSuccess || making is null) && sets.Count < Room(canonical))
        {
            sets.TryAdd(canonical, made);
        }

        return made;
    }

    private static int Room(string canonical) =>
        canonical.Contains("?fhir_vs=", StringComparison.Ordinal) ? MaxImplied
        : canonical.Contains('|', StringComparison.Ordinal) ? MaxSets / 2
        : MaxSets;

    private Outcome<CodeSet> MakeSet(string canonical, SetMaking making)
    {
        var bar = canonical.IndexOf('|', StringComparison.Ordinal);
        var url = bar < 0 ? canonical : canonical[..bar];
        var version = bar < 0 ? null : canonical[(bar + 1)..];
        if (valueSets.TryGetValue(url, out var editions))
        {
            var edition = version is null ? editions[0] : editions.Find(e => e.Version == version);
            return edition is null ? Problems.UnknownValueSet(canonical) : making.Make(edition);
        }

        if (setsOfTables.TryGetValue(url, out var table) && (version is null || version == table.Version))
        {
            return All(canonical, table);
        }

        var implied = url.IndexOf("?fhir_vs", StringComparison.Ordinal);
        if (implied > 0)
        {
            return Implied(canonical, url[..implied], version, url[(implied + "?fhir_vs".Length)..], making);
        }

        // The specification's own sets have one edition here; bindings name it |4.0.1, the published sets themselves name others.
        if (version is not null)
        {
            return SetsOfGrammars.ContainsKey(url) || R4.Facts.ValueSet(url) is not null ? Set(url, making) : Problems.UnknownValueSet(canonical);
        }

        if (SetsOfGrammars.TryGetValue(url, out var grammar))
        {
            // CapabilityStatement.format is bound to media types and said to hold "xml" and "json" too: outside the grammar is not yet wrong.
            var set = new CodeSet(canonical, null, grammar.Name) { IsOpen = grammar == GrammarSystem.All[2] };
            set.Parts.Add(new GrammarPart(grammar, null));

            // The published list of common units has some that break UCUM's own grammar ("%{Negative Control}").
            if (R4.Facts.ValueSet(url) is { } listed)
            {
                set.Parts.AddRange(Specified(listed).Parts);
            }

            return set;
        }

        return R4.Facts.ValueSet(url) is { } fact ? Specified(fact) : Problems.UnknownValueSet(canonical);
    }

    // As for SNOMED CT (R4 snomedct.html#implicit): all codes, or those beneath one. Before the question mark stands the code system or
    // the value set of all its codes; an OID with a question mark is no URI, so what is written back begins with the latter.
    private Outcome<CodeSet> Implied(string canonical, string url, string? version, string what, SetMaking making)
    {
        var table = setsOfTables.GetValueOrDefault(url) ?? Table(url, version);
        if (table is null && GrammarSystem.Find(url) is null)
        {
            return Problems.UnknownValueSet(canonical);
        }

        var selection = new Selection(table?.Url ?? url, table?.Version ?? version);
        if (what.StartsWith("=isa/", StringComparison.Ordinal))
        {
            selection.Filters.Add(new Filter("concept", "is-a", Uri.UnescapeDataString(what["=isa/".Length..])));
        }
        else if (what.Length > 0)
        {
            return Problems.UnknownValueSet(canonical);
        }

        var named = table?.ValueSet is { } set ? what.Length == 0 ? set : $"{set}?fhir_vs{what}" : canonical;
        var definition = new ValueSetDefinition(named, table?.Version, table?.Title);
        definition.Includes.Add(selection);
        return making.Make(definition);
    }

    private static CodeSet All(string canonical, ConceptTable table)
    {
        var set = new CodeSet(canonical, table.Version, table.Title);
        set.Parts.Add(new TablePart(table, new ConceptSet(table.Count).AddAll(), null, null));
        return set;
    }

    private CodeSet Specified(ValueSetFact fact)
    {
        var set = new CodeSet(fact.Url, null, null) { IsOpen = !fact.IsComplete };
        foreach (var system in fact.Systems)
        {
            var concepts = system.Codes.Select(c => new ListedConcept(c, Table(system.System, null) is { } t && t.Find(c) is >= 0 and var at ? t.Display(at) : null));
            set.Parts.Add(new ListPart(system.System, null, concepts));
        }

        return set;
    }

    private CodeSystemVersions? Specified(ReadOnlySpan<char> url)
    {
        // All that the specification defines itself lies below these two.
        if (!url.StartsWith("http://hl7.org/fhir/", StringComparison.Ordinal) && !url.StartsWith("http://terminology.hl7.org/", StringComparison.Ordinal))
        {
            return null;
        }

        return specifiedBySpan.TryGetValue(url, out var known) ? known : Specified(url.ToString());
    }

    private CodeSystemVersions? Specified(string url)
    {
        if (specified.TryGetValue(url, out var known))
        {
            return known;
        }

        if (R4.Facts.CodeSystem(url) is not { } fact)
        {
            return null;
        }

        var draft = new ConceptTableDraft { Url = url, Version = "4.0.1", IsComplete = fact.IsComplete };
        foreach (var system in fact.Systems)
        {
            foreach (var code in system.Codes)
            {
                draft.Add(Encoding.UTF8.GetBytes(code), default, -1);
            }
        }

        return specified.GetOrAdd(url, draft.Build().Try(out var table, out _) ? CodeSystemVersions.Of(url, [table]) : null);
    }
}
