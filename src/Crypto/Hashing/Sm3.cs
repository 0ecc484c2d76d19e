using Kangqiao.Crypto.Native;

namespace Kangqiao.Crypto.Hashing;

/// <summary>The SM3 hash (GB/T 32905-2016), 256 bits. Any number of threads may call it.</summary>
public static unsafe class Sm3
{
    /// <summary>Bytes of a hash.</summary>
    public const int Length = 32;

    /// <summary>Bytes the compression function takes at once.</summary>
    internal const int BlockLength = 64;

    // A context is made once a thread: making one costs more than hashing a short text.
    [ThreadStatic]
    private static DigestContextHandle? mine;

    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        var hash = new byte[Length];
        Hash(data, hash);
        return hash;
    }

    /// <param name="hash">Where the 32 bytes go.</param>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> hash) => Hash(data, [], hash);

    /// <summary>The hash of two parts, one after the other.</summary>
    public static void Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> hash)
    {
        var context = mine ??= Libcrypto.Demand(Libcrypto.EVP_MD_CTX_new(), "A hash context");
        Begin(context);
        Update(context, first);
        Update(context, second);
        Finish(context, hash);
    }

    internal static void Begin(DigestContextHandle context) => Libcrypto.Demand(Libcrypto.EVP_DigestInit_ex2(context, Libcrypto.Sm3, null), "SM3");

    internal static void Update(DigestContextHandle context, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        fixed (byte* at = data)
        {
            Libcrypto.Demand(Libcrypto.EVP_DigestUpdate(context, at, (nuint)data.Length), "SM3");
        }
    }

    internal static void Finish(DigestContextHandle context, Span<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hash.Length, Length);
        fixed (byte* at = hash)
        {
            Libcrypto.Demand(Libcrypto.EVP_DigestFinal_ex(context, at, null), "SM3");
        }
    }
}
