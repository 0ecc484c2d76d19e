using System.Diagnostics;
using System.Text.RegularExpressions;
using Kangqiao.Kernel;
using Kangqiao.Terminology.Definitions;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology.Sets;

/// <summary>What a filter of compose.include chooses (R4 valueset.html, filter operators), as a set of positions.</summary>
internal static class FilterEvaluation
{
    private const int MaxPattern = 1000;

    /// <summary>For one expression over a whole table.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(1);

    public static Outcome<ConceptSet> Apply(ConceptTable table, Filter filter)
    {
        var isConcept = filter.Property is "concept" or "code";
        switch (filter.Op)
        {
            case "is-a" or "descendent-of" or "is-not-a" or "generalizes" when isConcept:
                return ByHierarchy(table, filter);
            case "=" when filter.Property is "parent" or "child":
                return Neighbours(table, filter);
            case "in" or "not-in":
            {
                var values = filter.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
                return ByValue(table, filter, values.Contains, isWanted: filter.Op == "in");
            }

            case "=":
                return ByValue(table, filter, v => v == filter.Value, isWanted: true);
            case "exists" when filter.Value is "true" or "false":
                return ByValue(table, filter, static _ => true, isWanted: filter.Value == "true");
            case "regex":
                return ByPattern(table, filter);
            default:
                return Problems.UnsupportedFilter(filter.Property, filter.Op, table.Url);
        }
    }

    private static Outcome<ConceptSet> ByHierarchy(ConceptTable table, Filter filter)
    {
        var set = new ConceptSet(table.Count);
        var concept = table.Find(filter.Value);
        if (concept < 0)
        {
            return filter.Op == "is-not-a" ? set.AddAll() : set;
        }

        if (filter.Op == "generalizes")
        {
            table.Hierarchy.AddWithAncestors(concept, set);
            return set;
        }

        table.Hierarchy.AddWithDescendants(concept, set);
        if (filter.Op == "descendent-of")
        {
            set.Remove(concept);
        }

        if (filter.Op == "is-not-a")
        {
            var others = new ConceptSet(table.Count).AddAll();
            others.ExceptWith(set);
            return others;
        }

        return set;
    }

    private static Outcome<ConceptSet> Neighbours(ConceptTable table, Filter filter)
    {
        var set = new ConceptSet(table.Count);
        var concept = table.Find(filter.Value);
        if (concept >= 0)
        {
            foreach (var other in filter.Property == "parent" ? table.Hierarchy.Children(concept) : table.Hierarchy.Parents(concept))
            {
                set.Add(other);
            }
        }

        return set;
    }

    private static Outcome<ConceptSet> ByPattern(ConceptTable table, Filter filter)
    {
        if (filter.Value.Length > MaxPattern)
        {
            return Problems.BadExpression(filter.Value);
        }

        try
        {
            // The whole value has to match; NonBacktracking keeps the cost linear in it.
            var pattern = new Regex(
                $"^(?:{filter.Value})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
            var isOver = false;
            var started = Stopwatch.GetTimestamp();
            var chosen = ByValue(
                table,
                filter,
                v => !isOver && !(isOver = Stopwatch.GetElapsedTime(started) > MaxTime) && pattern.IsMatch(v),
                isWanted: true);
            return isOver ? TooLong(table) : chosen;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return Problems.BadExpression(filter.Value);
        }
        catch (RegexMatchTimeoutException)
        {
            return TooLong(table);
        }
    }

    private static Problem TooLong(ConceptTable table) =>
        Problems.TooCostly($"The regular expression of a filter on {table.Url} took too long.");

    private static Outcome<ConceptSet> ByValue(ConceptTable table, Filter filter, Func<string, bool> isMatch, bool isWanted)
    {
        var set = new ConceptSet(table.Count);
        switch (filter.Property)
        {
            case "concept" or "code":
                ForEach(table, set, c => isMatch(table.Codes.Text(c)));
                break;
            case "display":
                ForEach(table, set, c => table.Display(c) is { } display && isMatch(display));
                break;
            case "definition":
                ForEach(table, set, c => table.Definition(c) is { } definition && isMatch(definition));
                break;
            case "parent":
                ForEach(table, set, c => table.Hierarchy.Parents(c).Any(p => isMatch(table.Codes.Text(p))));
                break;
            case "child":
                ForEach(table, set, c => table.Hierarchy.Children(c).Any(p => isMatch(table.Codes.Text(p))));
                break;
            case "inactive":
                ForEach(table, set, c => isMatch(table.IsInactive(c) ? "true" : "false"));
                break;
            case "notSelectable" or "abstract":
                ForEach(table, set, c => isMatch(table.IsAbstract(c) ? "true" : "false"));
                break;
            default:
                var property = Array.IndexOf(table.PropertyNames, filter.Property);
                if (property < 0 && filter.Op != "exists")
                {
                    return Problems.UnsupportedFilter(filter.Property, filter.Op, table.Url);
                }

                ByProperty(table, property, set, isMatch);
                break;
        }

        if (!isWanted)
        {
            var others = new ConceptSet(table.Count).AddAll();
            others.ExceptWith(set);
            return others;
        }

        return set;
    }

    private static void ByProperty(ConceptTable table, int property, ConceptSet set, Func<string, bool> isMatch)
    {
        // Many concepts share few values: each value is asked once.
        var known = new bool?[table.PropertyValues.Length];
        foreach (var row in table.Properties)
        {
            if (row.Property == property && (known[row.Value] ??= isMatch(Comparable(table.PropertyValues[row.Value], row.Kind))))
            {
                set.Add(row.Concept);
            }
        }
    }

    // A Coding is compared by its code.
    private static string Comparable(string value, PropertyKind kind) => kind == PropertyKind.Coding ? value.Split('\u001F')[1] : value;

    private static void ForEach(ConceptTable table, ConceptSet set, Func<int, bool> isMatch)
    {
        for (var i = 0; i < table.Count; i++)
        {
            if (isMatch(i))
            {
                set.Add(i);
            }
        }
    }
}
