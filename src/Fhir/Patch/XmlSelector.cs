using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Kangqiao.Fhir.Xml;

namespace Kangqiao.Fhir.Patch;

/// <summary>
/// The part of XPath that RFC 5261 section 4.1 allows: child steps from the root, each with conditions, and at the end an attribute, a
/// text or a comment. Every step only goes down, so that the work is bounded by the size of the document.
/// </summary>
internal sealed class XmlSelector
{
    private readonly List<Step> steps;

    private XmlSelector(List<Step> steps) => this.steps = steps;

    private enum Kind
    {
        Element,
        Attribute,
        Text,
        Comment,
    }

    private readonly record struct Condition(int Position, Kind Of, XName? Name, string Value);

    private readonly record struct Step(Kind Kind, XName? Name, List<Condition> Conditions);

    /// <param name="scope">Prefixes mean what they mean here.</param>
    /// <returns>Null where the text is no such selector.</returns>
    public static XmlSelector? Parse(string text, XElement scope)
    {
        var reader = new Reader(text, scope);
        return reader.Steps() is { } steps ? new(steps) : null;
    }

    /// <summary>All that is selected.</summary>
    /// <param name="work">Goes down by what is looked at; nothing more is looked at below zero.</param>
    public List<XObject> Find(XDocument tree, ref long work)
    {
        List<XObject> level = [tree];
        foreach (var step in steps)
        {
            var next = new List<XObject>();
            foreach (var from in level)
            {
                if (from is XContainer container)
                {
                    Add(step, container, next, ref work);
                }
            }

            level = next;
        }

        return level;
    }

    private static void Add(in Step step, XContainer from, List<XObject> into, ref long work)
    {
        var candidates = new List<XObject>();
        if (step.Kind == Kind.Attribute)
        {
            if ((from as XElement)?.Attribute(step.Name!) is { IsNamespaceDeclaration: false } attribute)
            {
                candidates.Add(attribute);
            }
        }
        else
        {
            for (var node = from.FirstNode; node is not null && work >= 0; node = node.NextNode)
            {
                work -= 64;
                if (Is(step, node))
                {
                    candidates.Add(node);
                }
            }
        }

        foreach (var condition in step.Conditions)
        {
            var kept = new List<XObject>();
            for (var i = 0; i < candidates.Count && work >= 0; i++)
            {
                if (condition.Position > 0 ? i + 1 == condition.Position : Holds(condition, candidates[i], ref work))
                {
                    kept.Add(candidates[i]);
                }
            }

            candidates = kept;
        }

        into.AddRange(candidates);
    }

    private static bool Is(in Step step, XNode node) => step.Kind switch
    {
        Kind.Element => node is XElement element && (step.Name is null || element.Name == step.Name),
        Kind.Text => node is XText,
        _ => node is XComment,
    };

    private static bool Holds(in Condition condition, XObject candidate, ref long work)
    {
        if (candidate is not XElement element)
        {
            return false;
        }

        if (condition.Of == Kind.Attribute)
        {
            return element.Attribute(condition.Name!)?.Value == condition.Value;
        }

        if (condition.Of == Kind.Text)
        {
            return ValueOf(element, ref work) == condition.Value;
        }

        foreach (var child in element.Elements(condition.Name!))
        {
            if (ValueOf(child, ref work) == condition.Value)
            {
                return true;
            }
        }

        return false;
    }

    private static string ValueOf(XElement element, ref long work)
    {
        if (work < 0)
        {
            return "";
        }

        var value = element.Value;
        work -= 64 + value.Length;
        return value;
    }

    private struct Reader(string text, XElement scope)
    {
        private const int MostSteps = 64;

        private int at;

        public List<Step>? Steps()
        {
            var steps = new List<Step>();
            at = text.StartsWith('/') ? 1 : 0;
            while (true)
            {
                if (steps.Count == MostSteps || One() is not { } step)
                {
                    return null;
                }

                steps.Add(step);
                if (at == text.Length)
                {
                    return steps;
                }

                // After an attribute, text or comment nothing follows.
                if (!Take('/') || step.Kind != Kind.Element)
                {
                    return null;
                }
            }
        }

        private Step? One()
        {
            var kind = Kind.Element;
            XName? name = null;
            if (Take("text()"))
            {
                kind = Kind.Text;
            }
            else if (Take("comment()"))
            {
                kind = Kind.Comment;
            }
            else if (Take('@'))
            {
                kind = Kind.Attribute;
                if ((name = Name(isAttribute: true)) is null)
                {
                    return null;
                }
            }
            else if (!Take('*') && (name = Name(isAttribute: false)) is null)
            {
                return null;
            }

            var conditions = new List<Condition>();
            while (Take('['))
            {
                if (conditions.Count == MostSteps || ReadCondition() is not { } condition || !Take(']'))
                {
                    return null;
                }

                conditions.Add(condition);
            }

            return new(kind, name, conditions);
        }

        private Condition? ReadCondition()
        {
            var start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
            {
                at++;
            }

            if (at > start)
            {
                return int.TryParse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture, out var position) && position > 0
                    ? new Condition(position, Kind.Element, null, "")
                    : null;
            }

            var of = Take('@') ? Kind.Attribute : Take('.') ? Kind.Text : Kind.Element;
            XName? name = null;
            if (of != Kind.Text && (name = Name(of == Kind.Attribute)) is null)
            {
                return null;
            }

            if (!Take('=') || at == text.Length || text[at] is not ('\'' or '"'))
            {
                return null;
            }

            var end = text.IndexOf(text[at], at + 1);
            if (end < 0)
            {
                return null;
            }

            var value = text[(at + 1)..end];
            at = end + 1;
            return new Condition(0, of, name, value);
        }

        private XName? Name(bool isAttribute)
        {
            var start = at;
            while (at < text.Length && (XmlConvert.IsNCNameChar(text[at]) || (text[at] == ':' && at > start && text[start..at].IndexOf(':', StringComparison.Ordinal) < 0)))
            {
                at++;
            }

            var parts = text[start..at].Split(':');
            try
            {
                return parts switch
                {
                    [""] => null,
                    [var local] when isAttribute => XName.Get(local),
                    [var local] => (scope.GetDefaultNamespace() is { NamespaceName.Length: > 0 } space ? space : XNamespace.Get(FhirXml.Namespace)) + local,
                    [var prefix, var local] when scope.GetNamespaceOfPrefix(prefix) is { } space => space + local,
                    ["f", var local] => XNamespace.Get(FhirXml.Namespace) + local,
                    _ => null,
                };
            }
            catch (Exception unnamed) when (unnamed is XmlException or ArgumentException)
            {
                return null;
            }
        }

        private bool Take(char c)
        {
            if (at == text.Length || text[at] != c)
            {
                return false;
            }

            at++;
            return true;
        }

        private bool Take(string word)
        {
            if (!text.AsSpan(at).StartsWith(word, StringComparison.Ordinal))
            {
                return false;
            }

            at += word.Length;
            return true;
        }
    }
}
