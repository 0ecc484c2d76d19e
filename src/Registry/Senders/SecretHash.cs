using System.Globalization;
using System.Security.Cryptography;

namespace Kangqiao.Registry.Senders;

/// <summary>A sender's secret as it is kept: PBKDF2 with SHA-256 (RFC 8018), its own salt, and the count of rounds beside it.</summary>
public static class SecretHash
{
    private const int Rounds = 210_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <param name="rounds">More where people choose the secret, and not the platform.</param>
    public static string Of(string secret, int rounds = Rounds)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Create(CultureInfo.InvariantCulture, $"pbkdf2-sha256${rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(secret, salt, rounds))}");
    }

    public static bool Matches(string secret, string hash)
    {
        var parts = hash.Split('$');
        if (parts is not ["pbkdf2-sha256", var rounds, var salt, var due] || !int.TryParse(rounds, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count is < 1 or > 10_000_000)
        {
            return false;
        }

        try
        {
            return CryptographicOperations.FixedTimeEquals(Derive(secret, Convert.FromBase64String(salt), count), Convert.FromBase64String(due));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static byte[] Derive(string secret, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(secret, salt, rounds, HashAlgorithmName.SHA256, HashBytes);
}
