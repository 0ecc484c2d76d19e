using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>Where references lead: to contained resources, to entries of the same bundle, or outside through the environment.</summary>
internal static class References
{
    /// <summary>Null if the item is no reference, or what it points at is not at hand.</summary>
    public static FhirPathItem? Resolve(FhirPathEnvironment env, in FhirPathItem item)
    {
        var names = KnownNames.All;
        var source = item.Element;
        string? reference;
        TypeFact? stated = null;
        if (item.Kind == ItemKind.String)
        {
            reference = item.String;
        }
        else if (!source.Exists)
        {
            return null;
        }
        else if (source.IsPrimitive)
        {
            reference = source.Text();
        }
        else
        {
            var text = source.Child(names.Reference);
            var type = source.Child(names.Type);
            reference = text.Exists ? text.Text() : null;
            stated = type.Exists && type.Text() is { } name ? R4.Facts.Type(name) : null;
        }

        if (reference is not null)
        {
            var target = reference.StartsWith('#')
                ? InContainer(env, source, reference)
                : InBundle(env, source, reference);
            if (!target.Exists && !reference.StartsWith('#') && env.Resolver is { } resolver)
            {
                target = resolver(reference);
            }

            if (target.Exists)
            {
                return FhirPathItem.Of(target);
            }
        }

        var assumed = reference is null ? stated : TypeIn(reference) ?? stated;
        return env.AssumesTargets && assumed is { IsResource: true } ? FhirPathItem.OfUnresolved(assumed) : null;
    }

    /// <summary>The resource type in "Patient/123", "http://server/fhir/Patient/123/_history/1", "Patient?identifier=…".</summary>
    public static TypeFact? TypeIn(ReadOnlySpan<char> reference)
    {
        var query = reference.IndexOf('?');
        if (query >= 0)
        {
            reference = reference[..query];
            return R4.Facts.Type(reference[(reference.LastIndexOf('/') + 1)..]) is { IsResource: true } asked ? asked : null;
        }

        var history = reference.IndexOf("/_history/");
        if (history >= 0)
        {
            reference = reference[..history];
        }

        var slash = reference.LastIndexOf('/');
        if (slash <= 0)
        {
            return null;
        }

        var before = reference[..slash];
        return R4.Facts.Type(before[(before.LastIndexOf('/') + 1)..]) is { IsResource: true } type ? type : null;
    }

    private static Element InContainer(FhirPathEnvironment env, Element source, string reference)
    {
        var names = KnownNames.All;
        var holder = source.Exists ? source.Resource : env.ResourceOrFocus;
        if (holder.Exists && holder.NameId == names.Contained && holder.Parent.Exists)
        {
            holder = holder.Parent.Resource;
        }

        // A lone "#" is the container itself (R4 references.html#contained).
        if (!holder.Exists || reference.Length == 1)
        {
            return holder;
        }

        foreach (var contained in holder.ChildrenNamed(names.Contained))
        {
            env.Spend(1);
            var id = contained.Child(names.Id);
            if (id.Exists && id.Text() is { } text && reference.AsSpan(1).SequenceEqual(text))
            {
                return contained;
            }
        }

        return default;
    }

    private static Element InBundle(FhirPathEnvironment env, Element source, string reference)
    {
        var names = KnownNames.All;
        var holder = source.Exists ? source.Document.Root : env.RootOrResource;
        if (!holder.Exists || holder.TypeId != names.Bundle)
        {
            return default;
        }

        var isAbsolute = reference.Contains(':', StringComparison.Ordinal);
        foreach (var entry in holder.ChildrenNamed(names.Entry))
        {
            if (!env.Spend(1))
            {
                return default;
            }

            var fullUrl = entry.Child(names.FullUrl);
            if (!fullUrl.Exists || fullUrl.Text() is not { } url)
            {
                continue;
            }

            // R4 bundle.html#references: a relative reference is completed with the base of the bundle's own URLs.
            var isMatch = isAbsolute
                ? url == reference
                : url.EndsWith(reference, StringComparison.Ordinal) && url.Length > reference.Length && url[^(reference.Length + 1)] == '/';
            if (isMatch)
            {
                return entry.Child(names.Resource);
            }
        }

        return default;
    }
}
