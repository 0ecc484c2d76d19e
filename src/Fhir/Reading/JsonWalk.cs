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

    /// <summary>How often the bytes of a body may be looked through for a resourceType that does not come first.</summary>
    private const int MaxLooksAhead = 4;

    private const int LookAheadFree = 1024 * 1024;

    /// <summary>Every type's first element is its id.</summary>
    private const int IdSlot = 0;

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

        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = options.MaxDepth });
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                faults.Add(ReadFindings.NotAnObject, 0, "", JsonWords.English(reader.TokenType), JsonWords.Chinese(reader.TokenType));
                return false;
            }

            var type = ResourceTypeAhead(ref reader, Node.None, null);
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
            // The framework's reader reports syntax and depth by throwing the same; this is the edge where it becomes a finding.
            if (TooDeepAt(bytes) is >= 0 and var at)
            {
                faults.Add(ReadFindings.TooDeep, at, document.Count == 0 ? "" : PathOf(document.Count - 1), options.MaxDepth.ToString());
            }
            else
            {
                faults.AddSyntax(fault);
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
        var seen = default(SlotSet);
        var last = Node.None;
        var isWithExtras = false;
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
                isWithExtras = true;
            }
            else
            {
                isWithExtras |= Values(ref reader, self, ref last, element, elementType, seen.Has(element.Slot + SlotSet.Extras));
            }
        }

        var end = (int)reader.TokenStartIndex + 1;
        ref var node = ref document.At(self);
        if ((node.Flags & NodeFlags.Primitive) == 0)
        {
            node.Length = end - node.Start;
        }

        if (isWithExtras)
        {
            CheckPrimitivesWithoutValue(self);
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
            Value(ref reader, self, ref last, last, element, elementType, Node.None, existing);
            return false;
        }

        if (!element.IsArray)
        {
            faults.Add(ReadFindings.UnexpectedArray, at, PathOf(self), elementType.JsonName);
            reader.Skip();
            return false;
        }

        var next = extrasCameFirst ? FirstOf(self, element) : Node.None;
        var after = last;
        var extras = 0;
        var count = 0;
        var isWithNull = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var existing = next;
            if (next >= 0)
            {
                extras++;
                after = next;
                next = NextOf(next);
            }

            if (reader.TokenType == JsonTokenType.Null && elementType.Type.IsPrimitive)
            {
                isWithNull = true;
                if (existing < 0)
                {
                    after = AddPrimitive(self, ref last, after, element, elementType, count, (int)reader.TokenStartIndex);
                }
            }
            else
            {
                after = Value(ref reader, self, ref last, after, element, elementType, count, existing);
            }

            count++;
        }

        while (next >= 0)
        {
            extras++;
            next = NextOf(next);
        }

        if (count == 0)
        {
            faults.Add(ReadFindings.Empty, at, PathOf(self), elementType.JsonName);
        }
        else if (count > element.Max)
        {
            faults.Add(ReadFindings.TooMany, at, PathOf(self), elementType.JsonName, count.ToString(), element.Max.ToString());
        }
        else if (extras > 0 && extras != count)
        {
            faults.Add(ReadFindings.UnmatchedExtensions, at, PathOf(self), elementType.JsonName, extras.ToString(), count.ToString());
        }

        return isWithNull;
    }

    /// <summary>One value, linked in after the given sibling unless its "_name" part made the node already.</summary>
    /// <returns>The node after which the next repetition belongs.</returns>
    private int Value(
        ref Utf8JsonReader reader, int self, ref int last, int after, ElementFact element, ElementTypeFact elementType, int index, int existing)
    {
        var at = (int)reader.TokenStartIndex;
        if (reader.TokenType == JsonTokenType.Null)
        {
            faults.Add(ReadFindings.Null, at, PathOf(self), elementType.JsonName);
            return after;
        }

        var type = elementType.Type;
        if (type.IsPrimitive)
        {
            // Even a value of the wrong kind takes its place, so that the "_name" entries after it still match.
            var node = existing >= 0 ? existing : AddPrimitive(self, ref last, after, element, elementType, index, at);
            Primitive(ref reader, self, node, elementType);
            return node;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            faults.AddType(at, PathOf(self), elementType, reader.TokenType);
            reader.Skip();
            return after;
        }

        if (type.IsResource)
        {
            var actual = ResourceTypeAhead(ref reader, self, element);
            if (actual is null)
            {
                reader.Skip();
                return after;
            }

            type = actual;
        }

        var child = Append(self, after, (ushort)element.Id, (ushort)element.NameId, type, index, at);
        if (type.IsResource)
        {
            document.At(child).Flags = NodeFlags.Resource;
        }

        last = child;
        Object(ref reader, child, type);
        return child;
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
            document.At(node).Flags |= NodeFlags.Unread;
            reader.Skip();
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

        if (raw.Length > options.MaxStringBytes && kind is not (PrimitiveKind.Base64Binary or PrimitiveKind.Xhtml))
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

            Extra(ref reader, self, ref last, last, element, elementType, Node.None, valuesCameFirst ? FirstOf(self, element) : Node.None);
            return;
        }

        if (!element.IsArray)
        {
            faults.Add(ReadFindings.UnexpectedArray, at, PathOf(self), "_" + elementType.JsonName);
            reader.Skip();
            return;
        }

        var next = valuesCameFirst ? FirstOf(self, element) : Node.None;
        var after = last;
        var values = 0;
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var existing = next;
            if (next >= 0)
            {
                values++;
                after = next;
                next = NextOf(next);
            }

            if (reader.TokenType != JsonTokenType.Null)
            {
                after = Extra(ref reader, self, ref last, after, element, elementType, count, existing);
            }
            else if (existing < 0)
            {
                after = AddPrimitive(self, ref last, after, element, elementType, count, (int)reader.TokenStartIndex);
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

    private int Extra(
        ref Utf8JsonReader reader, int self, ref int last, int after, ElementFact element, ElementTypeFact elementType, int index, int existing)
    {
        var at = (int)reader.TokenStartIndex;
        var node = existing >= 0 ? existing : AddPrimitive(self, ref last, after, element, elementType, index, at);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            faults.AddNotObject(at, PathOf(self), "_" + elementType.JsonName, reader.TokenType);
            document.At(node).Flags |= NodeFlags.Unread;
            reader.Skip();
            return node;
        }

        Object(ref reader, node, elementType.Type);
        return node;
    }

    /// <summary>
    /// A primitive without a value as yet. Repetitions stand together, even when "_name" brings more of them after other
    /// properties came between.
    /// </summary>
    private int AddPrimitive(
        int self, ref int last, int after, ElementFact element, ElementTypeFact elementType, int index, int start)
    {
        var node = Append(self, after, (ushort)element.Id, (ushort)element.NameId, elementType.Type, index, start);
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

    private int FirstOf(int self, ElementFact element)
    {
        var at = document.At(self).FirstChild;
        while (at >= 0 && document.At(at).Element != element.Id)
        {
            at = document.At(at).NextSibling;
        }

        return at;
    }

    private int NextOf(int at)
    {
        ref var node = ref document.At(at);
        return node.NextSibling >= 0 && document.At(node.NextSibling).Element == node.Element ? node.NextSibling : Node.None;
    }

    /// <summary>
    /// A null must have made room for an extension, and by ele-1 an id alone is not enough. It is asked when the object
    /// ends, because "name" and "_name" come in any order.
    /// </summary>
    private void CheckPrimitivesWithoutValue(int self)
    {
        for (var at = document.At(self).FirstChild; at >= 0; at = document.At(at).NextSibling)
        {
            ref var node = ref document.At(at);
            if ((node.Flags & (NodeFlags.Primitive | NodeFlags.HasValue | NodeFlags.Unread)) != NodeFlags.Primitive)
            {
                continue;
            }

            if (node.FirstChild < 0)
            {
                var element = new Element(document, at);
                faults.Add(ReadFindings.Null, element, element.Name);
            }
            else if (IsId(node.FirstChild) && document.At(node.FirstChild).NextSibling < 0)
            {
                var element = new Element(document, at);
                faults.Add(ReadFindings.Empty, element, element.Name);
            }
        }
    }

    private bool IsId(int node) => facts.Elements[document.At(node).Element].Slot == IdSlot;

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

        // ele-1: an element has a value or children beside its id. A resource may be empty, and a primitive may have its
        // value elsewhere.
        if (properties == 0 ? !type.IsResource : properties == 1 && seen.Has(IdSlot) && type.Kind is TypeKind.Complex or TypeKind.Backbone)
        {
            var element = new Element(document, self);
            if (type.IsPrimitive)
            {
                document.At(self).Flags |= NodeFlags.Unread;
            }

            faults.Add(ReadFindings.Empty, element, element.Name);
        }
    }

    /// <summary>The type of the resource the reader stands at the opening brace of; null (and a finding) if it cannot be known.</summary>
    private TypeFact? ResourceTypeAhead(ref Utf8JsonReader reader, int parent, ElementFact? element)
    {
        var ahead = reader;
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            var found = PropertyName(ref ahead).SequenceEqual("resourceType"u8);
            ahead.Read();
            if (!found)
            {
                var from = ahead.BytesConsumed;
                ahead.Skip();
                CountLookedAhead(ahead.BytesConsumed - from);
                continue;
            }

            if (ahead.TokenType != JsonTokenType.String)
            {
                break;
            }

            var name = PropertyName(ref ahead);
            Span<char> text = stackalloc char[LongestName];
            var type = Encoding.UTF8.TryGetChars(name, text, out var length) ? facts.Type(text[..length]) : null;
            if (type is { IsResource: true, IsAbstract: false })
            {
                return type;
            }

            faults.AddUnknownType((int)ahead.TokenStartIndex, PathOf(parent, element), name);
            return null;
        }

        faults.Add(ReadFindings.NoResourceType, (int)reader.TokenStartIndex, PathOf(parent, element));
        return null;
    }

    /// <summary>
    /// Resources within resources that all name their type last would be looked through once for every level around them.
    /// </summary>
    private void CountLookedAhead(long bytes)
    {
        document.LookedAhead += bytes;
        if (document.LookedAhead > (MaxLooksAhead * (long)document.Utf8.Length) + LookAheadFree)
        {
            faults.Add(ReadFindings.TypeTooLate, 0, "");
            throw new WalkEndedException();
        }
    }

    /// <summary>Where the bytes first go deeper than allowed, or -1. Only asked when reading failed.</summary>
    private int TooDeepAt(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = options.MaxDepth + 1 });
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == options.MaxDepth && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    return (int)reader.TokenStartIndex;
                }
            }
        }
        catch (JsonException)
        {
            // The syntax is broken before the depth is.
        }

        return -1;
    }

    /// <summary>The property's name, or the string's text, with escapes resolved if it is short enough to mean anything.</summary>
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

    private string PathOf(int parent, ElementFact? element) => element is null ? "" : PathOf(parent) + "." + element.Name;
}

/// <summary>Unwinds the walk when a bound is reached; never leaves <see cref="JsonWalk.Run"/>.</summary>
internal sealed class WalkEndedException : Exception;
