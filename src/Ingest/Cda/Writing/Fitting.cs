using System.Xml.Linq;

namespace Kangqiao.Ingest.Cda.Writing;

/// <summary>
/// Brings an element into a shape: children in the schema's order, what it asks for and nobody said filled in, what it has no
/// place for left out.
/// </summary>
internal sealed class Fitting(DocumentShape document, ShapeTable shapes, string time)
{
    public static readonly XNamespace Xsi = "http://www.w3.org/2001/XMLSchema-instance";

    public XElement Fit(Shape shape, XElement? said)
    {
        var fitted = new XElement(SharedDocumentWriter.Hl7 + shape.Name);
        if (shape.Content == "any")
        {
            return Value(fitted, said);
        }

        Attributes(shape.Attributes, fitted, said);
        if (shape.Content.Length > 0 && shape.Content is not "mixed" && shape.Children.Count == 0)
        {
            var text = said is null || said.HasElements ? null : shape.Name == "value" ? Words(said) : said.Value;
            text = Facets.Conform(shape.Content, string.IsNullOrEmpty(text) ? null : text, time, shapes) ?? Facets.Conform(shape.Content, null, time, shapes);
            if (!string.IsNullOrEmpty(text))
            {
                fitted.Value = text;
            }
        }

        Children(shape, fitted, said);
        return fitted;
    }

    private void Attributes(IReadOnlyList<ShapeAttribute> attributes, XElement fitted, XElement? said)
    {
        foreach (var attribute in attributes)
        {
            var given = said?.Attribute(attribute.Name)?.Value;
            if (given is null && !attribute.IsRequired && attribute.Facet[0] != '=')
            {
                continue;
            }

            // Code and words of one table stand in the same order: the words follow the code.
            if (attribute.Name == "displayName" && Paired(attributes, attribute, said) is { } words)
            {
                fitted.SetAttributeValue(attribute.Name, words);
                continue;
            }

            var value = Facets.Conform(attribute.Facet, given, time, shapes);
            if (value is null && attribute.IsRequired)
            {
                value = Facets.Conform(attribute.Facet, null, time, shapes);
            }

            if (value is not null)
            {
                fitted.SetAttributeValue(attribute.Name, value);
            }
        }
    }

    private string? Paired(IReadOnlyList<ShapeAttribute> attributes, ShapeAttribute words, XElement? said)
    {
        var code = attributes.FirstOrDefault(a => a.Name == "code");
        if (code is null || shapes.List(code.Facet) is not { } codes || shapes.List(words.Facet) is not { } all || codes.Length != all.Length)
        {
            return null;
        }

        var at = Array.IndexOf(codes, said?.Attribute("code")?.Value ?? codes[0]);
        return all[Math.Max(0, at)];
    }

    private void Children(Shape shape, XElement fitted, XElement? said)
    {
        foreach (var child in shape.Children)
        {
            if (child.Name == "(choice)")
            {
                Choice(child, fitted, said);
            }
            else if (child.IsGroup)
            {
                Children(child, fitted, said);
            }
            else
            {
                var given = said?.Elements(SharedDocumentWriter.Hl7 + child.Name).Take(child.Max).ToList() ?? [];
                given.ForEach(g => fitted.Add(Fit(child, g)));
                for (var i = given.Count; i < child.Min; i++)
                {
                    fitted.Add(Fit(child, null));
                }
            }
        }
    }

    private void Choice(Shape choice, XElement fitted, XElement? said)
    {
        var count = 0;
        foreach (var given in said?.Elements() ?? [])
        {
            if (count < choice.Max && choice.Find(given.Name.LocalName) is { } shape)
            {
                fitted.Add(Fit(shape, given));
                count++;
            }
        }

        if (count < choice.Min && choice.Children.Count > 0)
        {
            fitted.Add(Fit(choice.Children[0], null));
        }
    }

    /// <summary>A value in the type it has, if the document type knows it, else as text.</summary>
    private XElement Value(XElement fitted, XElement? said)
    {
        var type = said?.Attribute(Xsi + "type")?.Value ?? "ST";
        if (document.Types.TryGetValue(type, out var attributes))
        {
            var isSound = attributes.All(a => (said?.Attribute(a.Name) is null && !a.IsRequired) || Facets.Conform(a.Facet, said?.Attribute(a.Name)?.Value, time, shapes) is not null);
            var saysAll = said is null || said.Attributes().Where(a => a.Name.Namespace == XNamespace.None).All(a => attributes.Any(t => t.Name == a.Name.LocalName));
            if (isSound && (saysAll || type == "CD"))
            {
                Attributes(attributes, fitted, said);
                fitted.SetAttributeValue(Xsi + "type", type);
                if (said is { HasElements: false, Value.Length: > 0 })
                {
                    fitted.Value = said.Value;
                }

                return fitted;
            }
        }

        // A bare xs:anyType takes any text; with a type only those the schema defines.
        fitted.Value = said is null ? "" : Words(said);
        if (document.Types.ContainsKey("ST"))
        {
            fitted.SetAttributeValue(Xsi + "type", "ST");
        }

        return fitted;
    }

    public static string Words(XElement value) => value.Value.Length > 0
        ? value.Value
        : string.Join(' ', new[] { value.Attribute("displayName")?.Value ?? value.Attribute("code")?.Value ?? value.Attribute("value")?.Value, value.Attribute("unit")?.Value }.Where(t => !string.IsNullOrEmpty(t)));
}
