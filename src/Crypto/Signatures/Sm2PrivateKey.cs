using System.Diagnostics.CodeAnalysis;
using Kangqiao.Crypto.Native;

namespace Kangqiao.Crypto.Signatures;

/// <summary>An SM2 pair (GB/T 32918-2016): signs, and decrypts what was encrypted for it. Any number of threads may use it.</summary>
public sealed class Sm2PrivateKey : IDisposable
{
    private readonly KeyHandle key;

    private Sm2PrivateKey(KeyHandle key, Sm2PublicKey other)
    {
        this.key = key;
        Public = other;
    }

    public Sm2PublicKey Public { get; }

    public static Sm2PrivateKey Generate() => With(Sm2Key.Generate());

    /// <param name="secret">32 bytes, the most weighty first.</param>
    /// <param name="point">04, x, y of the public half.</param>
    /// <returns>False where they are no pair.</returns>
    public static bool TryFrom(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> point, [NotNullWhen(true)] out Sm2PrivateKey? made)
    {
        made = secret.Length == Sm2Curve.Coordinate && Sm2Key.From(point, secret) is { } key ? With(key) : null;
        return made is not null;
    }

    /// <summary>A signature of these bytes by this signer: r then s, 64 bytes.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data, string signer = Sm2PublicKey.UsualSigner) => Sm2Key.Sign(key, data, signer);

    /// <param name="cipher">C1 C3 C2.</param>
    /// <returns>False where it was not encrypted for this key, or was altered.</returns>
    public bool TryDecrypt(ReadOnlySpan<byte> cipher, [NotNullWhen(true)] out byte[]? text)
    {
        text = Sm2Key.Decrypt(key, cipher);
        return text is not null;
    }

    public void Dispose()
    {
        key.Dispose();
        Public.Dispose();
    }

    /// <summary>32 bytes, for the file it is kept in.</summary>
    internal byte[] Secret() => Sm2Key.Secret(key);

    private static Sm2PrivateKey With(KeyHandle key) =>
        Sm2PublicKey.TryFrom(Sm2Key.Point(key), out var other) ? new(key, other) : throw new CryptoException("libcrypto made an SM2 key off the curve.");
}
