using System.Buffers.Binary;

namespace Kangqiao.Ingest.Journals;

internal enum FrameKind : byte
{
    /// <summary>A whole submission: its head and its body.</summary>
    Whole = 1,

    /// <summary>The head of one whose body follows in parts.</summary>
    Begin = 2,
    Part = 3,

    /// <summary>Length and hash of the body: only now is it received.</summary>
    End = 4,

    /// <summary>Nothing is left to do with it.</summary>
    Done = 5,
}

/// <summary>One entry of a block: kind, number of the receipt, length, bytes.</summary>
internal readonly ref struct Frame(FrameKind kind, Guid number, ReadOnlySpan<byte> bytes)
{
    public const int HeadBytes = 1 + 16 + 4;

    public FrameKind Kind { get; } = kind;

    public Guid Number { get; } = number;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public static void WriteHead(Span<byte> into, FrameKind kind, Guid number, int length)
    {
        into[0] = (byte)kind;
        number.TryWriteBytes(into[1..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32LittleEndian(into[17..], length);
    }

    /// <summary>Takes the first frame off a block's bytes; false where there is none whole.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> block, out Frame frame)
    {
        frame = default;
        if (block.Length < HeadBytes)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(block[17..]);
        if (length < 0 || length > block.Length - HeadBytes)
        {
            return false;
        }

        frame = new Frame((FrameKind)block[0], new Guid(block.Slice(1, 16), bigEndian: true), block.Slice(HeadBytes, length));
        block = block[(HeadBytes + length)..];
        return true;
    }
}
