using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Terminology.Definitions;

/// <summary>What a ConceptMap resource says (R4 conceptmap.html), ready to be asked from either side.</summary>
internal sealed record ConceptMapDefinition(string Url, string? Version)
{
    /// <summary>Canonical of the value set of the source, where the map names one.</summary>
    public string? Source { get; init; }

    public string? Target { get; init; }

    public List<MapGroup> Groups { get; } = [];

    public static Outcome<ConceptMapDefinition> Read(Element resource)
    {
        if (resource.ChildText("url") is not { Length: > 0 } url)
        {
            return Problems.Unreadable("ConceptMap", "it has no url.");
        }

        var map = new ConceptMapDefinition(url, resource.ChildText("version"))
        {
            Source = resource.ChildText("source"),
            Target = resource.ChildText("target"),
        };
        foreach (var element in resource.ChildrenNamed("group"))
        {
            map.Groups.Add(MapGroup.Read(element));
        }

        return map;
    }
}

/// <summary>The mappings from one code system to one other.</summary>
internal sealed class MapGroup(string source, string? sourceVersion, string target, string? targetVersion)
{
    private readonly Dictionary<string, List<MapTarget>> bySource = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<MapTarget>> byTarget = new(StringComparer.Ordinal);

    public string Source => source;

    public string? SourceVersion => sourceVersion;

    public string Target => target;

    public string? TargetVersion => targetVersion;

    /// <summary>provided, fixed or other-map; null where the group says nothing of codes it lacks.</summary>
    public string? UnmappedMode { get; private init; }

    public ListedConcept? UnmappedFixed { get; private init; }

    /// <summary>Canonical of the map to ask for codes that this group lacks.</summary>
    public string? OtherMap { get; private init; }

    /// <summary>The targets of a code; null where the group does not have it.</summary>
    public List<MapTarget>? From(string code) => bySource.GetValueOrDefault(code);

    /// <summary>The sources of a code, as targets with the equivalence as written.</summary>
    public List<MapTarget>? Back(string code) => byTarget.GetValueOrDefault(code);

    public static MapGroup Read(Element element)
    {
        var unmapped = element.Child("unmapped");
        var group = new MapGroup(
            element.ChildText("source") ?? "",
            element.ChildText("sourceVersion"),
            element.ChildText("target") ?? "",
            element.ChildText("targetVersion"))
        {
            UnmappedMode = unmapped.Exists ? unmapped.ChildText("mode") : null,
            UnmappedFixed = unmapped.Exists && unmapped.ChildText("code") is { } fixedCode ? new ListedConcept(fixedCode, unmapped.ChildText("display")) : null,
            OtherMap = unmapped.Exists ? unmapped.ChildText("url") : null,
        };
        foreach (var row in element.ChildrenNamed("element"))
        {
            if (row.ChildText("code") is { } code)
            {
                group.Add(new ListedConcept(code, row.ChildText("display")), row);
            }
        }

        return group;
    }

    private void Add(ListedConcept from, Element row)
    {
        if (!bySource.TryGetValue(from.Code, out var targets))
        {
            bySource.Add(from.Code, targets = []);
        }

        foreach (var element in row.ChildrenNamed("target"))
        {
            var mapped = new MapTarget(
                element.ChildText("code"),
                element.ChildText("display"),
                element.ChildText("equivalence") ?? "relatedto",
                element.ChildText("comment"),
                Dependencies(element, "dependsOn"),
                Dependencies(element, "product"));
            targets.Add(mapped);
            if (mapped.Code is { } code)
            {
                if (!byTarget.TryGetValue(code, out var sources))
                {
                    byTarget.Add(code, sources = []);
                }

                sources.Add(mapped with { Code = from.Code, Display = from.Display });
            }
        }
    }

    private static MapDependency[] Dependencies(Element target, string name)
    {
        var list = new List<MapDependency>();
        foreach (var element in target.ChildrenNamed(name))
        {
            list.Add(new MapDependency(
                element.ChildText("property") ?? "", element.ChildText("system"), element.ChildText("value") ?? "", element.ChildText("display")));
        }

        return [.. list];
    }
}

/// <param name="Code">Null for unmatched.</param>
/// <param name="Equivalence">A code of http://hl7.org/fhir/concept-map-equivalence.</param>
internal sealed record MapTarget(
    string? Code, string? Display, string Equivalence, string? Comment, MapDependency[] DependsOn, MapDependency[] Products);

/// <summary>Another element a mapping depends on, or that it gives in addition.</summary>
public sealed record MapDependency(string Element, string? System, string Value, string? Display);
