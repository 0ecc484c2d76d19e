using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Writing;

/// <summary>
/// Writes elements back as JSON (json.html), minified. Values are copied as the bytes that were read: decimals keep their
/// digits, strings their escapes. Children come in the order read, a primitive's "_name" part right after its value.
/// </summary>
public static class FhirJson
{
    private static readonly ConditionalWeakTable<ElementTypeFact, byte[]> Names = [];

    /// <summary>The whole resource.</summary>
    public static byte[] Write(FhirDocument document)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(256, document.Utf8.Length));
        Write(document.Root, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>One resource or complex element as an object, or one primitive's value.</summary>
    public static void Write(Element element, IBufferWriter<byte> output)
    {
        if (!element.IsPrimitive)
        {
            Object(element, output);
        }
        else if (element.HasValue)
        {
            Scalar(element, output);
        }
        else
        {
            output.Write("null"u8);
        }
    }

    /// <summary>An element with its name, as it stands in its parent: all its repetitions, and a primitive's "_name" part.</summary>
    /// <param name="element">Any one of the repetitions; not the resource a document starts with.</param>
    public static void WriteProperty(Element element, IBufferWriter<byte> output)
    {
        var fact = element.Fact!;
        var isFirst = true;
        if (fact.IsArray)
        {
            Array(element.Parent, fact, NameOf(element), output, ref isFirst);
        }
        else
        {
            Single(element, NameOf(element), output, ref isFirst);
        }
    }

    private static void Object(Element element, IBufferWriter<byte> output)
    {
        output.Write("{"u8);
        var isFirst = true;
        if (element.IsResource)
        {
            output.Write("\"resourceType\":\""u8);
            output.Write(Encoding.UTF8.GetBytes(element.Type.Name));
            output.Write("\""u8);
            isFirst = false;
        }

        Properties(element, output, isFirst);
        output.Write("}"u8);
    }

    private static void Properties(Element element, IBufferWriter<byte> output, bool isFirst)
    {
        var done = -1;
        foreach (var child in element.Children)
        {
            var fact = child.Fact!;
            if (fact.Id == done)
            {
                continue;
            }

            done = fact.Id;
            var name = NameOf(child);
            if (fact.IsArray)
            {
                Array(element, fact, name, output, ref isFirst);
            }
            else
            {
                Single(child, name, output, ref isFirst);
            }
        }
    }

    private static void Single(Element child, byte[] name, IBufferWriter<byte> output, ref bool isFirst)
    {
        if (!child.IsPrimitive || child.HasValue)
        {
            Name(name, "\""u8, output, ref isFirst);
            Write(child, output);
        }

        if (child.IsPrimitive && HasChildren(child))
        {
            Name(name, "\"_"u8, output, ref isFirst);
            Object(child, output);
        }
    }

    private static void Array(Element parent, ElementFact fact, byte[] name, IBufferWriter<byte> output, ref bool isFirst)
    {
        var hasValues = false;
        var hasExtras = false;
        foreach (var item in parent.ChildrenNamed(fact.NameId))
        {
            hasValues |= !item.IsPrimitive || item.HasValue;
            hasExtras |= item.IsPrimitive && HasChildren(item);
        }

        if (hasValues)
        {
            Name(name, "\""u8, output, ref isFirst);
            var separator = "["u8;
            foreach (var item in parent.ChildrenNamed(fact.NameId))
            {
                output.Write(separator);
                separator = ","u8;
                Write(item, output);
            }

            output.Write("]"u8);
        }

        if (hasExtras)
        {
            Name(name, "\"_"u8, output, ref isFirst);
            var separator = "["u8;
            foreach (var item in parent.ChildrenNamed(fact.NameId))
            {
                output.Write(separator);
                separator = ","u8;
                if (HasChildren(item))
                {
                    Object(item, output);
                }
                else
                {
                    output.Write("null"u8);
                }
            }

            output.Write("]"u8);
        }
    }

    private static bool HasChildren(Element element) => element.Children.GetEnumerator().MoveNext();

    private static void Scalar(Element element, IBufferWriter<byte> output)
    {
        if (element.IsNumber || element.IsBoolean)
        {
            output.Write(element.Raw);
            return;
        }

        output.Write("\""u8);
        output.Write(element.Raw);
        output.Write("\""u8);
    }

    private static void Name(byte[] name, ReadOnlySpan<byte> opening, IBufferWriter<byte> output, ref bool isFirst)
    {
        if (!isFirst)
        {
            output.Write(","u8);
        }

        isFirst = false;
        output.Write(opening);
        output.Write(name);
        output.Write("\":"u8);
    }

    private static byte[] NameOf(Element element) =>
        Names.GetValue(element.Choice!, static choice => Encoding.UTF8.GetBytes(choice.JsonName));
}
