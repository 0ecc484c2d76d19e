using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Kangqiao.Web.Gate;

/// <summary>
/// The secret behind what pages hand out: tokens that prove a form came from our page, and handles that stand for a record in an
/// address for the life of one browser session only.
/// </summary>
/// <param name="secret">32 bytes, the same on all servers of a city.</param>
internal sealed class PageKey(byte[] secret)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Differs at each call, so that a compressed page does not tell it bit by bit (BREACH).</summary>
    public string FormToken(string visit)
    {
        Span<byte> token = stackalloc byte[NonceBytes + SHA256.HashSizeInBytes];
        RandomNumberGenerator.Fill(token[..NonceBytes]);
        Proof(visit, token[..NonceBytes], token[NonceBytes..]);
        return Base64Url.EncodeToString(token);
    }

    public bool IsFormToken(string visit, string? token)
    {
        Span<byte> given = stackalloc byte[NonceBytes + SHA256.HashSizeInBytes];
        Span<byte> due = stackalloc byte[SHA256.HashSizeInBytes];
        if (token is null || !Base64Url.TryDecodeFromChars(token, given, out var length) || length != given.Length)
        {
            return false;
        }

        Proof(visit, given[..NonceBytes], due);
        return CryptographicOperations.FixedTimeEquals(due, given[NonceBytes..]);
    }

    /// <summary>Something that means this text in this visit and nothing elsewhere. The same text gives the same handle.</summary>
    public string Handle(string visit, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        var key = KeyOf(visit);

        // The nonce follows from the text: equal texts are meant to give equal handles, and different ones differ.
        HMACSHA256.HashData(key, plain).AsSpan(0, NonceBytes).CopyTo(sealedBytes);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(sealedBytes.AsSpan(0, NonceBytes), plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length));
        return Base64Url.EncodeToString(sealedBytes);
    }

    /// <summary>The text of a handle; null where it was not made in this visit.</summary>
    public string? Text(string visit, string handle)
    {
        if (handle.Length > 512 || !Base64Url.IsValid(handle))
        {
            return null;
        }

        var sealedBytes = Base64Url.DecodeFromChars(handle);
        if (sealedBytes.Length < NonceBytes + TagBytes)
        {
            return null;
        }

        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(KeyOf(visit), TagBytes);
        try
        {
            aes.Decrypt(sealedBytes.AsSpan(0, NonceBytes), sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length), plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return Encoding.UTF8.GetString(plain);
    }

    private byte[] KeyOf(string visit) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: Encoding.UTF8.GetBytes("handle " + visit));

    private void Proof(string visit, ReadOnlySpan<byte> nonce, Span<byte> into)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hash.AppendData("form "u8);
        hash.AppendData(Encoding.UTF8.GetBytes(visit));
        hash.AppendData(nonce);
        _ = hash.GetHashAndReset(into);
    }
}
