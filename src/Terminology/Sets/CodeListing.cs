using Kangqiao.Fhir.Codes;
using Kangqiao.Kernel;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology.Sets;

/// <summary>
/// Codes written out, so that a search can ask for each: the same that <see cref="TerminologyService.IsMember"/> and
/// <see cref="TerminologyService.Subsumes(string, string, string)"/> say one by one. Null where that would be too many, or where what
/// is stored may be spelled otherwise.
/// </summary>
internal static class CodeListing
{
    /// <summary>Null, or why membership of the set cannot be told for every code.</summary>
    public static Problem? Refusal(TerminologySnapshot snapshot, string valueSet) =>
        !snapshot.Set(valueSet).Try(out var set, out var problem) ? problem with { Kind = problem.Kind == ProblemKind.NotFound ? ProblemKind.Invalid : problem.Kind }
        : set.Missing is [var missing, ..] ? Problems.MissingPart(missing) with { Kind = ProblemKind.Invalid }
        : set.IsOpen ? Problems.NotWhole(valueSet)
        : null;

    public static List<(string System, string Code)>? Members(TerminologySnapshot snapshot, string valueSet, int most)
    {
        if (!snapshot.Set(valueSet).Try(out var set, out _) || set.Count < 0 || set.Count > most)
        {
            return null;
        }

        var found = new List<(string, string)>();
        foreach (var part in set.Parts)
        {
            if (Codes(part) is not { } codes)
            {
                return null;
            }

            var names = Names(snapshot, part.System);
            foreach (var code in codes)
            {
                found.AddRange(names.Select(name => (name, code)));
            }

            if (found.Count > most)
            {
                return null;
            }
        }

        return found;
    }

    public static List<string>? Below(TerminologySnapshot snapshot, string system, string code, int most) =>
        Related(snapshot, system, code, most, (table, concept, into) => table.Hierarchy.AddWithDescendants(concept, into));

    public static List<string>? Above(TerminologySnapshot snapshot, string system, string code, int most) =>
        Related(snapshot, system, code, most, (table, concept, into) => table.Hierarchy.AddWithAncestors(concept, into));

    private static List<string>? Codes(SetPart part) => part switch
    {
        TablePart { Table.Index.IsCaseSensitive: true } table =>
            [.. table.Concepts().Where(c => !table.IsOnlyGroup(c)).Select(table.Table.Codes.Text)],
        ListPart list => [.. list.Concepts.Select(c => c.Code)],
        _ => null,
    };

    private static HashSet<string> Names(TerminologySnapshot snapshot, string system)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { system };
        if (snapshot.System(system) is { } versions)
        {
            names.Add(versions.Url);
            foreach (var alias in versions.Tables.SelectMany(t => t.Aliases))
            {
                if (ReferenceEquals(snapshot.System(alias), versions))
                {
                    names.Add(alias);
                }
            }
        }

        return names;
    }

    private static List<string>? Related(
        TerminologySnapshot snapshot, string system, string code, int most, Action<ConceptTable, int, ConceptSet> add)
    {
        if (snapshot.System(system) is not { } versions)
        {
            return [code];
        }

        var found = new List<string> { code };
        var newer = new List<ConceptTable>();
        foreach (var table in versions.Tables)
        {
            if (!table.Index.IsCaseSensitive)
            {
                return null;
            }

            if (table.Find(code) is not (>= 0 and var concept))
            {
                continue;
            }

            var related = new ConceptSet(table.Count);
            add(table, concept, related);
            for (var at = related.Next(0); at >= 0; at = related.Next(at + 1))
            {
                // The newest edition that knows both codes decides.
                var other = table.Codes.Text(at);
                if (other != code && !newer.Exists(n => n.Find(other) >= 0))
                {
                    found.Add(other);
                    if (found.Count > most)
                    {
                        return null;
                    }
                }
            }

            newer.Add(table);
        }

        return found;
    }
}
