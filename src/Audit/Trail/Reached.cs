using System.Buffers.Binary;
using Kangqiao.Crypto.Sealing;
using Microsoft.Win32.SafeHandles;

namespace Kangqiao.Audit.Trail;

/// <summary>
/// How far a part has come, in a small file beside it that is written over after every group, marked with a key of the ring: a tail that
/// was cut off is missed by it at once, also where no anchor was due yet.
/// </summary>
/// <param name="Bytes">Of the part.</param>
internal sealed record Reached(long Entries, long Bytes, byte[] Value)
{
    private const int CodedLength = 8 + 8 + 8 + Chain.Length;
    public const int Length = CodedLength + Marker.Length;
    private const int Tries = 20;

    private static ReadOnlySpan<byte> Magic => "KQREACH1"u8;

    public static Reached At(Chain chain, long bytes) => new(chain.Entries, bytes, chain.Value.ToArray());

    public void Write(SafeFileHandle file, Marker marker)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Entries);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Bytes);
        Value.CopyTo(bytes[24..]);
        marker.Mark(bytes[..CodedLength], bytes[CodedLength..]);
        RandomAccess.Write(file, bytes, 0);
    }

    /// <summary>Null where there is no such file, or nobody here wrote it.</summary>
    public static Reached? Read(string file, Marker marker)
    {
        Span<byte> bytes = stackalloc byte[Length];
        for (var i = 0; i < Tries; i++)
        {
            if (!File.Exists(file))
            {
                return null;
            }

            using var handle = File.OpenHandle(file, share: FileShare.ReadWrite | FileShare.Delete);
            if (RandomAccess.Read(handle, bytes, 0) == Length && bytes.StartsWith(Magic) && marker.IsMark(bytes[..CodedLength], bytes[CodedLength..]))
            {
                return new(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), bytes.Slice(24, Chain.Length).ToArray());
            }

            // Its writer may have been in the middle of it.
        }

        return null;
    }
}
