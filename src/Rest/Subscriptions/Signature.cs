using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kangqiao.Rest.Subscriptions;

/// <summary>
/// How a receiver knows that a notification is ours, whole, and not an old one sent again: HMAC-SHA256 (RFC 2104) over the time, a
/// full stop and the body, with a secret of each subscription.
/// </summary>
internal static class Signature
{
    public const string Header = "X-Kangqiao-Signature";

    /// <summary>The secret of a subscription: made of the server's key, so that it is kept nowhere and no reader of the record learns it.</summary>
    public static string Secret(ReadOnlyMemory<byte> key, string id, long number) => Convert.ToHexStringLower(
        HMACSHA256.HashData(key.Span, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"subscription|{id}|{number}"))));

    /// <returns><c>t=SECONDS,v1=HEX</c>.</returns>
    public static string Of(string secret, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.ASCII.GetBytes(secret));
        hash.AppendData(Encoding.ASCII.GetBytes(time + "."));
        hash.AppendData(body);
        return $"t={time},v1={Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
