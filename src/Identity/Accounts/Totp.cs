using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Kangqiao.Identity.Accounts;

/// <summary>Time-based one-time passwords (RFC 6238): six digits, 30 seconds, HMAC-SHA-1, as every authenticator knows them.</summary>
internal static class Totp
{
    private const int StepSeconds = 30;
    private const int SecretBytes = 20;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>The step that the code is of, if it is good now and later than one used before; one step early or late is good too.</summary>
    public static long? Check(byte[] secret, string code, DateTimeOffset now, long usedBefore)
    {
        var current = now.ToUnixTimeSeconds() / StepSeconds;
        for (var step = current - 1; step <= current + 1; step++)
        {
            if (step > usedBefore && CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(At(secret, step)), System.Text.Encoding.ASCII.GetBytes(code)))
            {
                return step;
            }
        }

        return null;
    }

    /// <summary>The code of a step (RFC 4226, 5.3).</summary>
    public static string At(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238's own algorithm, as authenticators have it; as a keyed code it is not broken.
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xf)..]) & int.MaxValue;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    /// <summary>For the authenticator's QR code.</summary>
    public static string Uri(string login, byte[] secret) => $"otpauth://totp/Kangqiao:{System.Uri.EscapeDataString(login)}?secret={Base32(secret)}&issuer=Kangqiao";

    private static string Base32(byte[] bytes)
    {
        var text = new System.Text.StringBuilder();
        var (held, bits) = (0, 0);
        foreach (var one in bytes)
        {
            held = (held << 8) | one;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                text.Append(Alphabet[(held >> (bits - 5)) & 31]);
            }
        }

        return text.ToString();
    }
}
