using System.Text;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;
using Kangqiao.Terminology.Definitions;
using Kangqiao.Terminology.Sets;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology.Operations;

/// <summary>In parameters of ValueSet/$expand (R4 valueset-operation-expand.html). The expansion is flat.</summary>
public sealed record ExpandRequest
{
    /// <summary>Canonical URL, with or without |version.</summary>
    public string? Url { get; init; }

    /// <summary>A value set sent along; goes before <see cref="Url"/>.</summary>
    public Element Inline { get; init; }

    /// <summary>Words that must all be found in code, name, pinyin or initials; the best answers come first.</summary>
    public string? Filter { get; init; }

    public int Offset { get; init; }

    /// <summary>How many at most; 0 for the total alone; null for all, if they are not too many.</summary>
    public int? Count { get; init; }

    public bool ActiveOnly { get; init; }

    public bool IncludeDesignations { get; init; }

    public string? DisplayLanguage { get; init; }
}

/// <summary>A page of an expansion.</summary>
/// <param name="Total">Of all pages.</param>
/// <param name="UsedSystems">Each code system that was used, "url|version".</param>
/// <param name="IsLimited">True where the specification's own list is known not to be whole.</param>
public sealed record Expansion(
    string Url,
    string? Version,
    string? Title,
    int Total,
    ExpandRequest Asked,
    DateTimeOffset At,
    IReadOnlyList<string> UsedSystems,
    IReadOnlyList<ExpandedCode> Codes,
    bool IsLimited);

public sealed record ExpandedCode(
    string System, string? Version, string Code, string? Display, bool IsAbstract, bool IsInactive, IReadOnlyList<Designation> Designations);

internal static class Expand
{
    /// <summary>The most codes of one answer.</summary>
    public const int MaxCodes = 10_000;

    public static Outcome<Expansion> Answer(TerminologySnapshot snapshot, ExpandRequest ask, DateTimeOffset now)
    {
        if (!ask.Inline.Exists && string.IsNullOrEmpty(ask.Url))
        {
            return Problems.Missing("$expand needs the url of a value set, or a valueSet.");
        }

        if (ask.Offset < 0 || ask.Count < 0)
        {
            return Problems.Missing("offset and count of $expand are numbers from 0.");
        }

        var made = ask.Inline.Exists ? ValueSetDefinition.Read(ask.Inline).Then(new SetMaking(snapshot).Make) : snapshot.Set(ask.Url!);
        if (!made.Try(out var set, out var problem))
        {
            return problem;
        }

        if (set.Missing.Count > 0)
        {
            return Problems.MissingPart(set.Missing[0]);
        }

        if (set.Parts.Find(p => p.Count < 0) is { } grammar)
        {
            return Problems.NotEnumerable(grammar.System);
        }

        if (set is { IsOpen: true, Count: 0 })
        {
            return Problems.NotEnumerable(set.Url);
        }

        return Page(set, ask, now);
    }

    private static Outcome<Expansion> Page(CodeSet set, ExpandRequest ask, DateTimeOffset now)
    {
        var query = TextQuery.Of(ask.Filter);
        var isWhole = query is null && !ask.ActiveOnly;
        var total = isWhole ? set.Count : 0;
        var count = ask.Count ?? int.MaxValue;
        var wanted = (long)ask.Offset + Math.Min(count, MaxCodes);
        var codes = new List<ExpandedCode>();
        var hits = new List<Hit>[] { [], [], [] };
        var place = 0;
        foreach (var hit in Hits(set, query, ask.ActiveOnly))
        {
            if (query is not null)
            {
                hits[(int)hit.Match].Add(hit);
                continue;
            }

            if (place >= ask.Offset && place < wanted)
            {
                codes.Add(Show(hit, ask));
            }

            place++;
            if (isWhole && place >= wanted)
            {
                break;
            }
        }

        if (!isWhole)
        {
            total = query is null ? place : hits.Sum(h => h.Count);
        }

        foreach (var hit in hits.SelectMany(static h => h).Skip(ask.Offset).Take(Math.Min(count, MaxCodes)))
        {
            codes.Add(Show(hit, ask));
        }

        // Silently cutting a list short is how a drop-down loses its last codes; asking for a page says that one knows.
        if (ask.Count is null && (long)total - ask.Offset > MaxCodes)
        {
            return Problems.TooManyCodes(total, MaxCodes);
        }

        var systems = set.Parts.Select(p => p.Version is null ? p.System : $"{p.System}|{p.Version}").Distinct(StringComparer.Ordinal).ToList();
        return new Expansion(set.Url, set.Version, set.Title, total, ask, now, systems, codes, set.IsOpen);
    }

    private static IEnumerable<Hit> Hits(CodeSet set, TextQuery? query, bool activeOnly)
    {
        foreach (var part in set.Parts)
        {
            if (part is TablePart { Table: var table } members)
            {
                foreach (var concept in members.Concepts())
                {
                    if (activeOnly && table.IsInactive(concept))
                    {
                        continue;
                    }

                    var match = query is null ? TextMatch.Exact : Match(query, members, concept);
                    if (match != TextMatch.None)
                    {
                        yield return new Hit(part, concept, match);
                    }
                }
            }
            else if (part is ListPart list)
            {
                for (var i = 0; i < list.Concepts.Length; i++)
                {
                    var match = query is null ? TextMatch.Exact : Match(query, list.Concepts[i].Code, list.Concepts[i].Display);
                    if (match != TextMatch.None)
                    {
                        yield return new Hit(part, i, match);
                    }
                }
            }
        }
    }

    private static TextMatch Match(TextQuery query, TablePart part, int concept)
    {
        var match = part.Table.Search.Match(concept, query);
        return match == TextMatch.None && part.OwnDisplay(concept) is { } display ? Match(query, part.Table.Codes.Text(concept), display) : match;
    }

    private static TextMatch Match(TextQuery query, string code, string? display)
    {
        var keys = new TextPacking();
        ConceptSearch.Append(keys, Encoding.UTF8.GetBytes(display ?? ""));
        keys.Close();
        return query.Match(Encoding.UTF8.GetBytes(code), default, keys[0]);
    }

    private static ExpandedCode Show(Hit hit, ExpandRequest ask)
    {
        if (hit.Part is ListPart list)
        {
            return new ExpandedCode(list.System, list.Version, list.Concepts[hit.At].Code, list.Concepts[hit.At].Display, false, false, []);
        }

        var part = (TablePart)hit.Part;
        var table = part.Table;
        return new ExpandedCode(
            table.Url,
            table.Version,
            table.Codes.Text(hit.At),
            part.OwnDisplay(hit.At) ?? table.Display(hit.At, ask.DisplayLanguage),
            table.IsAbstract(hit.At),
            table.IsInactive(hit.At),
            ask.IncludeDesignations ? Lookup.Designations(table, hit.At) : []);
    }

    private readonly record struct Hit(SetPart Part, int At, TextMatch Match);
}
