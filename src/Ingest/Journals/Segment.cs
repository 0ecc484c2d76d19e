using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;

namespace Kangqiao.Ingest.Journals;

/// <summary>
/// A file of the journal: blocks one after the other, each with a head of 16 bytes (mark, packed length, length, CRC-32C of the
/// packed bytes) and Brotli behind it. A block that is not whole ends the file: it was being written when the power went.
/// </summary>
internal static class Segment
{
    public const string Extension = ".raw";
    public const string DoneExtension = ".done";
    public const int HeadBytes = 16;

    /// <summary>Bytes of a block's content. Larger packs better, smaller is quicker to read one message from.</summary>
    public const int MostBlockBytes = 256 * 1024;

    private const uint Mark = 0x314A514B;

    /// <summary>Quality 1 takes a tenth of the time of the next better and makes a third more bytes.</summary>
    private const int Quality = 1;

    /// <summary>Large enough to find one message's text in another of the same block.</summary>
    private const int Window = 20;

    /// <summary>A block in the form of the file, in a rented array.</summary>
    public static (byte[] Rented, int Length) Pack(ReadOnlySpan<byte> block)
    {
        var rented = ArrayPool<byte>.Shared.Rent(HeadBytes + BrotliEncoder.GetMaxCompressedLength(block.Length) + 64);
        if (!BrotliEncoder.TryCompress(block, rented.AsSpan(HeadBytes), out var packed, Quality, Window))
        {
            throw new InvalidOperationException("A block did not fit into the longest that Brotli makes of it.");
        }

        BinaryPrimitives.WriteUInt32LittleEndian(rented, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(rented.AsSpan(4), packed);
        BinaryPrimitives.WriteInt32LittleEndian(rented.AsSpan(8), block.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(rented.AsSpan(12), Crc(rented.AsSpan(HeadBytes, packed)));
        return (rented, HeadBytes + packed);
    }

    /// <summary>Reads the block at the stream's position.</summary>
    /// <param name="into">Grown where it is too small.</param>
    /// <returns>Its length; -1 at the end of what is whole.</returns>
    public static int Read(Stream file, ref byte[] into)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        if (file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(head) != Mark)
        {
            return -1;
        }

        var packed = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        if (packed <= 0 || packed > file.Length - file.Position || length is < 0 or > 64 * 1024 * 1024)
        {
            return -1;
        }

        var rented = ArrayPool<byte>.Shared.Rent(packed);
        try
        {
            file.ReadExactly(rented, 0, packed);
            if (Crc(rented.AsSpan(0, packed)) != BinaryPrimitives.ReadUInt32LittleEndian(head[12..]))
            {
                return -1;
            }

            if (into.Length < length)
            {
                into = new byte[length];
            }

            return BrotliDecoder.TryDecompress(rented.AsSpan(0, packed), into, out var written) && written == length ? length : -1;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
