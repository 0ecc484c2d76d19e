using System.Text.Json;
using Kangqiao.Facts.Reading;

namespace Kangqiao.Facts.Making;

/// <summary>
/// Which codes a value set means: HL7's published expansion where there is one, else computed from its definition
/// (valueset.html#compositions). Where that needs a code system that is not at hand, the result says it is not complete:
/// also of a published expansion, for those over SNOMED CT and LOINC were cut at a round number, not all of them saying so.
/// </summary>
internal sealed class Expanding(Terminology terminology)
{
    private const string TooCostly = "http://hl7.org/fhir/StructureDefinition/valueset-toocostly";
    private const string Unclosed = "http://hl7.org/fhir/StructureDefinition/valueset-unclosed";

    // HL7's expansion lists every currency of the day (182). A list of currencies that is a few years old still finds typing errors.
    private const string Currencies = "urn:iso:std:iso:4217";

    private readonly Dictionary<string, CodeSet> done = new(StringComparer.Ordinal);

    /// <summary>Never null: an unknown set is empty and not complete.</summary>
    public CodeSet Expand(string url)
    {
        url = url.Split('|')[0];
        if (done.TryGetValue(url, out var known))
        {
            return known;
        }

        // Stands in for itself should a set include itself by way of another.
        done[url] = new CodeSet { IsComplete = false };
        var published = terminology.Expansion(url);
        var definition = terminology.ValueSet(url);
        var set = published is { } expansion ? Published(expansion, definition?.Field("compose"))
            : definition?.Field("compose") is { } compose ? Composed(compose)
            : definition?.Field("expansion") is { } own ? Published(own, null)
            : new CodeSet { IsComplete = false };
        return done[url] = set;
    }

    /// <summary>All codes of a code system that may be chosen.</summary>
    public CodeSet Whole(string system)
    {
        var set = new CodeSet { IsComplete = false };
        if (terminology.CodeSystem(system) is { } definition)
        {
            set.IsComplete = definition.Text("content") == "complete";
            foreach (var concept in Concept.All(definition))
            {
                if (concept.IsSelectable)
                {
                    set.Add(system, concept.Code);
                }
            }
        }

        return set;
    }

    private CodeSet Published(JsonElement expansion, JsonElement? compose)
    {
        var set = new CodeSet
        {
            IsComplete = compose?.Each("include").All(IsClosed) == true
                && !expansion.Each("extension").Any(e => e.Text("url") is TooCostly or Unclosed && e.Flag("valueBoolean")),
        };
        Flatten(expansion);
        return set;

        void Flatten(JsonElement parent)
        {
            foreach (var entry in parent.Each("contains"))
            {
                if (entry.Text("code") is { } code && !entry.Flag("abstract"))
                {
                    set.Add(entry.Text("system") ?? "", code);
                }

                Flatten(entry);
            }
        }
    }

    // True if all that the include may choose from is at hand.
    private bool IsClosed(JsonElement include) =>
        (include.Text("system") is not { } system
            || include.Field("concept") is not null
            || system == Currencies
            || terminology.CodeSystem(system)?.Text("content") == "complete")
        && include.Texts("valueSet").All(url => Expand(url).IsComplete);

    private CodeSet Composed(JsonElement compose)
    {
        var set = new CodeSet();
        foreach (var include in compose.Each("include"))
        {
            set.Add(Included(include));
        }

        foreach (var exclude in compose.Each("exclude"))
        {
            set.Remove(Included(exclude));
        }

        return set;
    }

    private CodeSet Included(JsonElement include)
    {
        var parts = new List<CodeSet>();
        if (include.Text("system") is { } system)
        {
            parts.Add(include.Field("concept") is not null ? Listed(system, include)
                : include.Field("filter") is not null ? Filtered(system, include)
                : Whole(system));
        }

        parts.AddRange(include.Texts("valueSet").Select(Expand));
        return parts.Aggregate((all, next) => all.Common(next));
    }

    private static CodeSet Listed(string system, JsonElement include)
    {
        var set = new CodeSet();
        foreach (var concept in include.Each("concept"))
        {
            set.Add(system, concept.RequiredText("code"));
        }

        return set;
    }

    private CodeSet Filtered(string system, JsonElement include)
    {
        if (terminology.CodeSystem(system) is not { } definition || definition.Text("content") != "complete")
        {
            return new CodeSet { IsComplete = false };
        }

        var concepts = Concept.All(definition);
        CodeSet? set = null;
        foreach (var filter in include.Each("filter"))
        {
            var op = filter.Text("op");
            if (filter.Text("property") != "concept" || op is not ("is-a" or "descendent-of" or "is-not-a"))
            {
                return new CodeSet { IsComplete = false };
            }

            var below = Concept.Below(concepts, filter.RequiredText("value"));
            var passed = new CodeSet();
            foreach (var concept in concepts.Where(c => c.IsSelectable))
            {
                var isRoot = concept.Code == filter.Text("value");
                var isBelow = below.Contains(concept.Code);
                if (op == "is-not-a" ? !isRoot && !isBelow : isBelow || (isRoot && op == "is-a"))
                {
                    passed.Add(system, concept.Code);
                }
            }

            set = set is null ? passed : set.Common(passed);
        }

        return set ?? new CodeSet();
    }
}
