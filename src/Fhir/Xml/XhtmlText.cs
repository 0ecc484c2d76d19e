using System.Text;
using System.Xml;

namespace Kangqiao.Fhir.Xml;

/// <summary>
/// A div as the text that FHIR JSON carries: XHTML is the default namespace, whatever prefix the document gave it, and
/// everything else stays as it stands so that the narrative check sees it.
/// </summary>
internal static class XhtmlText
{
    public const string Namespace = "http://www.w3.org/1999/xhtml";

    /// <summary>From the div's start tag to its end tag, where the reader then stands; null if nested deeper than the limit.</summary>
    public static string? Read(XmlReader reader, int maxDepth)
    {
        var text = new StringBuilder();
        var namespaces = new Stack<string>();
        namespaces.Push("");
        var top = reader.Depth;
        do
        {
            if (reader.Depth - top > maxDepth)
            {
                return null;
            }

            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (StartTag(reader, text, namespaces.Peek()))
                    {
                        namespaces.Push(reader.NamespaceURI);
                    }
                    else if (reader.Depth == top)
                    {
                        return text.ToString();
                    }

                    break;
                case XmlNodeType.EndElement:
                    text.Append("</").Append(reader.LocalName).Append('>');
                    namespaces.Pop();
                    if (reader.Depth == top)
                    {
                        return text.ToString();
                    }

                    break;
                case XmlNodeType.Comment:
                    text.Append("<!--").Append(reader.Value).Append("-->");
                    break;
                case XmlNodeType.ProcessingInstruction:
                    text.Append("<?").Append(reader.Name).Append(' ').Append(reader.Value).Append("?>");
                    break;
                default:
                    Escape(text, reader.Value, inAttribute: false);
                    break;
            }
        }
        while (reader.Read());
        return text.ToString();
    }

    /// <summary>True if an end tag will follow.</summary>
    private static bool StartTag(XmlReader reader, StringBuilder text, string outer)
    {
        text.Append('<').Append(reader.LocalName);
        if (reader.NamespaceURI != outer)
        {
            text.Append(" xmlns=\"");
            Escape(text, reader.NamespaceURI, inAttribute: true);
            text.Append('"');
        }

        while (reader.MoveToNextAttribute())
        {
            if (reader.Name == "xmlns" || reader.Prefix == "xmlns")
            {
                continue;
            }

            text.Append(' ').Append(reader.Name).Append("=\"");
            Escape(text, reader.Value, inAttribute: true);
            text.Append('"');
        }

        reader.MoveToElement();
        text.Append(reader.IsEmptyElement ? "/>" : ">");
        return !reader.IsEmptyElement;
    }

    private static void Escape(StringBuilder text, string value, bool inAttribute)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                '"' when inAttribute => text.Append("&quot;"),
                '\n' or '\t' when inAttribute => text.Append("&#").Append((int)c).Append(';'),
                '\r' => text.Append("&#13;"),
                _ => text.Append(c),
            };
        }
    }
}
