using System.Diagnostics.CodeAnalysis;
using Kangqiao.Crypto.Native;

namespace Kangqiao.Crypto.Signatures;

/// <summary>The public half of an SM2 pair (GB/T 32918-2016): checks signatures and encrypts for who has the other half. Any number of threads may use it.</summary>
public sealed class Sm2PublicKey : IDisposable
{
    /// <summary>The signer's name where nobody agreed on another (GB/T 35276-2017, 10).</summary>
    public const string UsualSigner = "1234567812345678";

    /// <summary>Bytes of a signer's name in UTF-8: its bits are counted in 16 bits.</summary>
    internal const int LongestSigner = 8191;

    private readonly KeyHandle key;
    private readonly byte[] point;

    private Sm2PublicKey(KeyHandle key, byte[] point)
    {
        this.key = key;
        this.point = point;
    }

    /// <summary>04, x, y: 65 bytes.</summary>
    public ReadOnlySpan<byte> Point => point;

    /// <param name="point">04, x, y: 65 bytes.</param>
    /// <returns>False where this is no point of the curve.</returns>
    public static bool TryFrom(ReadOnlySpan<byte> point, [NotNullWhen(true)] out Sm2PublicKey? made)
    {
        made = Sm2Key.From(point, []) is { } key ? new Sm2PublicKey(key, point.ToArray()) : null;
        return made is not null;
    }

    /// <summary>Whether the signature, r then s in 64 bytes, is of these bytes by this signer.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, string signer = UsualSigner) => Sm2Key.Verify(key, data, signature, signer);

    /// <summary>For who has the private half only.</summary>
    /// <returns>C1 C3 C2 (GB/T 32918.4-2016, 6.1): 04, x, y, 32 bytes of hash, and as many bytes as the text has.</returns>
    /// <exception cref="ArgumentException">There is no text.</exception>
    public byte[] Encrypt(ReadOnlySpan<byte> text) =>
        text.IsEmpty ? throw new ArgumentException("SM2 encrypts no empty text.", nameof(text)) : Sm2Key.Encrypt(key, text);

    /// <summary>The value that ties the signer's name to this key (GB/T 32918.2-2016, 5.5), for systems that hash by themselves.</summary>
    public byte[] Z(string signer = UsualSigner) => Sm2Curve.Z(point, signer);

    public void Dispose() => key.Dispose();
}
