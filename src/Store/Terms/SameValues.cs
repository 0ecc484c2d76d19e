using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Store.Terms;

/// <summary>
/// Parameters that say what others say already, told from their expressions: the ways of "combo-code" are those of "code" and
/// of "component-code", Patient's "phonetic" goes the way of "name". And those that never have more than one value.
/// </summary>
internal static class SameValues
{
    /// <summary>By position: null, or positions of parameters that are not themselves made of others.</summary>
    public static int[]?[] Of(SearchPlan plan)
    {
        var parameters = plan.Parameters;
        var ways = Array.ConvertAll(parameters, p => Ways(plan.Type, p));
        var found = new int[]?[parameters.Length];
        var earlier = new List<int>();

        // Those of the specification first and by themselves: one defined later must not change what is written for them.
        foreach (var i in Enumerable.Range(0, parameters.Length)
            .Where(i => ways[i].Count > 0 && plan.Find(parameters[i].Code) == i && parameters[i].Type != SearchType.Composite)
            .OrderBy(i => R4.Facts.SearchParameter(parameters[i].Url) is null)
            .ThenBy(i => R4.Facts.SearchParameter(parameters[i].Url) is null ? i : ways[i].Count)
            .ThenBy(i => parameters[i].Code, StringComparer.Ordinal))
        {
            var covered = new HashSet<string>(StringComparer.Ordinal);
            var parts = new List<int>();
            foreach (var e in earlier)
            {
                if (found[e] is null && IsLike(parameters[e], parameters[i]) && ways[e].IsSubsetOf(ways[i]) && !ways[e].IsSubsetOf(covered))
                {
                    parts.Add(e);
                    covered.UnionWith(ways[e]);
                }
            }

            found[i] = covered.SetEquals(ways[i]) ? [.. parts] : null;
            earlier.Add(i);
        }

        return found;
    }

    /// <summary>True if a valid resource of the type has at most one value for the parameter.</summary>
    public static bool IsSingle(TypeFact type, SearchParameter parameter)
    {
        var elements = Ways(type, parameter).Select(Element).Distinct(StringComparer.Ordinal).ToList();
        if (elements.Count != 1)
        {
            return false;
        }

        var at = type;
        foreach (var name in elements[0].Split('.')[1..])
        {
            if (at?.Element(name) is not { Max: 1 } element)
            {
                return false;
            }

            at = element.Types.Length == 1 ? element.Types[0].Type : null;
        }

        return true;
    }

    /// <summary>"Observation.value" of "Observation.value as Quantity" and of "Observation.value.as(Quantity)".</summary>
    private static string Element(string way)
    {
        var end = way.IndexOf(" as ", StringComparison.Ordinal);
        way = end < 0 ? way : way[..end];
        end = way.IndexOf(".as(", StringComparison.Ordinal);
        return end < 0 || way.IndexOf(')', StringComparison.Ordinal) != way.Length - 1 ? way : way[..end];
    }

    // The targets decide what a bare id may mean, the type how a value is compared.
    private static bool IsLike(SearchParameter left, SearchParameter right) =>
        left.Type == right.Type && left.Targets.AsSpan().SequenceEqual(right.Targets);

    /// <summary>The alternatives of the expression that begin at the type; empty where the text cannot be taken apart simply.</summary>
    private static HashSet<string> Ways(TypeFact type, SearchParameter parameter)
    {
        var ways = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in (parameter.Expression ?? "").Split('|', StringSplitOptions.TrimEntries))
        {
            var way = part;
            if (way.StartsWith('(') && way.EndsWith(')') && way.IndexOf(')', StringComparison.Ordinal) == way.Length - 1)
            {
                way = way[1..^1];
            }

            if (way.StartsWith(type.Name + ".", StringComparison.Ordinal))
            {
                ways.Add(way);
            }
            else if (!char.IsAsciiLetterUpper(way.FirstOrDefault()) || way.Count(c => c == '(') != way.Count(c => c == ')'))
            {
                return [];
            }
        }

        return ways;
    }
}
