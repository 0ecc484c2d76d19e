using System.Text;

namespace Kangqiao.Ingest.Cda.Reading;

/// <summary>
/// A document's elements, attributes and texts as a flat table over its bytes. Nothing is copied until it is asked for, so an
/// attachment of any size stays where it came.
/// </summary>
internal sealed class XmlTable(ReadOnlyMemory<byte> utf8)
{
    internal struct Node
    {
        /// <summary>Empty for a piece of text.</summary>
        public string Name;
        public int Start;
        public int Parent;
        public int FirstChild;
        public int LastChild;
        public int Next;
        public int FirstAttribute;
        public int AttributeCount;
        public int TextStart;
        public int TextLength;
        public bool IsEscaped;
    }

    internal struct Attribute
    {
        public string Name;
        public int Start;
        public int Length;
        public bool IsEscaped;
    }

    private Node[] nodes = new Node[512];
    private Attribute[] attributes = new Attribute[512];

    public ReadOnlyMemory<byte> Utf8 { get; } = utf8;

    public int Count { get; private set; }

    public int AttributeCount { get; private set; }

    public XmlElement Root => Count == 0 ? default : new XmlElement(this, 0);

    internal ref Node At(int index) => ref nodes[index];

    internal ref Attribute AttributeAt(int index) => ref attributes[index];

    internal int Add(Node node)
    {
        if (Count == nodes.Length)
        {
            Array.Resize(ref nodes, nodes.Length * 2);
        }

        nodes[Count] = node;
        return Count++;
    }

    internal void Add(Attribute attribute)
    {
        if (AttributeCount == attributes.Length)
        {
            Array.Resize(ref attributes, attributes.Length * 2);
        }

        attributes[AttributeCount++] = attribute;
    }

    /// <summary>A slice as text; what is no reference of XML's own stays as written.</summary>
    internal string Text(int start, int length, bool isEscaped)
    {
        var slice = Utf8.Span.Slice(start, length);
        return isEscaped ? XmlEscapes.Unescape(Encoding.UTF8.GetString(slice)) : Encoding.UTF8.GetString(slice);
    }

    /// <summary>Line and column in bytes, from 1.</summary>
    internal (int Line, int Column) Position(int at)
    {
        var before = Utf8.Span[..Math.Min(at, Utf8.Length)];
        return (before.Count((byte)'\n') + 1, at - before.LastIndexOf((byte)'\n'));
    }
}
