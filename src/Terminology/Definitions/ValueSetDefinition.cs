using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Terminology.Definitions;

/// <summary>What a ValueSet resource says (R4 valueset.html): its compose, or, without one, the expansion it carries.</summary>
internal sealed record ValueSetDefinition(string Url, string? Version, string? Title)
{
    public List<Selection> Includes { get; } = [];

    public List<Selection> Excludes { get; } = [];

    /// <summary>compose.inactive: false leaves inactive codes out; null says nothing.</summary>
    public bool? Inactive { get; init; }

    public static Outcome<ValueSetDefinition> Read(Element resource)
    {
        var compose = resource.Child("compose");
        var set = new ValueSetDefinition(resource.ChildText("url") ?? "", resource.ChildText("version"), resource.ChildText("title") ?? resource.ChildText("name"))
        {
            Inactive = compose.Exists && compose.ChildText("inactive") is { } inactive ? inactive == "true" : null,
        };
        if (compose.Exists)
        {
            foreach (var include in compose.ChildrenNamed("include"))
            {
                set.Includes.Add(Selection.Read(include));
            }

            foreach (var exclude in compose.ChildrenNamed("exclude"))
            {
                set.Excludes.Add(Selection.Read(exclude));
            }
        }
        else if (resource.Child("expansion") is { Exists: true } expansion)
        {
            FromExpansion(set, expansion);
        }

        return set;
    }

    private static void FromExpansion(ValueSetDefinition set, Element expansion)
    {
        foreach (var contains in expansion.ChildrenNamed("contains"))
        {
            if (contains.ChildText("code") is { } code && contains.ChildText("abstract") != "true")
            {
                var system = contains.ChildText("system");
                var version = contains.ChildText("version");
                if (set.Includes.Count == 0 || set.Includes[^1].System != system || set.Includes[^1].Version != version)
                {
                    set.Includes.Add(new Selection(system, version));
                }

                set.Includes[^1].Concepts.Add(new ListedConcept(code, contains.ChildText("display")));
            }

            FromExpansion(set, contains);
        }
    }
}

/// <summary>One include or exclude.</summary>
internal sealed record Selection(string? System, string? Version)
{
    public List<ListedConcept> Concepts { get; } = [];

    public List<Filter> Filters { get; } = [];

    public List<string> ValueSets { get; } = [];

    public static Selection Read(Element element)
    {
        var selection = new Selection(element.ChildText("system"), element.ChildText("version"));
        foreach (var concept in element.ChildrenNamed("concept"))
        {
            if (concept.ChildText("code") is { } code)
            {
                selection.Concepts.Add(new ListedConcept(code, concept.ChildText("display")));
            }
        }

        foreach (var filter in element.ChildrenNamed("filter"))
        {
            selection.Filters.Add(new Filter(filter.ChildText("property") ?? "", filter.ChildText("op") ?? "", filter.ChildText("value") ?? ""));
        }

        foreach (var valueSet in element.ChildrenNamed("valueSet"))
        {
            if (valueSet.Text() is { } canonical)
            {
                selection.ValueSets.Add(canonical);
            }
        }

        return selection;
    }
}

internal sealed record ListedConcept(string Code, string? Display);

/// <param name="Op">A code of http://hl7.org/fhir/filter-operator.</param>
internal sealed record Filter(string Property, string Op, string Value);
