using System.Buffers.Binary;
using System.Security.Cryptography;
using Kangqiao.Crypto.Ciphers;
using Kangqiao.Crypto.Hashing;
using Kangqiao.Crypto.Keys;
using Kangqiao.Kernel;

namespace Kangqiao.Crypto.Sealing;

/// <summary>
/// Hides bytes and shows whether they were altered: SM4 in counter mode, then HMAC-SM3 over all of it (encrypt-then-MAC), each with its
/// own half of the ring's sealing key. Sealed bytes are: form (1 byte, 1), key (8), counter (16), cipher (as long as the text), code (32).
/// Any number of threads may call it.
/// </summary>
public sealed class Sealer(KeyRing ring)
{
    private const byte Form = 1;
    private const int KeyAt = 1;
    private const int CounterAt = KeyAt + RingKey.IdBytes;
    private const int CipherAt = CounterAt + Sm4.BlockLength;

    /// <summary>Bytes that sealed bytes have more than their text.</summary>
    public const int Overhead = CipherAt + HmacSm3.Length;

    /// <param name="place">What the bytes belong to, such as a record and an element; they can only be opened for the same. Not kept.</param>
    public byte[] Seal(ReadOnlySpan<byte> text, ReadOnlySpan<byte> place)
    {
        var key = ring.Current(KeyPurpose.Seal);
        var sealedBytes = new byte[text.Length + Overhead];
        sealedBytes[0] = Form;
        key.IdAsBytes.CopyTo(sealedBytes, KeyAt);
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(CounterAt, Sm4.BlockLength));
        Sm4.Counter(CipherKey(key), sealedBytes.AsSpan(CounterAt, Sm4.BlockLength), text, sealedBytes.AsSpan(CipherAt));
        Code(key, sealedBytes.AsSpan(0, CipherAt + text.Length), place, sealedBytes.AsSpan(CipherAt + text.Length));
        return sealedBytes;
    }

    public Outcome<byte[]> Open(ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> place)
    {
        if (sealedBytes.Length < Overhead || sealedBytes[0] != Form)
        {
            return Problems.NotSealed();
        }

        if (!ring.Find(KeyPurpose.Seal, Convert.ToHexStringLower(sealedBytes.Slice(KeyAt, RingKey.IdBytes))).Try(out var key, out var problem))
        {
            return problem;
        }

        Span<byte> due = stackalloc byte[HmacSm3.Length];
        Code(key, sealedBytes[..^HmacSm3.Length], place, due);
        if (!CryptographicOperations.FixedTimeEquals(due, sealedBytes[^HmacSm3.Length..]))
        {
            return Problems.Altered();
        }

        var text = new byte[sealedBytes.Length - Overhead];
        Sm4.Counter(CipherKey(key), sealedBytes.Slice(CounterAt, Sm4.BlockLength), sealedBytes[CipherAt..^HmacSm3.Length], text);
        return text;
    }

    /// <summary>Sealed with a key that was rotated since: good to read, better to seal anew.</summary>
    public bool IsOld(ReadOnlySpan<byte> sealedBytes) =>
        sealedBytes.Length >= Overhead && !sealedBytes.Slice(KeyAt, RingKey.IdBytes).SequenceEqual(ring.Current(KeyPurpose.Seal).IdAsBytes);

    private static ReadOnlySpan<byte> CipherKey(RingKey key) => key.Material.AsSpan(0, Sm4.KeyLength);

    // The length of the place comes last, so that no bytes can wander between it and the cipher.
    private static void Code(RingKey key, ReadOnlySpan<byte> head, ReadOnlySpan<byte> place, Span<byte> code)
    {
        Span<byte> tail = place.Length <= 256 ? stackalloc byte[place.Length + sizeof(long)] : new byte[place.Length + sizeof(long)];
        place.CopyTo(tail);
        BinaryPrimitives.WriteInt64BigEndian(tail[place.Length..], place.Length);
        HmacSm3.Of(key.Material.AsSpan(Sm4.KeyLength), head, tail, code);
    }
}
