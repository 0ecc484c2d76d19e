using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>What a reference was found to point to inside the record.</summary>
/// <param name="Target">The resource, or nothing.</param>
/// <param name="Matches">How many fit; more than one is an error of the bundle.</param>
internal readonly record struct Resolution(Element Target, int Matches);

/// <summary>
/// Finds what references point to inside one record: contained resources (references.html#contained) and entries of the
/// bundles around (bundle.html#references). Indexes are made when first asked for.
/// </summary>
internal sealed class ReferenceIndex
{
    private readonly Dictionary<int, BundleIndex> bundles = [];
    private readonly Dictionary<int, Dictionary<string, Element>> contained = [];

    public void Begin()
    {
        if (bundles.Count > 0)
        {
            bundles.Clear();
        }

        if (contained.Count > 0)
        {
            contained.Clear();
        }
    }

    /// <summary>The resource that holds the contained ones an element can refer to: around a contained resource, its container.</summary>
    public static Element ContainerOf(Element element)
    {
        var resource = element.Resource;
        while (resource.FactId >= 0 && resource.NameId == WellKnown.Contained)
        {
            resource = resource.Parent.Resource;
        }

        return resource;
    }

    /// <summary>The contained resource that #id names; for # alone the container itself.</summary>
    public Element Contained(Element from, string fragment)
    {
        var container = ContainerOf(from);
        if (fragment.Length <= 1)
        {
            return container;
        }

        if (!contained.TryGetValue(container.Handle, out var byId))
        {
            byId = new Dictionary<string, Element>(StringComparer.Ordinal);
            foreach (var resource in container.ChildrenNamed(WellKnown.Contained))
            {
                if (resource.ChildText("id") is { } id)
                {
                    byId.TryAdd(id, resource);
                }
            }

            contained.Add(container.Handle, byId);
        }

        return byId.GetValueOrDefault(fragment[1..]);
    }

    /// <summary>The entry around an element and its bundle; nothing outside of a bundle.</summary>
    public static (Element Bundle, Element Entry) BundleAround(Element element)
    {
        var container = ContainerOf(element);
        var entry = container.Parent;
        return entry.Exists && entry.Type.Name == "Bundle.entry" ? (entry.Parent, entry) : default;
    }

    /// <summary>
    /// Resolves a reference among the entries of the bundles around it. A relative one is taken by the fullUrl of the entry
    /// it stands in where that is RESTful; else by type and id.
    /// </summary>
    public Resolution InBundle(Element from, ReferenceText reference, string text)
    {
        var (bundle, entry) = BundleAround(from);
        for (; bundle.Exists; (bundle, entry) = BundleAround(bundle))
        {
            var index = IndexOf(bundle);
            var found = index.Find(entry, reference, text);
            if (found.Matches > 0)
            {
                return found;
            }
        }

        return default;
    }

    /// <summary>The resource a reference element points to inside the record, or nothing.</summary>
    public Element Resolve(Element from, string text)
    {
        if (text.StartsWith('#'))
        {
            return Contained(from, text);
        }

        return InBundle(from, ReferenceText.Parse(text), text).Target;
    }

    public BundleIndex IndexOf(Element bundle)
    {
        if (!bundles.TryGetValue(bundle.Handle, out var index))
        {
            index = new BundleIndex(bundle);
            bundles.Add(bundle.Handle, index);
        }

        return index;
    }
}

/// <summary>The entries of one bundle by fullUrl, and by type and id.</summary>
internal sealed class BundleIndex
{
    private readonly Dictionary<string, List<Element>> byUrl = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Element>> byTypeAndId = new(StringComparer.Ordinal);

    public BundleIndex(Element bundle)
    {
        Type = bundle.ChildText("type");
        First = bundle.Child(WellKnown.Entry) is { Exists: true } first ? first.Child(WellKnown.Resource) : default;
        foreach (var entry in bundle.ChildrenNamed(WellKnown.Entry))
        {
            var resource = entry.Child(WellKnown.Resource);
            if (!resource.Exists)
            {
                continue;
            }

            if (entry.ChildText("fullUrl") is { } url)
            {
                Add(byUrl, url, resource);
            }

            if (resource.ChildText("id") is { } id)
            {
                Add(byTypeAndId, resource.Type.Name + "/" + id, resource);
            }
        }
    }

    /// <summary>Bundle.type.</summary>
    public string? Type { get; }

    /// <summary>The resource of the first entry.</summary>
    public Element First { get; }

    public Resolution Find(Element entry, ReferenceText reference, string text)
    {
        switch (reference.Form)
        {
            case ReferenceForm.Restful or ReferenceForm.Absolute:
                return Pick(byUrl.GetValueOrDefault(reference.Versionless), reference, text);
            case ReferenceForm.Relative:
                if (entry.ChildText("fullUrl") is { } own && ReferenceText.Parse(own) is { Form: ReferenceForm.Restful } full)
                {
                    var cut = full.Versionless.LastIndexOf('/', full.Versionless.LastIndexOf('/') - 1);
                    return Pick(byUrl.GetValueOrDefault(full.Versionless[..(cut + 1)] + reference.Versionless), reference, text);
                }

                return Pick(byTypeAndId.GetValueOrDefault(reference.Versionless), reference, text);
            default:
                return default;
        }
    }

    private static Resolution Pick(List<Element>? candidates, ReferenceText reference, string text)
    {
        if (candidates is null)
        {
            return default;
        }

        if (!reference.HasVersion)
        {
            return new Resolution(candidates[0], candidates.Count);
        }

        var version = text[(text.IndexOf("/_history/", StringComparison.Ordinal) + "/_history/".Length)..];
        var matches = 0;
        Element target = default;
        foreach (var candidate in candidates)
        {
            var meta = candidate.Child(WellKnown.Meta);
            if (meta.Exists && meta.ChildText("versionId") == version)
            {
                matches++;
                target = candidate;
            }
        }

        return new Resolution(target, matches);
    }

    private static void Add(Dictionary<string, List<Element>> index, string key, Element resource)
    {
        if (!index.TryGetValue(key, out var list))
        {
            index.Add(key, list = new List<Element>(1));
        }

        list.Add(resource);
    }
}
