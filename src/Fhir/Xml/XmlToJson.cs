using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;
using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Xml;

/// <summary>One reading of one document. Methods return false once <see cref="problem"/> says why.</summary>
internal sealed class XmlToJson(XmlReader reader, XmlReadOptions options)
{
    private const int MaxXhtmlDepth = 256;
    private const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly R4 facts = R4.Facts;
    private readonly IXmlLineInfo position = (IXmlLineInfo)reader;
    private Problem? problem;

    public Outcome<byte[]> Convert()
    {
        reader.MoveToContent();
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            if (reader.NodeType != XmlNodeType.Element || !Resource(json))
            {
                return problem ?? Problems.NotXml(position.LineNumber, position.LinePosition, "There is no element.");
            }
        }

        while (reader.Read())
        {
            // The reader itself refuses anything but comments and blanks after the root.
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What the reader's complaint comes to, without the characters it stumbled over: they may be someone's data.</summary>
    public string Explain(XmlException broken) => reader.NodeType == XmlNodeType.None && broken.LineNumber <= 1
        ? "This is not XML."
        : broken.Message.Contains("DTD", StringComparison.Ordinal)
            ? "A document type declaration is not allowed."
            : "The XML is not well formed.";

    private bool Resource(Utf8JsonWriter json)
    {
        var type = reader.NamespaceURI == FhirXml.Namespace ? facts.Type(reader.LocalName) : null;
        if (type is null || !type.IsResource || type.IsAbstract)
        {
            return Refuse(Problems.NotFhir(position.LineNumber, position.LinePosition, Show(reader.Name)));
        }

        json.WriteStartObject();
        json.WriteString("resourceType"u8, type.Name);
        if (!Attributes(json, type, out _) || !Children(json, type, out _))
        {
            return false;
        }

        json.WriteEndObject();
        return true;
    }

    /// <summary>The attributes that are FHIR elements, for all types but primitives: id, and url of an extension.</summary>
    private bool Attributes(Utf8JsonWriter json, TypeFact type, out int count)
    {
        count = 0;
        while (reader.MoveToNextAttribute())
        {
            if (IsXmlsOwn())
            {
                continue;
            }

            var isElement = reader.NamespaceURI.Length == 0 && !type.IsResource
                && (reader.LocalName == "id" || (reader.LocalName == "url" && type == facts.Extension));
            if (!isElement)
            {
                return RefuseAttribute();
            }

            if (reader.Value.Length == 0)
            {
                return Refuse(Problems.Empty(position.LineNumber, position.LinePosition, reader.LocalName));
            }

            json.WriteString(reader.LocalName, reader.Value);
            count++;
        }

        reader.MoveToElement();
        return true;
    }

    private bool IsXmlsOwn() => reader.Prefix == "xmlns" || reader.Name == "xmlns" || reader.NamespaceURI == SchemaInstance;

    /// <summary>From a start tag to its end tag, where the reader then stands.</summary>
    private bool Children(Utf8JsonWriter json, TypeFact type, out int count)
    {
        count = 0;
        if (reader.IsEmptyElement)
        {
            return true;
        }

        var siblings = default(Siblings);
        var last = reader.Name;
        while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                count++;
                if (!Child(json, type, ref siblings))
                {
                    return false;
                }
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                return Refuse(Problems.Text(position.LineNumber, position.LinePosition, last));
            }
        }

        siblings.Close(json);
        return true;
    }

    private bool Child(Utf8JsonWriter json, TypeFact owner, ref Siblings siblings)
    {
        if (reader.Depth > options.MaxDepth)
        {
            return Refuse(Problems.TooDeep(position.LineNumber, position.LinePosition, options.MaxDepth));
        }

        if (!Find(owner, out var element, out var type))
        {
            return Refuse(Problems.UnknownElement(position.LineNumber, position.LinePosition, owner.Name, Show(reader.Name)));
        }

        if (element == siblings.Element)
        {
            // Two choices of one element (valueString, valueInteger) are a repetition too.
            if (!element.IsArray || type != siblings.Type)
            {
                return Refuse(Problems.Repeated(position.LineNumber, position.LinePosition, owner.Name, element.Name));
            }
        }
        else
        {
            if (!options.AnyOrder && siblings.Element is { } before && element.Slot < before.Slot)
            {
                return Refuse(Problems.OutOfOrder(position.LineNumber, position.LinePosition, owner.Name, element.Name, before.Name));
            }

            if (siblings.Had(element))
            {
                return Refuse(Problems.Repeated(position.LineNumber, position.LinePosition, owner.Name, element.Name));
            }

            siblings.Close(json);
            siblings = siblings.Next(element, type);
            if (!type.Type.IsPrimitive)
            {
                json.WritePropertyName(type.JsonName);
                if (element.IsArray)
                {
                    json.WriteStartArray();
                }
            }
        }

        if (type.Type.IsPrimitive)
        {
            return Primitive(type.Type, ref siblings);
        }

        return type.Type.IsResource ? Wrapped(json) : Complex(json, type.Type);
    }

    private bool Find(TypeFact owner, out ElementFact element, out ElementTypeFact type)
    {
        Span<byte> name = stackalloc byte[128];
        if (!Encoding.UTF8.TryGetBytes(reader.LocalName, name, out var length)
            || !owner.JsonNames.TryGet(name[..length], out element, out type))
        {
            element = null!;
            type = null!;
            return false;
        }

        var space = type.Type == facts.Xhtml ? XhtmlText.Namespace : FhirXml.Namespace;
        // xml.html: the id of an element and the url of an extension are attributes.
        var isAttribute = !owner.IsResource && (element.Name == "id" || (element.Name == "url" && owner == facts.Extension));
        return reader.NamespaceURI == space && !isAttribute;
    }

    private bool Complex(Utf8JsonWriter json, TypeFact type)
    {
        var (line, column, name) = (position.LineNumber, position.LinePosition, reader.LocalName);
        json.WriteStartObject();
        if (!Attributes(json, type, out var attributes) || !Children(json, type, out var children))
        {
            return false;
        }

        json.WriteEndObject();
        return attributes + children > 0 || Refuse(Problems.Empty(line, column, name));
    }

    /// <summary>contained, Bundle.entry.resource and their like: an element around a resource.</summary>
    private bool Wrapped(Utf8JsonWriter json)
    {
        var (line, column, name) = (position.LineNumber, position.LinePosition, reader.LocalName);
        while (reader.MoveToNextAttribute())
        {
            if (!IsXmlsOwn())
            {
                return RefuseAttribute();
            }
        }

        reader.MoveToElement();
        var found = false;
        if (!reader.IsEmptyElement)
        {
            while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
            {
                if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
                {
                    return Refuse(Problems.Text(position.LineNumber, position.LinePosition, name));
                }

                if (reader.NodeType != XmlNodeType.Element)
                {
                    continue;
                }

                if (found)
                {
                    return Refuse(Problems.NotOneResource(line, column, name));
                }

                found = true;
                if (!Resource(json))
                {
                    return false;
                }
            }
        }

        return found || Refuse(Problems.NotOneResource(line, column, name));
    }

    private bool Primitive(TypeFact type, ref Siblings siblings)
    {
        var (line, column, name) = (position.LineNumber, position.LinePosition, reader.LocalName);
        if (type == facts.Xhtml)
        {
            var div = XhtmlText.Read(reader, MaxXhtmlDepth);
            siblings.Add(div, isLiteral: false, null);
            return div is not null || Refuse(Problems.TooDeep(line, column, MaxXhtmlDepth));
        }

        string? value = null;
        string? id = null;
        while (reader.MoveToNextAttribute())
        {
            if (IsXmlsOwn())
            {
                continue;
            }

            if (reader.NamespaceURI.Length > 0 || reader.LocalName is not ("value" or "id"))
            {
                return RefuseAttribute();
            }

            if (reader.Value.Length == 0)
            {
                return Refuse(Problems.Empty(position.LineNumber, position.LinePosition, name));
            }

            if (reader.LocalName == "id")
            {
                id = reader.Value;
            }
            else
            {
                value = reader.Value;
            }
        }

        reader.MoveToElement();
        var isLiteral = false;
        if (value is not null && !JsonLiteral.TryRead(type.Primitive, ref value, out isLiteral))
        {
            return Refuse(Problems.NotA(line, column, name, type.Name));
        }

        if (!Extensions(id, out var extensions))
        {
            return false;
        }

        siblings.Add(value, isLiteral, extensions);
        return value is not null || extensions is not null || Refuse(Problems.Empty(line, column, name));
    }

    /// <summary>What JSON carries beside a primitive value, under its name with an underscore; null where there is nothing.</summary>
    private bool Extensions(string? id, out byte[]? extensions)
    {
        extensions = null;
        if (id is null && reader.IsEmptyElement)
        {
            return true;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Compact);
        json.WriteStartObject();
        if (id is not null)
        {
            json.WriteString("id"u8, id);
        }

        if (!Children(json, facts.Element, out var children))
        {
            return false;
        }

        json.WriteEndObject();
        json.Flush();
        extensions = id is not null || children > 0 ? buffer.WrittenSpan.ToArray() : null;
        return true;
    }

    private bool RefuseAttribute()
    {
        var (line, column, name) = (position.LineNumber, position.LinePosition, Show(reader.Name));
        reader.MoveToElement();
        return Refuse(Problems.UnknownAttribute(line, column, Show(reader.Name), name));
    }

    private static string Show(string name) => name.Length > 64 ? name[..64] : name;

    private bool Refuse(Problem why)
    {
        problem = why;
        return false;
    }

    /// <summary>The elements of one name that follow each other: in JSON one property, an array where the definition allows many.</summary>
    private struct Siblings
    {
        private List<(string? Value, bool IsLiteral, byte[]? Extensions)>? primitives;

        /// <summary>By slot, the elements of the same owner up to here; no R4 type has 128.</summary>
        private UInt128 had;

        public ElementFact? Element { get; private init; }

        public ElementTypeFact? Type { get; private init; }

        public readonly bool Had(ElementFact element) => (had & (UInt128.One << element.Slot)) != 0;

        public readonly Siblings Next(ElementFact element, ElementTypeFact type) =>
            new() { Element = element, Type = type, had = had | (UInt128.One << element.Slot) };

        public void Add(string? value, bool isLiteral, byte[]? extensions) =>
            (primitives ??= []).Add((value, isLiteral, extensions));

        public readonly void Close(Utf8JsonWriter json)
        {
            if (primitives is not null)
            {
                Write(json, primitives, Type!.JsonName, Element!.IsArray);
            }
            else if (Element is { IsArray: true })
            {
                json.WriteEndArray();
            }
        }

        private static void Write(
            Utf8JsonWriter json, List<(string? Value, bool IsLiteral, byte[]? Extensions)> items, string name, bool isArray)
        {
            if (items.Exists(i => i.Value is not null))
            {
                json.WritePropertyName(name);
                Start(json, isArray);
                foreach (var (value, isLiteral, _) in items)
                {
                    if (value is not null && isLiteral)
                    {
                        json.WriteRawValue(value, skipInputValidation: true);
                    }
                    else
                    {
                        json.WriteStringValue(value);
                    }
                }

                End(json, isArray);
            }

            if (items.Exists(i => i.Extensions is not null))
            {
                json.WritePropertyName("_" + name);
                Start(json, isArray);
                foreach (var (_, _, extensions) in items)
                {
                    if (extensions is null)
                    {
                        json.WriteNullValue();
                    }
                    else
                    {
                        json.WriteRawValue(extensions, skipInputValidation: true);
                    }
                }

                End(json, isArray);
            }
        }

        private static void Start(Utf8JsonWriter json, bool isArray)
        {
            if (isArray)
            {
                json.WriteStartArray();
            }
        }

        private static void End(Utf8JsonWriter json, bool isArray)
        {
            if (isArray)
            {
                json.WriteEndArray();
            }
        }
    }
}
