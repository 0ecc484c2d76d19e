namespace Kangqiao.Fhir.Reading;

/// <summary>
/// One element of a document: where its value stands in the bytes, what it is, and its neighbours.
/// A document is an array of these in the order read; links, not positions, give FHIR's order, because the "_name" part
/// of a primitive may come anywhere in its object.
/// </summary>
internal struct Node
{
    public const int None = -1;

    /// <summary>First byte of the value: after the opening quote of a string, at the brace of an object.</summary>
    public int Start;

    /// <summary>Bytes of the value; for an object up to and with its closing brace.</summary>
    public int Length;

    public int Parent;
    public int FirstChild;
    public int NextSibling;

    /// <summary>Position in its array from 0, or -1 if the element does not repeat.</summary>
    public int Index;

    /// <summary>Position in R4.Elements, or <see cref="RootElement"/>.</summary>
    public ushort Element;

    public ushort Name;
    public ushort Type;
    public NodeFlags Flags;

    public const ushort RootElement = ushort.MaxValue;
}

[Flags]
internal enum NodeFlags : byte
{
    None = 0,

    /// <summary>A primitive with a value (it may have only extensions).</summary>
    HasValue = 1,

    /// <summary>The string has backslash escapes.</summary>
    Escaped = 2,

    /// <summary>The value is a JSON number.</summary>
    Number = 4,

    /// <summary>The value is true or false.</summary>
    Boolean = 8,

    Primitive = 16,
    Resource = 32,

    /// <summary>What was sent as its value or extensions was refused: that it has none is no second fault.</summary>
    Unread = 64,
}
