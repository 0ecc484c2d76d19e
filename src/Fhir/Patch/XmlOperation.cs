using System.Xml.Linq;
using Kangqiao.Fhir.Xml;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Patch;

/// <summary>One add, replace or remove of an XML Patch (RFC 5261 section 4).</summary>
internal sealed class XmlOperation(int number, XElement operation)
{
    private static readonly XNamespace Fhir = FhirXml.Namespace;

    public Problem? Do(XDocument tree, ref long work)
    {
        var sel = (string?)operation.Attribute("sel");
        if (sel is null)
        {
            return Problems.BadOperation(number, "it has no 'sel'.");
        }

        if (XmlSelector.Parse(sel, operation) is not { } selector)
        {
            return Problems.BadSelector(number, sel);
        }

        var found = selector.Find(tree, ref work);
        if (work < 0)
        {
            return Problems.TooCostly();
        }

        if (found.Count != 1)
        {
            return found.Count == 0 ? Problems.NotFound(number, sel) : Problems.ManySelected(number, sel, found.Count);
        }

        work -= operation.Value.Length;
        return (operation.Name.LocalName, found[0]) switch
        {
            ("add", var node) => Add(node, sel),
            ("replace", XElement { Parent: null }) or ("remove", XElement { Parent: null }) => Problems.RootStays(number),
            ("replace", var node) => Replace(node, sel),
            ("remove", var node) => Remove(node, sel),
            _ => Problems.BadOperation(number, "an XML Patch has add, replace and remove."),
        };
    }

    private Problem? Add(XObject to, string sel)
    {
        var type = (string?)operation.Attribute("type");
        var pos = (string?)operation.Attribute("pos");
        if (type is not null)
        {
            return to is XElement owner ? AddNamed(owner, type) : Problems.NotFound(number, sel);
        }

        switch (pos)
        {
            case null or "append" or "prepend" when to is XElement parent:
                if (pos == "prepend")
                {
                    parent.AddFirst(Content());
                }
                else
                {
                    parent.Add(Content());
                }

                return null;
            case "before" or "after" when to is XNode { Parent: not null } sibling:
                if (pos == "before")
                {
                    sibling.AddBeforeSelf(Content());
                }
                else
                {
                    sibling.AddAfterSelf(Content());
                }

                return null;
            default:
                return Problems.BadOperation(number, "'pos' is prepend, before or after, and fits what is selected.");
        }
    }

    private Problem? AddNamed(XElement owner, string type)
    {
        try
        {
            if (type.StartsWith('@'))
            {
                var name = type[1..].Split(':') switch
                {
                    [var local] => XName.Get(local),
                    [var prefix, var local] when operation.GetNamespaceOfPrefix(prefix) is { } space => space + local,
                    _ => null,
                };
                if (name is null || owner.Attribute(name) is not null)
                {
                    return Problems.BadOperation(number, $"the attribute '{type[1..]}' is there already, or its prefix is not declared.");
                }

                owner.SetAttributeValue(name, operation.Value);
                return null;
            }

            if (type.StartsWith("namespace::", StringComparison.Ordinal))
            {
                owner.SetAttributeValue(XNamespace.Xmlns + type["namespace::".Length..], operation.Value.Trim());
                return null;
            }
        }
        catch (Exception unnamed) when (unnamed is System.Xml.XmlException or ArgumentException)
        {
            return Problems.BadOperation(number, "'type' names nothing that XML can have.");
        }

        return Problems.BadOperation(number, "'type' begins with @ or namespace::.");
    }

    private Problem? Replace(XObject old, string sel)
    {
        switch (old)
        {
            case XAttribute attribute:
                attribute.Value = operation.Value;
                return null;
            case XText text:
                text.Value = operation.Value;
                return null;
            default:
                var content = Content();
                if (content is not [XNode one] || one.GetType() != old.GetType())
                {
                    return Problems.BadOperation(number, $"what replaces '{sel}' is one node of the same kind.");
                }

                ((XNode)old).ReplaceWith(one);
                return null;
        }
    }

    private Problem? Remove(XObject old, string sel)
    {
        if (old is XAttribute attribute)
        {
            attribute.Remove();
            return null;
        }

        var node = (XNode)old;
        var ws = (string?)operation.Attribute("ws");
        if (ws is not (null or "before" or "after" or "both"))
        {
            return Problems.BadOperation(number, "'ws' is before, after or both.");
        }

        foreach (var (isAsked, beside) in new[] { (ws is "before" or "both", node.PreviousNode), (ws is "after" or "both", node.NextNode) })
        {
            if (!isAsked)
            {
                continue;
            }

            if (beside is not XText space || !string.IsNullOrWhiteSpace(space.Value))
            {
                return Problems.NotFound(number, $"{sel} with white space {ws}");
            }

            space.Remove();
        }

        node.Remove();
        return null;
    }

    /// <summary>Copies of what the operation brings; blanks that only set elements apart stay behind.</summary>
    private XNode[] Content()
    {
        var nodes = operation.Nodes().ToList();
        var hasElements = nodes.Exists(n => n is not XText);
        var copies = new List<XNode>();
        foreach (var node in nodes)
        {
            if (hasElements && node is XText blank && string.IsNullOrWhiteSpace(blank.Value))
            {
                continue;
            }

            copies.Add(node switch
            {
                XElement element => Copy(element),
                XText text => new XText(text),
                XComment comment => new XComment(comment),
                _ => new XText(""),
            });
        }

        return [.. copies];
    }

    private static XElement Copy(XElement element)
    {
        var copy = new XElement(element);
        foreach (var one in copy.DescendantsAndSelf())
        {
            if (one.Name.Namespace == XNamespace.None)
            {
                one.Name = Fhir + one.Name.LocalName;
                one.Attributes().Where(a => a.IsNamespaceDeclaration && a.Value.Length == 0).Remove();
            }
        }

        return copy;
    }
}
