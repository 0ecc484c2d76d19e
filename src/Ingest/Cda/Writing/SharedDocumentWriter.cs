using System.Text;
using System.Xml;
using System.Xml.Linq;
using Kangqiao.Ingest.Cda.Content;
using Kangqiao.Kernel;

namespace Kangqiao.Ingest.Cda.Writing;

/// <summary>
/// Writes shared documents as a hospital's system would: C0001 to C0053 so that they pass the published schemas, the health
/// record documents in the same form. Pure: the same document gives the same bytes.
/// </summary>
public sealed class SharedDocumentWriter
{
    internal static readonly XNamespace Hl7 = "urn:hl7-org:v3";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly CdaContent content;
    private readonly ShapeTable shapes;

    private SharedDocumentWriter(CdaContent content, ShapeTable shapes)
    {
        this.content = content;
        this.shapes = shapes;
    }

    /// <param name="folder">content/mappings/cda.</param>
    public static Outcome<SharedDocumentWriter> Load(CdaContent content, string folder) =>
        ShapeTable.Load(Path.Combine(folder, "shapes.tsv")).Then<SharedDocumentWriter>(shapes => new SharedDocumentWriter(content, shapes));

    /// <summary>UTF-8 without a byte order mark.</summary>
    /// <exception cref="ArgumentException">The type is none of content/mappings/cda/documents.</exception>
    public byte[] Write(SharedDocument document)
    {
        if (!content.Types.TryGetValue(document.Type, out var type))
        {
            throw new ArgumentException($"{document.Type} is no type of shared document.", nameof(document));
        }

        var root = Header.Of(document, type);
        // The health record documents have no published schema: they take the form of the general ones (WS/T 482).
        var shape = shapes.Documents.GetValueOrDefault(document.Type);
        var time = CdaText.Time(document.Made);
        if (shape is null)
        {
            root.Add(new XElement(Hl7 + "component", new Body(null, shapes, time).Of(document)));
        }
        else
        {
            var body = new Body(shape, shapes, time);
            var fitted = new Fitting(shape, shapes, time).Fit(shape.Root, root);
            fitted.Elements(Hl7 + "component").Remove();
            fitted.Add(new XElement(Hl7 + "component", body.Of(document)));
            root = fitted;
        }

        root.SetAttributeValue(XNamespace.Xmlns + "xsi", Fitting.Xsi.NamespaceName);
        using var output = new MemoryStream();
        using (var writer = XmlWriter.Create(output, new XmlWriterSettings { Encoding = Utf8, Indent = true, IndentChars = " " }))
        {
            root.Save(writer);
        }

        return output.ToArray();
    }
}
