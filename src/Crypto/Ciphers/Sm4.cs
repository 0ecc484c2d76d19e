using Kangqiao.Crypto.Native;

namespace Kangqiao.Crypto.Ciphers;

/// <summary>
/// The SM4 block cipher (GB/T 32907-2016; modes of GB/T 17964). It hides and does not protect from change: for what is kept use
/// <see cref="Sealing.Sealer"/>. Any number of threads may call it.
/// </summary>
public static unsafe class Sm4
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyLength = 16;

    /// <summary>Bytes of a block, and of a counter or initial vector.</summary>
    public const int BlockLength = 16;

    [ThreadStatic]
    private static CipherContextHandle? mine;

    /// <summary>Counter mode; the same call takes the cipher off again. One counter with one key is for one text only, ever.</summary>
    /// <param name="output">As long as the input; may be the same memory.</param>
    public static void Counter(ReadOnlySpan<byte> key, ReadOnlySpan<byte> counter, ReadOnlySpan<byte> input, Span<byte> output) =>
        Apply(Libcrypto.Sm4Ctr, key, counter, input, output, encrypt: true);

    /// <summary>Cipher block chaining of whole blocks, without padding.</summary>
    internal static void Chained(ReadOnlySpan<byte> key, ReadOnlySpan<byte> vector, ReadOnlySpan<byte> input, Span<byte> output, bool encrypt) =>
        Apply(Libcrypto.Sm4Cbc, key, vector, Whole(input), output, encrypt);

    /// <summary>Block by block: for the standard's own examples.</summary>
    internal static void Blocks(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, Span<byte> output, bool encrypt) =>
        Apply(Libcrypto.Sm4Ecb, key, [], Whole(input), output, encrypt);

    private static ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> input) =>
        input.Length % BlockLength == 0 ? input : throw new ArgumentException("Only whole blocks of 16 bytes.", nameof(input));

    private static void Apply(nint mode, ReadOnlySpan<byte> key, ReadOnlySpan<byte> vector, ReadOnlySpan<byte> input, Span<byte> output, bool encrypt)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(vector.Length, mode == Libcrypto.Sm4Ecb ? 0 : BlockLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, input.Length);
        if (input.IsEmpty)
        {
            return;
        }

        var context = mine ??= Libcrypto.Demand(Libcrypto.EVP_CIPHER_CTX_new(), "A cipher context");
        int written;
        fixed (byte* keyAt = key, vectorAt = vector, from = input, to = output)
        {
            Libcrypto.Demand(Libcrypto.EVP_CipherInit_ex2(context, mode, keyAt, vectorAt, encrypt ? 1 : 0, null), "SM4");
            Libcrypto.Demand(Libcrypto.EVP_CIPHER_CTX_set_padding(context, 0), "SM4");
            Libcrypto.Demand(Libcrypto.EVP_CipherUpdate(context, to, &written, from, input.Length), "SM4");
        }

        if (written != input.Length)
        {
            throw new CryptoException($"SM4 wrote {written} of {input.Length} bytes.");
        }
    }
}
