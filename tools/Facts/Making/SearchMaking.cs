using System.Text.Json;
using Kangqiao.Facts.Reading;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Facts.Making;

/// <summary>Search parameters and compartments.</summary>
internal static class SearchMaking
{
    public static SearchFact[] Parameters(IEnumerable<JsonElement> published, IReadOnlyDictionary<string, TypeFact> types) =>
        [.. published
            .OrderBy(p => p.RequiredText("url"), StringComparer.Ordinal)
            .Select((p, id) => new SearchFact(
                id,
                p.RequiredText("code"),
                p.RequiredText("url"),
                Enum.Parse<SearchType>(p.RequiredText("type"), ignoreCase: true),
                [.. p.Texts("base").Select(name => types[name])],
                p.Text("expression"),
                [.. p.Texts("target").Select(name => types[name])],
                [.. p.Each("component").Select(Component)]))];

    public static CompartmentFact[] Compartments(IEnumerable<JsonElement> published, IReadOnlyDictionary<string, TypeFact> types) =>
        [.. published
            .Select(c => new CompartmentFact(types[c.RequiredText("code")], Links(c)))
            .OrderBy(c => c.Type.Name, StringComparer.Ordinal)];

    private static SearchComponentFact Component(JsonElement component) =>
        new(component.RequiredText("definition"), component.RequiredText("expression"));

    // "{def}" is how some compartments say that their own resource is in them: that is so for all five.
    private static SortedDictionary<string, string[]> Links(JsonElement compartment)
    {
        var links = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var resource in compartment.Each("resource"))
        {
            string[] parameters = [.. resource.Texts("param").Where(p => p != "{def}").Distinct(StringComparer.Ordinal)];
            if (parameters.Length > 0)
            {
                links.Add(resource.RequiredText("code"), parameters);
            }
        }

        return links;
    }
}
