using System.Globalization;
using System.Text;
using System.Text.Json;
using Kangqiao.Kernel;

namespace Kangqiao.Crypto.Signatures;

/// <summary>
/// A signature that stands beside its document: who signed which bytes, when, with which key. What is signed (SM2 over SM3) is the line
/// form of all of it, so nothing of it can be exchanged; its JSON form is kept beside the document or in <c>Signature.data</c>.
/// </summary>
/// <param name="Key">Name of the key: of this platform's ring, or as the signer's certificate names it. No line breaks.</param>
/// <param name="Signer">Who signed, as an identifier; stands in the Z value too. No line breaks, 1,000 characters at most.</param>
/// <param name="Hash">SM3 of the document, in hexadecimal.</param>
/// <param name="Value">r then s, in base64.</param>
public sealed record DetachedSignature(string Key, string Signer, DateTimeOffset At, string Hash, string Value)
{
    private const string FormName = "kangqiao-sm2-sm3-1";
    private const int LongestText = 1000;

    /// <summary>Which form this is.</summary>
    public string Form { get; init; } = FormName;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);

    public static Outcome<DetachedSignature> Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var read = JsonSerializer.Deserialize<DetachedSignature>(json, JsonSerializerOptions.Web);
            return read is not { Key: not null, Signer: not null, Hash: not null, Value: not null } ? Problems.NotASignature("something is missing")
                : read.Form != FormName ? Problems.NotASignature($"its form is not {FormName}")
                : !IsLine(read.Key) || !IsLine(read.Signer) ? Problems.NotASignature("the key or the signer is not one short line")
                : read;
        }
        catch (JsonException fault)
        {
            return Problems.NotASignature(fault.Message);
        }
    }

    internal static bool IsLine(string text) => text.Length is > 0 and <= LongestText && !text.AsSpan().ContainsAny('\r', '\n');

    /// <summary>The bytes that are signed.</summary>
    internal byte[] Signed() => Encoding.UTF8.GetBytes(string.Join('\n', Form, Key, Signer, At.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture), Hash));
}
