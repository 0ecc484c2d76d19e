using System.Text;

namespace Kangqiao.Fhir.Reading;

/// <summary>Where an element stands, as FHIRPath from the document's resource.</summary>
internal static class ElementPath
{
    public static string Of(Element element)
    {
        var builder = new StringBuilder();
        Append(builder, element);
        return builder.ToString();
    }

    private static void Append(StringBuilder builder, Element element)
    {
        var parent = element.Parent;
        if (!parent.Exists)
        {
            builder.Append(element.Type.Name);
            return;
        }

        // Depth is bounded by ReadOptions.MaxDepth.
        Append(builder, parent);
        builder.Append('.').Append(element.Name);
        if (element.Index >= 0)
        {
            builder.Append('[').Append(element.Index).Append(']');
        }
    }
}
