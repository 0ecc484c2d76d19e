using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Search.Values;

/// <summary>Values of uri parameters (R4 search.html#uri): the whole as written; of a canonical also URL and version apart.</summary>
internal static class UriValues
{
    public static void Take(Element element, IndexLeaf leaf, IndexValues into)
    {
        if (!element.IsPrimitive || !element.HasValue)
        {
            return;
        }

        var written = into.Written(element);
        if (written.IsEmpty)
        {
            return;
        }

        var bar = element.Type.Primitive == PrimitiveKind.Canonical ? into.Text(written).LastIndexOf((byte)'|') : -1;
        ref var value = ref into.Add(leaf, element, IndexKind.Uri);
        value.First = bar < 0 ? written : IndexValues.Sub(written, 0, bar);
        value.Third = bar < 0 ? default : IndexValues.Sub(written, bar + 1, written.Length - bar - 1);
        value.Fourth = written;
    }
}

/// <summary>The place of a Location, for "near".</summary>
internal static class PositionValues
{
    public static void Take(Element element, IndexLeaf leaf, IndexValues into)
    {
        var latitude = element.Child(ElementNames.Latitude);
        var longitude = element.Child(ElementNames.Longitude);
        if (latitude is { Exists: true, HasValue: true } && longitude is { Exists: true, HasValue: true }
            && SearchNumber.TryParse(latitude.Raw, out var north) && SearchNumber.TryParse(longitude.Raw, out var east))
        {
            ref var value = ref into.Add(leaf, element, IndexKind.Position);
            value.Low = north;
            value.High = east;
        }
    }
}
