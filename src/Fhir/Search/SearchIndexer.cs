using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
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

    /// <summary>
    /// Parameters defined at run time with expressions the walk cannot do. One that fails on a record (too costly, say) gives
    /// no values for it: a record must not be lost because of a parameter.
    /// </summary>
    public static void TakeGenerals(Element resource, PlanNode root, IndexValues into)
    {
        foreach (var (expression, leaf) in root.Generals)
        {
            var (environment, results) = into.FhirPath();
            if (!expression.Evaluate(resource, environment, results))
            {
                continue;
            }

            foreach (ref readonly var item in results)
            {
                if (item.IsElement)
                {
                    Take(item.Element, leaf, into);
                }
                else if (item.Kind == ItemKind.Boolean && leaf.Type == SearchType.Token)
                {
                    TokenValues.TakeAnswer(resource, leaf, item.Boolean, into);
                }
                else if (item.Kind == ItemKind.String)
                {
                    TakeComputed(resource, leaf, item.String, into);
                }
            }
        }
    }

    private static void TakeComputed(Element resource, IndexLeaf leaf, string text, IndexValues into)
    {
        if (text.Length == 0)
        {
            return;
        }

        var written = into.Put(text.AsSpan());
        if (leaf.Type == SearchType.Token)
        {
            into.Add(leaf, resource, IndexKind.Token).Second = written;
        }
        else if (leaf.Type == SearchType.String)
        {
            var form = into.Normalise(written);
            ref var value = ref into.Add(leaf, resource, IndexKind.String);
            value.First = written;
            value.Second = form;
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
