using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search.Values;

namespace Kangqiao.Fhir.Search;

/// <summary>
/// The walk: goes down a resource along a plan's tree, once, and takes the values. Depth is bounded by the length of the
/// expressions, never by the record.
/// </summary>
internal static class SearchIndexer
{
    public static void Visit(Element element, PlanNode node, IndexValues into)
    {
        foreach (var leaf in node.Leaves)
        {
            Take(element, leaf, into);
        }

        foreach (var (when, then) in node.Branches)
        {
            if (when.Holds(element))
            {
                Visit(element, then, into);
            }
        }

        var names = node.Names;
        if (names.Length == 0)
        {
            return;
        }

        foreach (var child in element.Children)
        {
            var at = Array.IndexOf(names, (ushort)child.NameId);
            if (at >= 0)
            {
                Visit(child, node.Children[at], into);
            }
        }
    }

    private static void Take(Element element, IndexLeaf leaf, IndexValues into)
    {
        if (leaf.Question is { } question)
        {
            TokenValues.TakeAnswer(element, leaf, question.Holds(element), into);
            return;
        }

        switch (leaf.Type)
        {
            case SearchType.String:
                StringValues.Take(element, leaf, into);
                break;
            case SearchType.Token:
                TokenValues.Take(element, leaf, into);
                break;
            case SearchType.Reference:
                ReferenceValues.Take(element, leaf, into);
                break;
            case SearchType.Date:
                DateValues.Take(element, leaf, into);
                break;
            case SearchType.Number:
            case SearchType.Quantity:
                QuantityValues.Take(element, leaf, into);
                break;
            case SearchType.Uri:
                UriValues.Take(element, leaf, into);
                break;
            case SearchType.Special:
                PositionValues.Take(element, leaf, into);
                break;
            case SearchType.Composite:
                TakeComposite(element, leaf, into);
                break;
            default:
                break;
        }
    }

    // R4 search.html#combining: a composite's parts come from the same element.
    private static void TakeComposite(Element element, IndexLeaf leaf, IndexValues into)
    {
        var first = into.PartCount;
        foreach (var part in leaf.Parts)
        {
            var before = into.PartCount;
            Visit(element, part.Here, into);
            if (part.FromResource is { } fromResource)
            {
                Visit(into.Resource, fromResource, into);
            }

            if (into.PartCount == before)
            {
                into.DropPartsFrom(first);
                return;
            }
        }

        ref var value = ref into.Add(leaf, element, IndexKind.Composite);
        value.FirstPart = first;
        value.PartCount = into.PartCount - first;
    }
}
