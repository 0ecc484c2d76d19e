using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Fhir.Reading;

/// <summary>
/// One resource as read: its UTF-8 bytes and a flat table of typed elements that point into them. There is no object per
/// element and no copy of a value. Reading into a document again reuses its table, so one per thread serves a stream.
/// </summary>
/// <remarks>Not safe for reading into while another thread looks; looking alone is safe from any number of threads.</remarks>
public sealed class FhirDocument
{
    private Node[] nodes = new Node[64];
    private byte[] bytes = [];
    private int offset;
    private int length;

    /// <summary>The bytes it was read from.</summary>
    public ReadOnlySpan<byte> Utf8 => bytes.AsSpan(offset, length);

    /// <summary>The bytes as memory, for callers that keep them.</summary>
    public ReadOnlyMemory<byte> Memory => bytes.AsMemory(offset, length);

    /// <summary>False until a resource was read whole enough to look at.</summary>
    public bool IsUsable { get; private set; }

    /// <summary>How many elements it has.</summary>
    public int Count { get; private set; }

    /// <summary>The resource itself; the default where nothing usable was read.</summary>
    public Element Root => IsUsable ? new Element(this, 0) : default;

    /// <summary>
    /// Reads one resource. What is wrong with it goes to <paramref name="findings"/>, with line, column and path; the
    /// document is usable as long as the bytes are JSON and the resource type is known.
    /// </summary>
    public static FhirDocument Read(ReadOnlyMemory<byte> utf8, FindingList findings, ReadOptions? options = null)
    {
        var document = new FhirDocument();
        document.ReadInto(utf8, findings, options);
        return document;
    }

    /// <summary>As <see cref="Read"/>, into this document; elements taken from it before are void.</summary>
    /// <returns><see cref="IsUsable"/>.</returns>
    public bool ReadInto(ReadOnlyMemory<byte> utf8, FindingList findings, ReadOptions? options = null)
    {
        Count = 0;
        LookedAhead = 0;
        IsUsable = false;
        if (MemoryMarshal.TryGetArray(utf8, out var segment))
        {
            (bytes, offset, length) = (segment.Array!, segment.Offset, segment.Count);
        }
        else
        {
            (bytes, offset, length) = (utf8.ToArray(), 0, utf8.Length);
        }

        // RFC 8259 section 8.1: a reader may ignore a byte order mark.
        if (Utf8.StartsWith("\uFEFF"u8))
        {
            offset += 3;
            length -= 3;
        }

        IsUsable = new JsonWalk(this, R4.Facts, findings, options ?? ReadOptions.Default).Run();
        return IsUsable;
    }

    /// <summary>True if the bytes are a conversion of what was sent: then their lines mean nothing to the sender.</summary>
    internal bool IsConverted { get; init; }

    /// <summary>Line and column (from 1, column in bytes) of a byte; zeros where the sender sent other bytes than these.</summary>
    public (int Line, int Column) Position(int at)
    {
        if (IsConverted)
        {
            return default;
        }

        var before = Utf8[..Math.Clamp(at, 0, length)];
        var line = before.Count((byte)'\n') + 1;
        return (line, at - before.LastIndexOf((byte)'\n'));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref Node At(int index) => ref nodes[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> Slice(int start, int count) => bytes.AsSpan(offset + start, count);

    /// <summary>An element of the type with nothing in it, standing alone: to try rules on.</summary>
    internal static FhirDocument EmptyOf(TypeFact type)
    {
        var document = new FhirDocument { IsUsable = true };
        document.At(document.Add()) = new Node
        {
            Parent = Node.None,
            FirstChild = Node.None,
            NextSibling = Node.None,
            Index = Node.None,
            Element = Node.RootElement,
            Type = (ushort)type.Id,
            Flags = NodeFlags.Resource,
        };
        return document;
    }

    /// <summary>Bytes read so far only to find a resourceType that does not come first.</summary>
    internal long LookedAhead { get; set; }

    internal int Add()
    {
        if (Count == nodes.Length)
        {
            Array.Resize(ref nodes, nodes.Length * 2);
        }

        return Count++;
    }
}
