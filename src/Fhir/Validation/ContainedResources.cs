using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>Rules on contained resources (references.html#contained): the invariants dom-2 to dom-5, checked without FHIRPath.</summary>
internal static class ContainedResources
{
    public static void Check(ValidationRun run, Element resource)
    {
        if (!resource.Child(WellKnown.Contained).Exists)
        {
            return;
        }

        if (resource.FactId >= 0 && resource.NameId == WellKnown.Contained)
        {
            Invariants.Fail(run, resource.Child(WellKnown.Contained), "dom-2");
            return;
        }

        var named = FragmentsIn(resource);
        foreach (var contained in resource.ChildrenNamed(WellKnown.Contained))
        {
            if (contained.Child(WellKnown.Meta) is { Exists: true } meta)
            {
                if (meta.Child("versionId").Exists || meta.Child("lastUpdated").Exists)
                {
                    Invariants.Fail(run, meta, "dom-4");
                }

                if (meta.Child("security").Exists)
                {
                    Invariants.Fail(run, meta, "dom-5");
                }
            }

            var id = contained.ChildText("id");
            if ((id is null || !named.Contains("#" + id)) && !FragmentsIn(contained).Contains("#"))
            {
                Invariants.Fail(run, contained, "dom-3");
            }
        }
    }

    /// <summary>Every text below the element that names a contained resource: references, uris, urls and canonicals.</summary>
    private static HashSet<string> FragmentsIn(Element element)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        Collect(element, named);
        return named;
    }

    private static void Collect(Element element, HashSet<string> named)
    {
        foreach (var child in element.Children)
        {
            if (child.HasValue
                && child.Raw is [(byte)'#', ..]
                && (child.NameId == WellKnown.Reference || child.Type.Name is "uri" or "url" or "canonical"))
            {
                named.Add(child.Text()!);
            }

            Collect(child, named);
        }
    }
}
