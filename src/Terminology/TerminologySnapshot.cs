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
    /// <summary>Worked out sets kept; those asked for by ever new implicit URLs would else fill the memory.</summary>
    private const int MaxSets = 4000;

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
    private readonly ConcurrentDictionary<string, CodeSystemVersions?> specified = new(StringComparer.Ordinal);

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
        if (sets.TryGetValue(canonical, out var known))
        {
            return known;
        }

        var made = MakeSet(canonical, making ?? new SetMaking(this));

        // What a set inside another meets (a circle) is said of the outer one; a set nobody knows costs nothing to look for again.
        if ((made.IsSuccess || making is null) && made.Problem?.Kind != ProblemKind.NotFound && sets.Count < MaxSets)
        {
            sets.TryAdd(canonical, made);
        }

        return made;
    }

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

        if (SetsOfGrammars.TryGetValue(url, out var grammar))
        {
            var set = new CodeSet(canonical, null, grammar.Name);
            set.Parts.Add(new GrammarPart(grammar, null));
            return set;
        }

        return R4.Facts.ValueSet(url) is { } fact ? Specified(fact, version) : Problems.UnknownValueSet(canonical);
    }

    // As for SNOMED CT (R4 snomedct.html#implicit): all codes, or those beneath one.
    private Outcome<CodeSet> Implied(string canonical, string system, string? version, string what, SetMaking making)
    {
        if (Table(system, version) is null && GrammarSystem.Find(system) is null)
        {
            return Problems.UnknownValueSet(canonical);
        }

        var selection = new Selection(system, version);
        if (what.StartsWith("=isa/", StringComparison.Ordinal))
        {
            selection.Filters.Add(new Filter("concept", "is-a", Uri.UnescapeDataString(what["=isa/".Length..])));
        }
        else if (what.Length > 0)
        {
            return Problems.UnknownValueSet(canonical);
        }

        var definition = new ValueSetDefinition(canonical, null, null);
        definition.Includes.Add(selection);
        return making.Make(definition);
    }

    private static CodeSet All(string canonical, ConceptTable table)
    {
        var set = new CodeSet(canonical, table.Version, table.Title);
        set.Parts.Add(new TablePart(table, new ConceptSet(table.Count).AddAll(), null, null));
        return set;
    }

    private CodeSet Specified(ValueSetFact fact, string? version)
    {
        var set = new CodeSet(fact.Url, version, null) { IsOpen = !fact.IsComplete };
        foreach (var system in fact.Systems)
        {
            var concepts = system.Codes.Select(c => new ListedConcept(c, Table(system.System, null) is { } t && t.Find(c) is >= 0 and var at ? t.Display(at) : null));
            set.Parts.Add(new ListPart(system.System, null, concepts));
        }

        return set;
    }

    private CodeSystemVersions? Specified(ReadOnlySpan<char> url) =>
        url.StartsWith("http://", StringComparison.Ordinal) ? Specified(url.ToString()) : null;

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
