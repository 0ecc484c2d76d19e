using System.Runtime.CompilerServices;
using System.Text;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Reading;

/// <summary>
/// One element of a <see cref="FhirDocument"/>: a cursor, free to copy. The default value stands for "no such element".
/// </summary>
public readonly struct Element : IEquatable<Element>
{
    private readonly FhirDocument? document;
    private readonly int node;

    internal Element(FhirDocument document, int node)
    {
        this.document = document;
        this.node = node;
    }

    /// <summary>False for the default value.</summary>
    public bool Exists
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => document is not null;
    }

    public FhirDocument Document => document!;

    /// <summary>Position in the document's table: a compact handle for maps and sets.</summary>
    public int Handle => node;

    /// <summary>The type of the value at hand: for value[x] the one sent, for a contained resource its own.</summary>
    public TypeFact Type => R4.Facts.Types[Node.Type];

    internal int TypeId => Node.Type;

    /// <summary>First byte of the value in the document.</summary>
    public int Start => Node.Start;

    /// <summary>Position in <see cref="R4.Elements"/>, or -1 for the resource a document starts with.</summary>
    internal int FactId => Node.Element == Reading.Node.RootElement ? -1 : Node.Element;

    /// <summary>What the specification says of the element; null for the resource a document starts with.</summary>
    public ElementFact? Fact => Node.Element == Reading.Node.RootElement ? null : R4.Facts.Elements[Node.Element];

    /// <summary>FHIRPath name: "value" for valueQuantity. The root's is its resource type.</summary>
    public string Name => Node.Element == Reading.Node.RootElement ? Type.Name : R4.Facts.Names[Node.Name];

    /// <summary>Position of the name in <see cref="R4.Names"/>.</summary>
    public int NameId => Node.Name;

    /// <summary>The one of the types the specification offers that was sent; its JSON name comes with it. Null for the root.</summary>
    public ElementTypeFact? Choice
    {
        get
        {
            if (Fact is not { } fact)
            {
                return null;
            }

            var type = Type;
            foreach (var candidate in fact.Types)
            {
                if (ReferenceEquals(candidate.Type, type) || (candidate.Type.IsResource && type.IsResource))
                {
                    return candidate;
                }
            }

            throw new InvalidOperationException($"{fact.Path} cannot be a {type.Name}.");
        }
    }

    /// <summary>"valueQuantity" where <see cref="Name"/> is "value".</summary>
    public string JsonName => Choice?.JsonName ?? Name;

    /// <summary>Position among its repetitions from 0, or -1 if the element does not repeat.</summary>
    public int Index => Node.Index;

    public bool IsPrimitive => (Node.Flags & NodeFlags.Primitive) != 0;

    public bool IsResource => (Node.Flags & NodeFlags.Resource) != 0;

    /// <summary>True for a primitive that has a value, not only extensions.</summary>
    public bool HasValue => (Node.Flags & NodeFlags.HasValue) != 0;

    /// <summary>True if the value in <see cref="Raw"/> has JSON escapes, so that it is not yet the text.</summary>
    public bool IsEscaped => (Node.Flags & NodeFlags.Escaped) != 0;

    public bool IsNumber => (Node.Flags & NodeFlags.Number) != 0;

    public bool IsBoolean => (Node.Flags & NodeFlags.Boolean) != 0;

    /// <summary>The bytes of a primitive's value without quotes, as sent; of an object from brace to brace; empty without value.</summary>
    public ReadOnlySpan<byte> Raw
    {
        get
        {
            ref var at = ref Node;
            return document!.Slice(at.Start, at.Length);
        }
    }

    public Element Parent => Node.Parent < 0 ? default : new Element(document!, Node.Parent);

    /// <summary>The nearest resource around this element, or the element itself if it is one.</summary>
    public Element Resource
    {
        get
        {
            var at = node;
            while ((document!.At(at).Flags & NodeFlags.Resource) == 0)
            {
                at = document.At(at).Parent;
            }

            return new Element(document, at);
        }
    }

    /// <summary>The children in FHIR's order; a primitive's are its id and extensions.</summary>
    public ElementChildren Children => new(document!, Node.FirstChild);

    private ref Node Node
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref document!.At(node);
    }

    /// <summary>The first child of that name, or the default.</summary>
    public Element Child(string name) => Child(R4.Facts.NameId(name));

    /// <summary>The first child of that name, or the default.</summary>
    /// <param name="nameId">Position in <see cref="R4.Names"/>.</param>
    public Element Child(int nameId)
    {
        for (var at = Node.FirstChild; at >= 0;)
        {
            ref var child = ref document!.At(at);
            if (child.Name == nameId)
            {
                return new Element(document, at);
            }

            at = child.NextSibling;
        }

        return default;
    }

    /// <summary>The children of one name.</summary>
    public NamedChildren ChildrenNamed(int nameId) => new(document!, Node.FirstChild, nameId);

    /// <summary>The children of one name.</summary>
    public NamedChildren ChildrenNamed(string name) => ChildrenNamed(R4.Facts.NameId(name));

    /// <summary>The value's text with escapes resolved, or null if there is no value.</summary>
    public string? Text()
    {
        if (!HasValue)
        {
            return null;
        }

        return IsEscaped ? JsonText.Unescape(Raw) : Encoding.UTF8.GetString(Raw);
    }

    /// <summary>The text of the child of that name, or null.</summary>
    public string? ChildText(string name)
    {
        var child = Child(name);
        return child.Exists ? child.Text() : null;
    }

    /// <summary>True if there is a value and its text is the given one.</summary>
    public bool TextIs(ReadOnlySpan<byte> utf8)
    {
        if (!HasValue)
        {
            return false;
        }

        return IsEscaped ? JsonText.UnescapedEquals(Raw, utf8) : Raw.SequenceEqual(utf8);
    }

    /// <summary>FHIRPath from the document's resource: "Patient.name[0].given[1]".</summary>
    public string Path() => ElementPath.Of(this);

    /// <summary>Line and column (in bytes) of the value, from 1; of a string's opening quote.</summary>
    public (int Line, int Column) Position()
    {
        var isQuoted = (Node.Flags & (NodeFlags.HasValue | NodeFlags.Number | NodeFlags.Boolean)) == NodeFlags.HasValue;
        return document!.Position(isQuoted ? Node.Start - 1 : Node.Start);
    }

    public bool Equals(Element other) => ReferenceEquals(document, other.document) && node == other.node;

    public override bool Equals(object? obj) => obj is Element other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(document is null ? 0 : RuntimeHelpers.GetHashCode(document), node);

    public static bool operator ==(Element left, Element right) => left.Equals(right);

    public static bool operator !=(Element left, Element right) => !left.Equals(right);

    public override string ToString() => Exists ? Path() : "(none)";
}

/// <summary>The children of an element; enumerates without allocation.</summary>
public readonly ref struct ElementChildren
{
    private readonly FhirDocument document;
    private readonly int first;

    internal ElementChildren(FhirDocument document, int first)
    {
        this.document = document;
        this.first = first;
    }

    public Enumerator GetEnumerator() => new(document, first);

    public int Count()
    {
        var count = 0;
        for (var at = first; at >= 0; at = document.At(at).NextSibling)
        {
            count++;
        }

        return count;
    }

    public ref struct Enumerator
    {
        private readonly FhirDocument document;
        private int next;
        private int current;

        internal Enumerator(FhirDocument document, int first)
        {
            this.document = document;
            next = first;
            current = Node.None;
        }

        public readonly Element Current => new(document, current);

        public bool MoveNext()
        {
            if (next < 0)
            {
                return false;
            }

            current = next;
            next = document.At(current).NextSibling;
            return true;
        }
    }
}

/// <summary>The children of one name; enumerates without allocation.</summary>
public readonly ref struct NamedChildren
{
    private readonly FhirDocument document;
    private readonly int first;
    private readonly int nameId;

    internal NamedChildren(FhirDocument document, int first, int nameId)
    {
        this.document = document;
        this.first = first;
        this.nameId = nameId;
    }

    public Enumerator GetEnumerator() => new(document, first, nameId);

    public ref struct Enumerator
    {
        private readonly FhirDocument document;
        private readonly int nameId;
        private int next;
        private int current;

        internal Enumerator(FhirDocument document, int first, int nameId)
        {
            this.document = document;
            this.nameId = nameId;
            next = first;
            current = Node.None;
        }

        public readonly Element Current => new(document, current);

        public bool MoveNext()
        {
            while (next >= 0)
            {
                current = next;
                ref var node = ref document.At(next);
                next = node.NextSibling;
                if (node.Name == nameId)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
