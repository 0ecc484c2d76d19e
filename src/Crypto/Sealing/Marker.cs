using System.Security.Cryptography;
using Kangqiao.Crypto.Hashing;
using Kangqiao.Crypto.Keys;

namespace Kangqiao.Crypto.Sealing;

/// <summary>Shows whether bytes were written by this platform: HMAC-SM3 with a key of its own. A mark is the key's name (8 bytes) and the code (32). Any number of threads may call it.</summary>
public sealed class Marker(KeyRing ring)
{
    /// <summary>Bytes of a mark.</summary>
    public const int Length = RingKey.IdBytes + HmacSm3.Length;

    public void Mark(ReadOnlySpan<byte> bytes, Span<byte> mark)
    {
        var key = ring.Current(KeyPurpose.Mark);
        key.IdAsBytes.CopyTo(mark);
        HmacSm3.Of(key.Material, bytes, [], mark[RingKey.IdBytes..Length]);
    }

    /// <summary>False also where the key is not in the ring.</summary>
    public bool IsMark(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> mark)
    {
        if (mark.Length != Length || !ring.Find(KeyPurpose.Mark, Convert.ToHexStringLower(mark[..RingKey.IdBytes])).Try(out var key, out _))
        {
            return false;
        }

        Span<byte> due = stackalloc byte[HmacSm3.Length];
        HmacSm3.Of(key.Material, bytes, [], due);
        return CryptographicOperations.FixedTimeEquals(due, mark[RingKey.IdBytes..]);
    }
}
