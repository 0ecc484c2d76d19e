using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Narrative;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Xml;

/// <summary>One writing of one resource, in the order of its definition as XML asks. Methods return false once <see cref="problem"/> says why.</summary>
internal sealed class JsonToXml(XmlWriter xml)
{
    private readonly R4 facts = R4.Facts;
    private Problem? problem;

    public Problem? Write(JsonElement root) => Resource(root, "") ? null : problem;

    private bool Resource(JsonElement resource, string path)
    {
        if (resource.ValueKind != JsonValueKind.Object
            || !resource.TryGetProperty("resourceType"u8, out var name)
            || !Text(name, path + ".resourceType", out var typeName)
            || facts.Type(typeName) is not { IsResource: true, IsAbstract: false } type)
        {
            return Refuse(Problems.NotFhirJson(path));
        }

        xml.WriteStartElement(type.Name, FhirXml.Namespace);
        if (!Members(resource, type, type.Name, known: 1))
        {
            return false;
        }

        xml.WriteEndElement();
        return true;
    }

    /// <param name="known">Properties that are no elements: the resource's type.</param>
    private bool Members(JsonElement value, TypeFact type, string path, int known)
    {
        // xml.html: the id of an element and the url of an extension are attributes, and attributes come first.
        foreach (var element in type.Elements)
        {
            if (IsAttribute(type, element) && value.TryGetProperty(element.Name, out var attribute))
            {
                if (!Text(attribute, path + "." + element.Name, out var text))
                {
                    return false;
                }

                xml.WriteAttributeString(element.Name, text);
                known++;
            }
        }

        foreach (var element in type.Elements)
        {
            if (!IsAttribute(type, element) && !Element(value, element, path, ref known))
            {
                return false;
            }
        }

        return known == value.GetPropertyCount() || Refuse(Problems.UnknownProperty(path));
    }

    private bool IsAttribute(TypeFact owner, ElementFact element) =>
        !owner.IsResource && (element.Name == "id" || (element.Name == "url" && owner == facts.Extension));

    private bool Element(JsonElement owner, ElementFact element, string path, ref int known)
    {
        foreach (var type in element.Types)
        {
            var found = owner.TryGetProperty(type.JsonName, out var value);
            JsonElement beside = default;
            var foundBeside = type.Type.IsPrimitive && owner.TryGetProperty("_" + type.JsonName, out beside);
            if (!found && !foundBeside)
            {
                continue;
            }

            known += (found ? 1 : 0) + (foundBeside ? 1 : 0);
            var at = path + "." + type.JsonName;
            if (!element.IsArray)
            {
                if (!One(value, beside, type, at))
                {
                    return false;
                }

                continue;
            }

            if ((found && value.ValueKind != JsonValueKind.Array) || (foundBeside && beside.ValueKind != JsonValueKind.Array))
            {
                return Refuse(Problems.WrongJson(at));
            }

            var count = Math.Max(found ? value.GetArrayLength() : 0, foundBeside ? beside.GetArrayLength() : 0);
            for (var i = 0; i < count; i++)
            {
                if (!One(Item(value, i), Item(beside, i), type, at))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static JsonElement Item(JsonElement array, int at) =>
        array.ValueKind == JsonValueKind.Array && at < array.GetArrayLength() ? array[at] : default;

    private bool One(JsonElement value, JsonElement beside, ElementTypeFact type, string path)
    {
        if (type.Type == facts.Xhtml)
        {
            return Div(value, path);
        }

        xml.WriteStartElement(type.JsonName, FhirXml.Namespace);
        var written = type.Type.IsPrimitive ? Primitive(value, beside, path)
            : type.Type.IsResource ? Resource(value, path)
            : value.ValueKind == JsonValueKind.Object ? Members(value, type.Type, path, known: 0)
            : Refuse(Problems.WrongJson(path));
        xml.WriteEndElement();
        return written;
    }

    private bool Primitive(JsonElement value, JsonElement beside, string path)
    {
        if (value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
        {
            if (!Text(value, path, out var text))
            {
                return false;
            }

            xml.WriteAttributeString("value", text);
        }

        return beside.ValueKind switch
        {
            JsonValueKind.Object => Members(beside, facts.Element, path, known: 0),
            JsonValueKind.Null or JsonValueKind.Undefined => true,
            _ => Refuse(Problems.WrongJson(path)),
        };
    }

    private bool Div(JsonElement value, string path)
    {
        if (!Text(value, path, out var div))
        {
            return false;
        }

        // Only what is known to be well formed may stand in the document as it is.
        if (NarrativeCheck.Check(div.AsSpan()) is { } fault && fault.Reason != NarrativeReason.Empty)
        {
            return Refuse(Problems.UnsafeNarrative(path, fault));
        }

        xml.WriteRaw(WithoutNamedEntities(div));
        return true;
    }

    /// <summary>XML itself knows five names; the others of XHTML become the characters they stand for.</summary>
    private static string WithoutNamedEntities(string div)
    {
        var plain = new StringBuilder(div.Length);
        var rest = div.AsSpan();
        while (rest.IndexOf('&') is var at and >= 0)
        {
            plain.Append(rest[..at]);
            rest = rest[at..];
            var length = 1 + Letters(rest[1..]);
            if (length < rest.Length && rest[length] == ';' && rest[..(length + 1)] is not ("&amp;" or "&lt;" or "&gt;" or "&quot;" or "&apos;"))
            {
                plain.Append(WebUtility.HtmlDecode(rest[..(length + 1)].ToString()));
                rest = rest[(length + 1)..];
            }
            else
            {
                // XML's own, a number, or the bare ampersand of a comment.
                plain.Append('&');
                rest = rest[1..];
            }
        }

        return plain.Append(rest).ToString();
    }

    private static int Letters(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && char.IsAsciiLetterOrDigit(text[length]))
        {
            length++;
        }

        return length;
    }

    /// <summary>The value as XML writes it; false for objects and for characters that XML 1.0 does not have.</summary>
    private bool Text(JsonElement value, string path, out string text)
    {
        text = "";
        switch (value.ValueKind)
        {
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                text = value.GetRawText();
                return true;
            case JsonValueKind.String:
                try
                {
                    text = value.GetString()!;
                }
                catch (InvalidOperationException)
                {
                    // The only way JsonElement has to say that an escaped surrogate has no partner.
                    return Refuse(Problems.NoXmlCharacter(path));
                }

                foreach (var c in text)
                {
                    if (c is (< ' ' and not ('\t' or '\n' or '\r')) or '\uFFFE' or '\uFFFF')
                    {
                        return Refuse(Problems.NoXmlCharacter(path));
                    }
                }

                return true;
            default:
                return Refuse(Problems.WrongJson(path));
        }
    }

    private bool Refuse(Problem why)
    {
        problem ??= why;
        return false;
    }
}
