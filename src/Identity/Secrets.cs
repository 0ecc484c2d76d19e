using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Kangqiao.Crypto.Hashing;

namespace Kangqiao.Identity;

/// <summary>Secrets that the platform makes: 256 random bits, so that their hash needs no salt and no rounds.</summary>
internal static class Secrets
{
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string HashOf(string secret) => Convert.ToHexStringLower(Sm3.Hash(Encoding.UTF8.GetBytes(secret)));

    public static bool AreSame(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
