using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Fhir.Reading;

/// <summary>
/// The one walk over a resource's bytes (json.html): it knows at every property which element it is, so that structure,
/// cardinality and format are checked and the document's table is filled as the tokens pass by.
/// </summary>
internal readonly ref struct JsonWalk(FhirDocument document, R4 facts, FindingList findings, ReadOptions options)
{
    private const int LongestName = 256;

    private readonly ReadFaults faults = new(document, findings);

    public bool Run()
    {
        var bytes = document.Utf8;
        if (bytes.Length > options.MaxBytes)
        {
            faults.Add(ReadFindings.BodyTooLarge, 0, "", bytes.Length.ToString(), options.MaxBytes.ToString());
            return false;
        }

        if (!Utf8.IsValid(bytes))
        {
            faults.Add(ReadFindings.NotUtf8, 0, "");
            return false;
        }

        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = options.MaxDepth + 1 });
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                faults.Add(ReadFindings.NotAnObject, 0, "", JsonWords.English(reader.TokenType), JsonWords.Chinese(reader.TokenType));
                return false;
            }

            var type = ResourceTypeAhead(ref reader, "");
            if (type is null)
            {
                return false;
            }

            var root = Append(Node.None, Node.None, Node.RootElement, 0, type, Node.None, 0);
            document.At(root).Flags = NodeFlags.Resource;
            Object(ref reader, root, type);
            reader.Read();
            return true;
        }
        catch (JsonException fault)
        {
            // The framework's reader reports syntax by throwing; this is the edge where it becomes a finding.
            if (reader.CurrentDepth >= options.MaxDepth)
            {
                faults.Add(ReadFindings.TooDeep, (int)reader.BytesConsumed, "", options.MaxDepth.ToString());
            }
            else
            {
                faults.AddSyntax(fault, (int)reader.BytesConsumed);
            }

            return false;
        }
        catch (WalkEndedException)
        {
            return false;
        }
    }

    /// <summary>Reads an object's properties into the node that stands for it; the reader stands at its opening brace.</summary>
    private void Object(ref Utf8JsonReader reader, int self, TypeFact type)
    {
        if (reader.CurrentDepth >= options.MaxDepth)
        {
            faults.Add(ReadFindings.TooDeep, (int)reader.TokenStartIndex, ElementPath.Of(new Element(document, self)), options.MaxDepth.ToString());
            throw new WalkEndedException();
        }

        var seen = default(SlotSet);
        var last = LastChild(self);
        var nulls = false;
        var properties = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            properties++;
            var name = PropertyName(ref reader);
            var at = (int)reader.TokenStartIndex;
            if (name.SequenceEqual("resourceType"u8) && type.IsResource)
            {
                if (seen.Add(SlotSet.ResourceType))
                {
                    faults.Add(ReadFindings.DuplicateKey, at, PathOf(self), "resourceType");
                }

                reader.Read();
                reader.Skip();
                continue;
            }

            var isExtra = name.Length > 1 && name[0] == (byte)'_';
            if (!type.JsonNames.TryGet(isExtra ? name[1..] : name, out var element, out var elementType)
                || (isExtra && !elementType.Type.IsPrimitive))
            {
                Unknown(ref reader, name, at, self, type);
                continue;
            }

            if (seen.Add(isExtra ? element.Slot + SlotSet.Extras : element.Slot))
            {
                Twice(at, self, element, elementType, name);
                reader.Read();
                reader.Skip();
                continue;
            }

            if (seen.Has(isExtra ? element.Slot : element.Slot + SlotSet.Extras) && element.IsChoice
                && FirstOf(self, element) is var other && other >= 0 && document.At(other).Type != elementType.Type.Id)
            {
                faults.Add(ReadFindings.ManyChoices, at, PathOf(self), element.Name, Encoding.UTF8.GetString(name));
                reader.Read();
                reader.Skip();
                continue;
            }

            reader.Read();
            if (isExtra)
            {
                Extras(ref reader, self, ref last, element, elementType, seen.Has(element.Slot));
                nulls = true;
            }
            else
            {
                nulls |= Values(ref reader, self, ref last, element, elementType, seen.Has(element.Slot + SlotSet.Extras));
            }
        }

        var end = (int)reader.TokenStartIndex + 1;
        ref var node = ref document.At(self);
        if ((node.Flags & NodeFlags.Primitive) == 0)
        {
            node.Length = end - node.Start;
        }

        if (nulls)
        {
            CheckNulls(self);
        }

        Complete(self, type, seen, properties);
    }

    /// <summary>One property's value or array of values. True if an array had a null, to be checked at the object's end.</summary>
    private bool Values(
        ref Utf8JsonReader reader, int self, ref int last, ElementFact element, ElementTypeFact elementType, bool extrasCameFirst)
    {
        var at = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            if (element.IsArray)
            {
                faults.AddNotArray(at, PathOf(self), elementType.JsonName, reader.TokenType);
                reader.Skip();
                return false;
            }

            var existing = extrasCameFirst ? FirstOf(self, element) : Node.None;
            Value(ref reader, self, ref last, element, elementType, Node.None, existing);
            return false;
        }

        if (!element.IsArray)
        {
            faults.Add(ReadFindings.UnexpectedArray, at, PathOf(self), elementType.JsonName);
            reader.Skip();
            return false;
        }

        var next = extrasCameFirst ? FirstOf(self, element) : Node.None;
        var count = 0;
        var nulls = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var existing = next;
            if (next >= 0)
            {
                next = NextOf(next);
            }

            if (reader.TokenType == JsonTokenType.Null && elementType.Type.IsPrimitive)
            {
                nulls = true;
                if (existing < 0)
                {
                    AddPrimitive(self, ref last, element, elementType, count);
                }
            }
            else
            {
                Value(ref reader, self, ref last, element, elementType, count, existing);
            }

            count++;
        }

        if (count == 0)
        {
            faults.Add(ReadFindings.Empty, at, PathOf(self), elementType.JsonName);
        }
        else if (count > element.Max)
        {
            faults.Add(ReadFindings.TooMany, at, PathOf(self), elementType.JsonName, count.ToString(), element.Max.ToString());
        }

        return nulls || extrasCameFirst;
    }

    private void Value(
        ref Utf8JsonReader reader, int self, ref int last, ElementFact element, ElementTypeFact elementType, int index, int existing)
    {
        var at = (int)reader.TokenStartIndex;
        if (reader.TokenType == JsonTokenType.Null)
        {
            faults.Add(ReadFindings.Null, at, PathOf(self), elementType.JsonName);
            return;
        }

        var type = elementType.Type;
        if (type.IsPrimitive)
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                faults.AddType(at, PathOf(self), elementType, reader.TokenType);
                reader.Skip();
                return;
            }

            var node = existing >= 0 ? existing : AddPrimitive(self, ref last, element, elementType, index);
            Primitive(ref reader, self, node, elementType);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            faults.AddType(at, PathOf(self), elementType, reader.TokenType);
            reader.Skip();
            return;
        }

        if (type.IsResource)
        {
            var actual = ResourceTypeAhead(ref reader, PathOf(self) + "." + element.Name);
            if (actual is null)
            {
                reader.Skip();
                return;
            }

            type = actual;
        }

        var child = Append(self, last, (ushort)element.Id, (ushort)element.NameId, type, index, at);
        if (type.IsResource)
        {
            document.At(child).Flags = NodeFlags.Resource;
        }

        last = child;
        Object(ref reader, child, type);
    }

    private void Primitive(ref Utf8JsonReader reader, int self, int node, ElementTypeFact elementType)
    {
        var kind = elementType.Type.Primitive;
        var token = reader.TokenType;
        var fits = kind switch
        {
            PrimitiveKind.Boolean => token is JsonTokenType.True or JsonTokenType.False,
            PrimitiveKind.Integer or PrimitiveKind.UnsignedInt or PrimitiveKind.PositiveInt or PrimitiveKind.Decimal =>
                token == JsonTokenType.Number,
            _ => token == JsonTokenType.String,
        };
        var at = (int)reader.TokenStartIndex;
        if (!fits)
        {
            faults.AddType(at, PathOf(self), elementType, token);
            return;
        }

        var raw = reader.ValueSpan;
        ref var target = ref document.At(node);
        target.Start = token == JsonTokenType.String ? at + 1 : at;
        target.Length = raw.Length;
        target.Flags |= NodeFlags.HasValue | token switch
        {
            JsonTokenType.Number => NodeFlags.Number,
            JsonTokenType.String => reader.ValueIsEscaped ? NodeFlags.Escaped : NodeFlags.None,
            _ => NodeFlags.Boolean,
        };
        if (token == JsonTokenType.String)
        {
            Text(node, raw, reader.ValueIsEscaped, kind, elementType);
        }
        else if (PrimitiveFormat.Check(kind, raw) is { } fault)
        {
            faults.AddFormat(new Element(document, node), elementType, raw, fault);
        }
    }

    private void Text(int node, ReadOnlySpan<byte> raw, bool isEscaped, PrimitiveKind kind, ElementTypeFact elementType)
    {
        var element = new Element(document, node);
        if (raw.IsEmpty)
        {
            faults.Add(ReadFindings.Empty, element, elementType.JsonName);
            return;
        }

        if (raw.Length > options.MaxStringBytes && kind != PrimitiveKind.Base64Binary)
        {
            faults.Add(ReadFindings.StringTooLong, element, elementType.JsonName, raw.Length.ToString(), options.MaxStringBytes.ToString());
            return;
        }

        if (!isEscaped)
        {
            CheckText(element, raw, kind, elementType);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        if (JsonText.TryUnescape(raw, rented, out var written))
        {
            CheckText(element, rented.AsSpan(0, written), kind, elementType);
        }
        else
        {
            faults.Add(ReadFindings.BadSurrogate, element, elementType.JsonName);
        }

        ArrayPool<byte>.Shared.Return(rented);
    }

    private void CheckText(Element element, ReadOnlySpan<byte> text, PrimitiveKind kind, ElementTypeFact elementType)
    {
        if (kind is PrimitiveKind.String or PrimitiveKind.Markdown)
        {
            if (text[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' && text.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            {
                faults.Add(ReadFindings.OnlySpaces, element, elementType.JsonName);
            }

            // Only an escape can bring a control character in: JSON itself forbids raw ones.
            if (element.IsEscaped && ControlCharacter(text) is >= 0 and var control)
            {
                faults.Add(ReadFindings.ControlCharacter, element, elementType.JsonName, control.ToString("X4"));
            }
        }
        else if (PrimitiveFormat.Check(kind, text) is { } fault)
        {
            faults.AddFormat(element, elementType, text, fault);
        }
    }

    private static int ControlCharacter(ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
        {
            if (c < 0x20 && c is not ((byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return c;
            }
        }

        return -1;
    }

    /// <summary>The "_name" part of a primitive or array of primitives: ids and extensions, matched by position.</summary>
    private void Extras(
        ref Utf8JsonReader reader, int self, ref int last, ElementFact element, ElementTypeFact elementType, bool valuesCameFirst)
    {
        var at = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            if (element.IsArray)
            {
                faults.AddNotArray(at, PathOf(self), "_" + elementType.JsonName, reader.TokenType);
                reader.Skip();
                return;
            }

            Extra(ref reader, self, ref last, element, elementType, Node.None, valuesCameFirst ? FirstOf(self, element) : Node.None);
            return;
        }

        if (!element.IsArray)
        {
            faults.Add(ReadFindings.UnexpectedArray, at, PathOf(self), "_" + elementType.JsonName);
            reader.Skip();
            return;
        }

        var next = valuesCameFirst ? FirstOf(self, element) : Node.None;
        var values = 0;
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var existing = next;
            if (next >= 0)
            {
                values++;
                next = NextOf(next);
            }

            if (reader.TokenType != JsonTokenType.Null)
            {
                Extra(ref reader, self, ref last, element, elementType, count, existing);
            }
            else if (existing < 0)
            {
                AddPrimitive(self, ref last, element, elementType, count);
            }

            count++;
        }

        while (next >= 0)
        {
            values++;
            next = NextOf(next);
        }

        if (count == 0)
        {
            faults.Add(ReadFindings.Empty, at, PathOf(self), "_" + elementType.JsonName);
        }
        else if (valuesCameFirst && values != count)
        {
            faults.Add(ReadFindings.UnmatchedExtensions, at, PathOf(self), elementType.JsonName, count.ToString(), values.ToString());
        }
    }

    private void Extra(
        ref Utf8JsonReader reader, int self, ref int last, ElementFact element, ElementTypeFact elementType, int index, int existing)
    {
        var at = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            faults.AddNotObject(at, PathOf(self), "_" + elementType.JsonName, reader.TokenType);
            reader.Skip();
            return;
        }

        var node = existing >= 0 ? existing : AddPrimitive(self, ref last, element, elementType, index);
        if (document.At(node).Start == 0)
        {
            document.At(node).Start = at;
        }

        Object(ref reader, node, elementType.Type);
    }

    private int AddPrimitive(int self, ref int last, ElementFact element, ElementTypeFact elementType, int index)
    {
        // Repetitions stand together, even when "_name" brings more of them after other properties came between.
        var after = last;
        if (index > 0 && last >= 0 && document.At(last).Element != element.Id)
        {
            after = LastOf(self, element);
        }

        var node = Append(self, after < 0 ? last : after, (ushort)element.Id, (ushort)element.NameId, elementType.Type, index, 0);
        document.At(node).Flags = NodeFlags.Primitive;
        if (after == last)
        {
            last = node;
        }

        return node;
    }

    private int Append(int parent, int after, ushort element, ushort name, TypeFact type, int index, int start)
    {
        if (document.Count >= options.MaxElements)
        {
            faults.Add(ReadFindings.TooManyElements, start, "", options.MaxElements.ToString());
            throw new WalkEndedException();
        }

        var at = document.Add();
        ref var node = ref document.At(at);
        node = new Node
        {
            Start = start,
            Parent = parent,
            FirstChild = Node.None,
            NextSibling = Node.None,
            Index = index,
            Element = element,
            Name = name,
            Type = (ushort)type.Id,
        };
        if (after >= 0)
        {
            ref var before = ref document.At(after);
            node.NextSibling = before.NextSibling;
            before.NextSibling = at;
        }
        else if (parent >= 0)
        {
            document.At(parent).FirstChild = at;
        }

        return at;
    }

    private int LastChild(int self)
    {
        var last = document.At(self).FirstChild;
        while (last >= 0 && document.At(last).NextSibling >= 0)
        {
            last = document.At(last).NextSibling;
        }

        return last;
    }

    private int FirstOf(int self, ElementFact element)
    {
        var at = document.At(self).FirstChild;
        while (at >= 0 && document.At(at).Element != element.Id)
        {
            at = document.At(at).NextSibling;
        }

        return at;
    }

    private int LastOf(int self, ElementFact element)
    {
        var last = Node.None;
        for (var at = FirstOf(self, element); at >= 0; at = NextOf(at))
        {
            last = at;
        }

        return last;
    }

    private int NextOf(int at)
    {
        ref var node = ref document.At(at);
        return node.NextSibling >= 0 && document.At(node.NextSibling).Element == node.Element ? node.NextSibling : Node.None;
    }

    /// <summary>A null must have made room for an extension.</summary>
    private void CheckNulls(int self)
    {
        foreach (var child in new Element(document, self).Children)
        {
            if (child.IsPrimitive && !child.HasValue && !child.Children.GetEnumerator().MoveNext())
            {
                faults.Add(ReadFindings.Null, child, child.Name);
            }
        }
    }

    private void Complete(int self, TypeFact type, SlotSet seen, int properties)
    {
        foreach (var element in type.RequiredElements)
        {
            if (!seen.Has(element.Slot) && !seen.Has(element.Slot + SlotSet.Extras))
            {
                var name = element.IsChoice ? element.Name + "[x]" : element.Name;
                faults.Add(ReadFindings.Missing, new Element(document, self), type.Name, name);
            }
        }

        // ele-1: an element has a value or children beside its id. A resource may be empty.
        if (!type.IsResource && IsOnlyId(self))
        {
            var element = new Element(document, self);
            if (!element.HasValue && (properties == 0 || element.Children.GetEnumerator().MoveNext()))
            {
                faults.Add(ReadFindings.Empty, element, element.Name);
            }
        }
    }

    private bool IsOnlyId(int self)
    {
        foreach (var child in new Element(document, self).Children)
        {
            if (child.Name != "id")
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The type of the resource the reader stands at the opening brace of; null (and a finding) if it cannot be known.</summary>
    private TypeFact? ResourceTypeAhead(ref Utf8JsonReader reader, string path)
    {
        var ahead = reader;
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            var found = ahead.ValueTextEquals("resourceType"u8);
            var at = (int)ahead.TokenStartIndex;
            ahead.Read();
            if (!found)
            {
                ahead.Skip();
                continue;
            }

            if (ahead.TokenType != JsonTokenType.String)
            {
                break;
            }

            Span<char> name = stackalloc char[64];
            var type = ahead.ValueSpan.Length <= name.Length && !ahead.ValueIsEscaped
                ? facts.Type(name[..ahead.CopyString(name)])
                : null;
            if (type is { IsResource: true, IsAbstract: false })
            {
                return type;
            }

            faults.AddUnknownType(at, path, ahead.ValueSpan);
            return null;
        }

        faults.Add(ReadFindings.NoResourceType, (int)reader.TokenStartIndex, path);
        return null;
    }

    private static ReadOnlySpan<byte> PropertyName(ref Utf8JsonReader reader)
    {
        // Senders hardly ever escape names; a longer one is no element's name, escaped or not.
        if (!reader.ValueIsEscaped || reader.ValueSpan.Length > LongestName)
        {
            return reader.ValueSpan;
        }

        var text = new byte[reader.ValueSpan.Length];
        return JsonText.TryUnescape(reader.ValueSpan, text, out var written) ? text.AsSpan(0, written) : reader.ValueSpan;
    }

    private void Unknown(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name, int at, int self, TypeFact type)
    {
        faults.AddUnknownElement(at, PathOf(self), name, type, options.AllowUnknownElements);
        reader.Read();
        reader.Skip();
    }

    private void Twice(int at, int self, ElementFact element, ElementTypeFact elementType, ReadOnlySpan<byte> name)
    {
        var first = FirstOf(self, element);
        var other = element.IsChoice && first >= 0 && document.At(first).Type != elementType.Type.Id;
        if (other)
        {
            faults.Add(ReadFindings.ManyChoices, at, PathOf(self), element.Name, Encoding.UTF8.GetString(name));
        }
        else
        {
            faults.Add(ReadFindings.DuplicateKey, at, PathOf(self), Encoding.UTF8.GetString(name));
        }
    }

    private string PathOf(int node) => findings.IsFull ? "" : ElementPath.Of(new Element(document, node));
}

/// <summary>Unwinds the walk when a bound is reached; never leaves <see cref="JsonWalk.Run"/>.</summary>
internal sealed class WalkEndedException : Exception;
