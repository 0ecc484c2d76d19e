using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search.Paths;

namespace Kangqiao.Fhir.Search.Values;

/// <summary>Values of reference parameters (R4 search.html#reference): literal references, canonicals, and identifiers.</summary>
internal static class ReferenceValues
{
    public static void Take(Element element, IndexLeaf leaf, IndexValues into)
    {
        if (element.IsResource)
        {
            TakeResource(element, leaf, into);
        }
        else if (element.IsPrimitive)
        {
            TakeText(element, element, leaf, into);
        }
        else if (element.TypeId == DataTypes.Reference)
        {
            var text = element.Child(ElementNames.Reference);
            if (text.Exists && text.HasValue)
            {
                TakeText(element, text, leaf, into);
            }

            TakeIdentifier(element, leaf, into);
        }
    }

    private static void TakeText(Element element, Element text, IndexLeaf leaf, IndexValues into)
    {
        if (!text.HasValue)
        {
            return;
        }

        var written = into.Written(text);
        var bytes = into.Text(written);
        if (bytes.IsEmpty)
        {
            return;
        }

        if (bytes[0] == (byte)'#')
        {
            TakeContained(element, written, leaf, into);
            return;
        }

        var isCanonical = element.IsPrimitive;
        var parts = isCanonical ? default : ReferenceText.Split(bytes);
        if (parts.TypeLength == 0)
        {
            TakeUrl(element, written, isCanonical, leaf, into);
            return;
        }

        ref var value = ref into.Add(leaf, element, IndexKind.Reference);
        value.First = IndexValues.Sub(written, parts.TypeStart, parts.TypeLength);
        value.Second = IndexValues.Sub(written, parts.IdStart, parts.IdLength);
        value.Third = parts.VersionLength == 0 ? default : IndexValues.Sub(written, parts.VersionStart, parts.VersionLength);
        if (parts.HasBase)
        {
            // Without the version: it has its own place.
            value.Fourth = IndexValues.Sub(written, 0, parts.IdStart + parts.IdLength);
        }
    }

    private static void TakeUrl(Element element, TextSlice written, bool isCanonical, IndexLeaf leaf, IndexValues into)
    {
        var bytes = into.Text(written);
        var bar = isCanonical ? bytes.LastIndexOf((byte)'|') : -1;
        var type = isCanonical ? null : ReferenceTarget.TypeOf(element);
        var typeSlice = type is null ? default : into.Put(type.Name.AsSpan());
        ref var value = ref into.Add(leaf, element, IndexKind.Reference);
        value.First = typeSlice;
        value.Third = bar < 0 ? default : IndexValues.Sub(written, bar + 1, written.Length - bar - 1);
        value.Fourth = bar < 0 ? written : IndexValues.Sub(written, 0, bar);
    }

    private static void TakeContained(Element element, TextSlice written, IndexLeaf leaf, IndexValues into)
    {
        var target = ReferenceTarget.Contained(element, into.Text(written));
        var type = target.Exists ? into.Put(target.Type.Name.AsSpan()) : default;
        ref var value = ref into.Add(leaf, element, IndexKind.Reference);
        value.First = type;
        value.Second = IndexValues.Sub(written, 1, written.Length - 1);
        value.Fourth = written;
        value.Flags = IndexFlags.Contained;

        // An identifier of a contained resource is as good as Reference.identifier, but R4 does not ask for it.
    }

    private static void TakeIdentifier(Element reference, IndexLeaf leaf, IndexValues into)
    {
        var identifier = reference.Child(ElementNames.Identifier);
        if (!identifier.Exists)
        {
            return;
        }

        var system = into.Written(identifier.Child(ElementNames.System));
        var code = into.Written(identifier.Child(ElementNames.Value));
        if (system.IsEmpty && code.IsEmpty)
        {
            return;
        }

        var type = ReferenceTarget.TypeOf(reference);
        var typeSlice = type is null ? default : into.Put(type.Name.AsSpan());
        ref var value = ref into.Add(leaf, reference, IndexKind.ReferenceIdentifier);
        value.First = system;
        value.Second = code;
        value.Third = typeSlice;
    }

    // Bundle's "composition" and "message" select the first entry's resource itself.
    private static void TakeResource(Element resource, IndexLeaf leaf, IndexValues into)
    {
        var isTarget = leaf.Targets.Length == 0;
        foreach (var target in leaf.Targets)
        {
            isTarget |= resource.Type.IsA(target);
        }

        var id = into.Written(resource.Child(ElementNames.IdName));
        var fullUrl = into.Written(resource.Parent.Exists ? resource.Parent.Child(ElementNames.FullUrl) : default);
        if (!isTarget || (id.IsEmpty && fullUrl.IsEmpty))
        {
            return;
        }

        var type = into.Put(resource.Type.Name.AsSpan());
        ref var value = ref into.Add(leaf, resource, IndexKind.Reference);
        value.First = type;
        value.Second = id;
        if (id.IsEmpty)
        {
            value.Fourth = fullUrl;
        }
    }
}
