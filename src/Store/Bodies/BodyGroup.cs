using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Kangqiao.Store.Bodies;

/// <summary>
/// Several bodies in one blob: a byte with their count, the length of each as four bytes (little endian), then all of them
/// behind each other, compressed with Brotli at quality 1 (docs/decisions/0003: sixteen together need a fifth of the space
/// of sixteen alone).
/// </summary>
public static class BodyGroup
{
    public const int MostBodies = 16;

    /// <summary>A group is closed once it holds this much, so that reading one record never unpacks much of others.</summary>
    public const int EnoughBytes = 64 * 1024;

    private const int Quality = 1;
    private const int WindowBits = 18;

    public static byte[] Pack(ReadOnlySpan<ReadOnlyMemory<byte>> bodies)
    {
        var head = HeadLength(bodies.Length);
        var total = 0;
        foreach (var body in bodies)
        {
            total += body.Length;
        }

        var joined = ArrayPool<byte>.Shared.Rent(total);
        var packed = ArrayPool<byte>.Shared.Rent(head + BrotliEncoder.GetMaxCompressedLength(total));
        packed[0] = (byte)bodies.Length;
        var at = 0;
        for (var i = 0; i < bodies.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(1 + (4 * i)), bodies[i].Length);
            bodies[i].Span.CopyTo(joined.AsSpan(at));
            at += bodies[i].Length;
        }

        if (!BrotliEncoder.TryCompress(joined.AsSpan(0, total), packed.AsSpan(head), out var length, Quality, WindowBits))
        {
            throw new InvalidOperationException("Brotli needed more room than it says it may.");
        }

        var result = packed.AsSpan(0, head + length).ToArray();
        ArrayPool<byte>.Shared.Return(joined);
        ArrayPool<byte>.Shared.Return(packed);
        return result;
    }

    /// <summary>All bodies of a group.</summary>
    public static ReadOnlyMemory<byte>[] Unpack(ReadOnlySpan<byte> blob)
    {
        var bodies = new ReadOnlyMemory<byte>[blob[0]];
        var total = 0;
        for (var i = 0; i < bodies.Length; i++)
        {
            total += LengthOf(blob, i);
        }

        var plain = new byte[total];
        Decompress(blob[HeadLength(bodies.Length)..], plain);
        var at = 0;
        for (var i = 0; i < bodies.Length; i++)
        {
            var length = LengthOf(blob, i);
            bodies[i] = plain.AsMemory(at, length);
            at += length;
        }

        return bodies;
    }

    /// <summary>One body; what lies behind it in the group is not unpacked.</summary>
    public static byte[] Unpack(ReadOnlySpan<byte> blob, int slot)
    {
        var before = 0;
        for (var i = 0; i < slot; i++)
        {
            before += LengthOf(blob, i);
        }

        var length = LengthOf(blob, slot);
        if (before == 0)
        {
            var only = new byte[length];
            Decompress(blob[HeadLength(blob[0])..], only);
            return only;
        }

        var plain = ArrayPool<byte>.Shared.Rent(before + length);
        Decompress(blob[HeadLength(blob[0])..], plain.AsSpan(0, before + length));
        var body = plain.AsSpan(before, length).ToArray();
        ArrayPool<byte>.Shared.Return(plain);
        return body;
    }

    private static int HeadLength(int bodies) => 1 + (4 * bodies);

    private static int LengthOf(ReadOnlySpan<byte> blob, int slot) => BinaryPrimitives.ReadInt32LittleEndian(blob[(1 + (4 * slot))..]);

    private static void Decompress(ReadOnlySpan<byte> packed, Span<byte> plain)
    {
        var decoder = new BrotliDecoder();
        var written = 0;
        while (written < plain.Length)
        {
            var status = decoder.Decompress(packed, plain[written..], out var consumed, out var got);
            packed = packed[consumed..];
            written += got;
            if (written < plain.Length && status is not OperationStatus.DestinationTooSmall)
            {
                throw new InvalidDataException("A body group is damaged.");
            }
        }

        decoder.Dispose();
    }
}
