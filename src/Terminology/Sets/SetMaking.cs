using System.Diagnostics;
using System.Text;
using Kangqiao.Kernel;
using Kangqiao.Terminology.Definitions;
using Kangqiao.Terminology.Rules;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology.Sets;

/// <summary>
/// Works out the codes of a value set (R4 valueset.html#compose): within an include, system, filters and each value set narrow one
/// another; includes add up; excludes take away. A code comes once, where it came first.
/// </summary>
internal sealed class SetMaking(TerminologySnapshot snapshot)
{
    private const int MaxDepth = 32;
    private const int MaxMissing = 100;

    /// <summary>Steps over concepts, set so that a set costs a second or two at most; what it costs beyond is a refusal, kept until the next snapshot.</summary>
    private const long MaxWork = 200_000_000;

    /// <summary>What an expression costs is known only by the clock.</summary>
    private const int WorkPerMillisecond = 100_000;

    private readonly List<string> inside = [];
    private long work;

    /// <summary>Sets worked out on the way, so that none is worked out twice even where the snapshot keeps no more.</summary>
    public Dictionary<string, Outcome<CodeSet>> Known { get; } = new(StringComparer.Ordinal);

    public Outcome<CodeSet> Make(ValueSetDefinition definition)
    {
        if (definition.Url.Length > 0 && inside.Contains(definition.Url))
        {
            return Problems.CyclicValueSet(definition.Url);
        }

        if (inside.Count >= MaxDepth)
        {
            return Problems.TooCostly($"The value set {definition.Url} refers to others more than {MaxDepth} deep.");
        }

        inside.Add(definition.Url);
        var made = MakeInside(definition);
        inside.RemoveAt(inside.Count - 1);
        return made;
    }

    private Outcome<CodeSet> MakeInside(ValueSetDefinition definition)
    {
        var set = new CodeSet(definition.Url, definition.Version, definition.Title);
        foreach (var include in definition.Includes)
        {
            if (!Select(include, set.Missing).Try(out var chosen, out var problem))
            {
                return problem;
            }

            foreach (var part in chosen)
            {
                Add(set.Parts, part);
            }

            if (work > MaxWork)
            {
                return TooMuch(definition);
            }
        }

        foreach (var exclude in definition.Excludes)
        {
            if (!Select(exclude, set.Missing).Try(out var chosen, out var problem))
            {
                return problem;
            }

            for (var i = set.Parts.Count - 1; i >= 0; i--)
            {
                Without(set.Parts, i, chosen);
            }

            if (work > MaxWork)
            {
                return TooMuch(definition);
            }
        }

        if (definition.Inactive == false)
        {
            foreach (var part in set.Parts.OfType<TablePart>())
            {
                Keep(part, c => !part.Table.IsInactive(c));
            }
        }

        if (work > MaxWork)
        {
            return TooMuch(definition);
        }

        return set;
    }

    // In steps over concepts: a relation is a range of bits, a value is a text to make, an expression is a walk over it.
    private static int Weight(Filter filter) => filter.Op switch
    {
        "regex" => 50,
        "is-a" or "descendent-of" or "is-not-a" or "generalizes" => 1,
        _ => 20,
    };

    private static Problem TooMuch(ValueSetDefinition definition) =>
        Problems.TooCostly($"The value set {definition.Url} takes too much work; include fewer filters over large code systems.");

    private static void AddMissing(List<string> missing, string url)
    {
        if (missing.Count < MaxMissing && !missing.Contains(url))
        {
            missing.Add(url);
        }
    }

    private Outcome<List<SetPart>> Select(Selection selection, List<string> missing)
    {
        List<SetPart>? chosen = null;
        if (selection.System is { } system)
        {
            var own = OfSystem(selection, system, missing);
            if (!own.Try(out chosen, out var problem))
            {
                return problem;
            }
        }

        foreach (var canonical in selection.ValueSets)
        {
            if (!snapshot.Set(canonical, this).Try(out var other, out var problem))
            {
                if (problem.Kind != ProblemKind.NotFound)
                {
                    return problem;
                }

                // It narrows by what nobody knows: nothing can be said to belong.
                AddMissing(missing, canonical);
                chosen = [];
                continue;
            }

            other.Missing.ForEach(m => AddMissing(missing, m));
            if (other.IsOpen)
            {
                AddMissing(missing, canonical);
            }

            chosen = chosen is null ? Copies(other.Parts) : Intersection(chosen, other);
        }

        return chosen ?? [];
    }

    private Outcome<List<SetPart>> OfSystem(Selection selection, string system, List<string> missing)
    {
        var table = snapshot.Table(system, selection.Version);
        if (selection.Concepts.Count > 0)
        {
            return Listed(selection, system, table);
        }

        if (table is null)
        {
            if (GrammarSystem.Find(system) is { } grammar)
            {
                return selection.Filters.Count == 0
                    ? new List<SetPart> { new GrammarPart(grammar, null) }
                    : Problems.UnsupportedFilter(selection.Filters[0].Property, selection.Filters[0].Op, system);
            }

            AddMissing(missing, system);
            return new List<SetPart>();
        }

        var members = new ConceptSet(table.Count).AddAll();
        foreach (var filter in selection.Filters)
        {
            work += (long)table.Count * Weight(filter);
            if (work > MaxWork)
            {
                break;
            }

            var started = Stopwatch.GetTimestamp();
            var applied = FilterEvaluation.Apply(table, filter);
            work += (long)(Stopwatch.GetElapsedTime(started).TotalMilliseconds * WorkPerMillisecond);
            if (!applied.Try(out var filtered, out var problem))
            {
                return problem;
            }

            members.IntersectWith(filtered);
        }

        return new List<SetPart> { new TablePart(table, members, null, null) };
    }

    private List<SetPart> Listed(Selection selection, string system, ConceptTable? table)
    {
        if (table is null)
        {
            return [new ListPart(system, selection.Version, selection.Concepts)];
        }

        work += selection.Concepts.Count + (table.Count / 64);
        var members = new ConceptSet(table.Count);
        var order = new List<int>();
        var displays = new Dictionary<int, string>();
        var others = new List<ListedConcept>();
        foreach (var listed in selection.Concepts)
        {
            var concept = table.Find(listed.Code);
            if (concept >= 0 && !members.Contains(concept))
            {
                members.Add(concept);
                order.Add(concept);
                if (listed.Display is { } display)
                {
                    displays[concept] = display;
                }
            }
            else if (concept < 0 && !table.IsComplete)
            {
                others.Add(listed);
            }
        }

        List<SetPart> parts = [new TablePart(table, members, [.. order], displays.Count == 0 ? null : displays)];
        if (others.Count > 0)
        {
            parts.Add(new ListPart(system, selection.Version, others));
        }

        return parts;
    }

    private void Add(List<SetPart> parts, SetPart added)
    {
        var before = parts.FindAll(p => p.System == added.System && p.Version == added.Version);
        if (before.Count == 0)
        {
            parts.Add(added);
            return;
        }

        switch (added)
        {
            case TablePart table:
                Keep(table, c => !before.Exists(p => p.Contains(table.Table.Codes[c])), before.Count);

                // Parts that were chosen in one way are one part: many small includes stay cheap to ask.
                if (parts[^1] is TablePart last && ReferenceEquals(last.Table, table.Table) && last.Order is null == table.Order is null)
                {
                    work += last.Order?.Length ?? last.Members.Size / 64;
                    parts[^1] = last.And(table);
                }
                else if (table.Members.Next(0) >= 0 || !before.Exists(static p => p is TablePart { Order: null }))
                {
                    parts.Add(table);
                }

                break;
            case ListPart list:
                var rest = new ListPart(list.System, list.Version, list.Concepts.Where(c => !before.Exists(p => p.Contains(Encoding.UTF8.GetBytes(c.Code)))));
                work += (long)list.Count * before.Count;
                if (rest.Count > 0)
                {
                    parts.Add(rest);
                }

                break;
            default:
                // A grammar has all that was listed of it before.
                parts.RemoveAll(p => p.System == added.System);
                parts.Add(added);
                break;
        }
    }

    /// <summary>Takes from the part at <paramref name="at"/> what others have.</summary>
    private void Without(List<SetPart> parts, int at, List<SetPart> taken)
    {
        var part = parts[at];
        var same = taken.Where(t => t.System == part.System).ToList();
        if (same.Count == 0)
        {
            return;
        }

        switch (part)
        {
            case TablePart table:
                Keep(table, c => !same.Exists(t => t.Contains(table.Table.Codes[c])));
                break;
            case ListPart list:
                parts[at] = new ListPart(list.System, list.Version, list.Concepts.Where(c => !same.Exists(t => t.Contains(Encoding.UTF8.GetBytes(c.Code)))));
                break;
            case GrammarPart when same.Exists(t => t is GrammarPart):
                parts.RemoveAt(at);
                break;
            case GrammarPart grammar:
                var codes = same.OfType<ListPart>().SelectMany(l => l.Concepts).Concat(grammar.Without?.Concepts ?? []);
                parts[at] = new GrammarPart(grammar.Grammar, new ListPart(grammar.System, null, codes));
                break;
        }
    }

    private List<SetPart> Intersection(List<SetPart> parts, CodeSet other)
    {
        var kept = new List<SetPart>();
        foreach (var part in parts)
        {
            switch (part)
            {
                case TablePart table:
                    Keep(table, c => other.Find(table.SystemUtf8, table.Table.Codes[c]) is not null);
                    kept.Add(table);
                    break;
                case ListPart list:
                    kept.Add(new ListPart(
                        list.System, list.Version, list.Concepts.Where(c => other.Find(list.SystemUtf8, Encoding.UTF8.GetBytes(c.Code)) is not null)));
                    break;
                case GrammarPart grammar:
                    kept.AddRange(WithinGrammar(grammar, other));
                    break;
            }
        }

        return kept;
    }

    private static IEnumerable<SetPart> WithinGrammar(GrammarPart grammar, CodeSet other)
    {
        foreach (var part in other.Parts.Where(p => p.System == grammar.System))
        {
            yield return part switch
            {
                ListPart list => new ListPart(list.System, null, list.Concepts.Where(c => grammar.Contains(Encoding.UTF8.GetBytes(c.Code)))),
                GrammarPart narrower => new GrammarPart(
                    grammar.Grammar, new ListPart(grammar.System, null, (grammar.Without?.Concepts ?? []).Concat(narrower.Without?.Concepts ?? []))),
                _ => Copies([part])[0],
            };
        }
    }

    // Parts of other sets are shared by all who include them; members are changed below, so they are copied first.
    private static List<SetPart> Copies(List<SetPart> parts)
    {
        var copies = new List<SetPart>(parts.Count);
        foreach (var part in parts)
        {
            if (part is not TablePart table)
            {
                copies.Add(part);
                continue;
            }

            var members = new ConceptSet(table.Table.Count);
            members.UnionWith(table.Members);
            copies.Add(table.With(members));
        }

        return copies;
    }

    private void Keep(TablePart part, Func<int, bool> isKept, int cost = 1)
    {
        for (var concept = part.Members.Next(0); concept >= 0; concept = part.Members.Next(concept + 1))
        {
            work += cost;
            if (work > MaxWork)
            {
                return;
            }

            if (!isKept(concept))
            {
                part.Members.Remove(concept);
            }
        }
    }
}
