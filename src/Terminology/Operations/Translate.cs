using Kangqiao.Kernel;
using Kangqiao.Terminology.Definitions;

namespace Kangqiao.Terminology.Operations;

/// <summary>In parameters of ConceptMap/$translate (R4 conceptmap-operation-translate.html).</summary>
/// <param name="Codings">One, or those of a CodeableConcept.</param>
public sealed record TranslateRequest(IReadOnlyList<Coding> Codings)
{
    /// <summary>Canonical of the map, with or without |version; all maps that fit where null.</summary>
    public string? Url { get; init; }

    /// <summary>Value set the code comes from.</summary>
    public string? Source { get; init; }

    /// <summary>Value set a translation is wanted in.</summary>
    public string? Target { get; init; }

    /// <summary>Code system a translation is wanted in.</summary>
    public string? TargetSystem { get; init; }

    /// <summary>From target to source.</summary>
    public bool Reverse { get; init; }
}

/// <summary>Out parameters of $translate.</summary>
/// <param name="Result">True if there is a match that is not unmatched or disjoint.</param>
public sealed record Translation(bool Result, string? English, string? Chinese, IReadOnlyList<TranslationMatch> Matches);

/// <param name="Equivalence">A code of http://hl7.org/fhir/concept-map-equivalence, read from the code asked about to the match.</param>
/// <param name="Concept">Null for unmatched.</param>
/// <param name="Map">Canonical of the map the match comes from.</param>
public sealed record TranslationMatch(
    string Equivalence, Coding? Concept, string Map, string? Comment, IReadOnlyList<MapDependency> DependsOn, IReadOnlyList<MapDependency> Products);

internal static class Translate
{
    private const int MaxCodings = 200;
    private const int MaxMaps = 16;

    public static Outcome<Translation> Answer(TerminologySnapshot snapshot, TranslateRequest ask)
    {
        if (ask.Codings.Count is 0 or > MaxCodings || ask.Codings.Any(c => string.IsNullOrEmpty(c.Code)))
        {
            return Problems.Missing($"$translate needs a code with its system, a coding, or a codeableConcept with at most {MaxCodings} codings.");
        }

        var maps = Maps(snapshot, ask.Url);
        if (ask.Url is not null && maps.Count == 0)
        {
            return Problems.UnknownConceptMap(ask.Url);
        }

        if (ask.Url is null)
        {
            maps = maps.FindAll(m => Fits(m, ask)).DistinctBy(m => m.Url, StringComparer.Ordinal).ToList();
            if (maps.Count == 0)
            {
                return new Translation(false, "No concept map is loaded for this source and target.", "没有装入适用于该来源和目标的映射。", []);
            }
        }

        var matches = new List<TranslationMatch>();
        foreach (var coding in ask.Codings)
        {
            foreach (var map in maps)
            {
                Collect(snapshot, map, Normal(snapshot, coding), ask, matches, []);
            }
        }

        var result = matches.Exists(static m => m.Concept is not null && m.Equivalence is not ("unmatched" or "disjoint"));
        return result
            ? new Translation(true, null, null, matches)
            : new Translation(false, "The code has no translation in the map.", "该代码在映射中没有对应项。", matches);
    }

    private static List<ConceptMapDefinition> Maps(TerminologySnapshot snapshot, string? canonical)
    {
        if (canonical is null)
        {
            return snapshot.Maps;
        }

        var bar = canonical.IndexOf('|', StringComparison.Ordinal);
        var url = bar < 0 ? canonical : canonical[..bar];
        var found = snapshot.Maps.Find(m => m.Url == url && (bar < 0 || m.Version == canonical[(bar + 1)..]));
        return found is null ? [] : [found];
    }

    private static bool Fits(ConceptMapDefinition map, TranslateRequest ask)
    {
        var (from, to) = ask.Reverse ? (map.Target, map.Source) : (map.Source, map.Target);
        return (ask.Source is null || ask.Source == from) && (ask.Target is null || ask.Target == to);
    }

    // The system's own URL for another name of it.
    private static Coding Normal(TerminologySnapshot snapshot, Coding coding) =>
        snapshot.System(coding.System) is { } versions ? coding with { System = versions.Url } : coding;

    private static void Collect(
        TerminologySnapshot snapshot, ConceptMapDefinition map, Coding coding, TranslateRequest ask, List<TranslationMatch> matches, List<string> asked)
    {
        asked.Add(map.Url);
        foreach (var group in map.Groups)
        {
            var (from, to) = ask.Reverse ? (group.Target, group.Source) : (group.Source, group.Target);
            if ((coding.System.Length > 0 && from != coding.System) || (ask.TargetSystem is not null && ask.TargetSystem != to))
            {
                continue;
            }

            var version = ask.Reverse ? group.SourceVersion : group.TargetVersion;
            if ((ask.Reverse ? group.Back(coding.Code) : group.From(coding.Code)) is { } targets)
            {
                foreach (var target in targets)
                {
                    var concept = target.Code is null ? null : new Coding(to, target.Code, target.Display ?? DisplayOf(snapshot, to, version, target.Code), version);
                    matches.Add(new TranslationMatch(
                        ask.Reverse ? Turned(target.Equivalence) : target.Equivalence, concept, map.Url, target.Comment, target.DependsOn, target.Products));
                }
            }
            else if (!ask.Reverse)
            {
                Unmapped(snapshot, map, group, coding, ask, matches, asked);
            }
        }
    }

    private static string? DisplayOf(TerminologySnapshot snapshot, string system, string? version, string code) =>
        snapshot.Table(system, version) is { } table && table.Find(code) is >= 0 and var at ? table.Display(at) : null;

    private static void Unmapped(
        TerminologySnapshot snapshot, ConceptMapDefinition map, MapGroup group, Coding coding, TranslateRequest ask, List<TranslationMatch> matches, List<string> asked)
    {
        switch (group.UnmappedMode)
        {
            case "provided":
                matches.Add(new TranslationMatch("equal", new Coding(group.Target, coding.Code, coding.Display, group.TargetVersion), map.Url, null, [], []));
                break;
            case "fixed" when group.UnmappedFixed is { } code:
                matches.Add(new TranslationMatch("inexact", new Coding(group.Target, code.Code, code.Display, group.TargetVersion), map.Url, null, [], []));
                break;
            case "other-map" when group.OtherMap is { } other && asked.Count < MaxMaps:
                foreach (var next in Maps(snapshot, other))
                {
                    if (!asked.Contains(next.Url))
                    {
                        Collect(snapshot, next, coding, ask, matches, asked);
                    }
                }

                break;
        }
    }

    // conceptmap-equivalence reads from source to target; turned about, what was wider is narrower.
    private static string Turned(string equivalence) => equivalence switch
    {
        "wider" => "narrower",
        "narrower" => "wider",
        "subsumes" => "specializes",
        "specializes" => "subsumes",
        _ => equivalence,
    };
}
