using System.Buffers.Binary;

namespace Kangqiao.Store.Terms;

/// <summary>
/// Sixty bits of what a term stands for, written as twelve letters of base 32 (0-9a-v). Kept on disk, so the same in every
/// process and version. One parameter would need some thirty million different values before two are expected to share a hash.
/// </summary>
internal struct TermHash
{
    /// <summary>Letters of a whole hash.</summary>
    public const int Length = 12;

    private const ulong First = 0x9E3779B97F4A7C15;
    private const ulong Second = 0xD6E8FEB86659FD93;

    private ulong state;

    public static TermHash Of(byte kind) => new() { state = Fold(First ^ kind, Second) };

    public static TermHash Of(byte kind, ReadOnlySpan<byte> part)
    {
        var hash = Of(kind);
        hash.Add(part);
        return hash;
    }

    public static TermHash Of(byte kind, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var hash = Of(kind, first);
        hash.Add(second);
        return hash;
    }

    /// <summary>One part; its length counts too, so that parts cannot run into each other.</summary>
    public void Add(ReadOnlySpan<byte> part)
    {
        var length = (ulong)part.Length;
        while (part.Length >= 8)
        {
            state = Fold(state ^ BinaryPrimitives.ReadUInt64LittleEndian(part), First);
            part = part[8..];
        }

        var last = 0UL;
        for (var i = 0; i < part.Length; i++)
        {
            last |= (ulong)part[i] << (8 * i);
        }

        state = Fold(state ^ last, Second ^ (length << 56) ^ length);
    }

    /// <summary>Writes the first letters of the hash: five bits each.</summary>
    public readonly void Write(Span<byte> into)
    {
        var rest = Fold(state, First);
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = "0123456789abcdefghijklmnopqrstuv"u8[(int)(rest >> 59)];
            rest <<= 5;
        }
    }

    public readonly string Text(int letters = Length)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes[..letters]);
        return System.Text.Encoding.ASCII.GetString(bytes[..letters]);
    }

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}
