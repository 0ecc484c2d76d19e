using System.Security.Cryptography;
using Kangqiao.Crypto.Native;

namespace Kangqiao.Crypto.Hashing;

/// <summary>HMAC with SM3 (GB/T 15852.2-2012, RFC 2104). Any number of threads may call it.</summary>
public static class HmacSm3
{
    /// <summary>Bytes of a code.</summary>
    public const int Length = Sm3.Length;

    [ThreadStatic]
    private static DigestContextHandle? mine;

    public static byte[] Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        var code = new byte[Length];
        Of(key, data, [], code);
        return code;
    }

    /// <summary>The code of two parts, one after the other.</summary>
    public static void Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> code)
    {
        Span<byte> inner = stackalloc byte[Sm3.BlockLength];
        Span<byte> outer = stackalloc byte[Sm3.BlockLength];
        Span<byte> hash = stackalloc byte[Length];
        inner.Clear();
        if (key.Length > Sm3.BlockLength)
        {
            Sm3.Hash(key, inner);
        }
        else
        {
            key.CopyTo(inner);
        }

        for (var i = 0; i < inner.Length; i++)
        {
            outer[i] = (byte)(inner[i] ^ 0x5c);
            inner[i] ^= 0x36;
        }

        var context = mine ??= Libcrypto.Demand(Libcrypto.EVP_MD_CTX_new(), "A hash context");
        Sm3.Begin(context);
        Sm3.Update(context, inner);
        Sm3.Update(context, first);
        Sm3.Update(context, second);
        Sm3.Finish(context, hash);
        Sm3.Hash(outer, hash, code);
        CryptographicOperations.ZeroMemory(inner);
        CryptographicOperations.ZeroMemory(outer);
    }
}
