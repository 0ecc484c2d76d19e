using System.Text;
using System.Text.Unicode;

namespace Kangqiao.Ingest.Desk;

/// <summary>What a sender sent as text for people, and back as the bytes its system would have sent.</summary>
internal static class SentText
{
    private static readonly Encoding Chinese = CodePagesEncodingProvider.Instance.GetEncoding(54936)!;

    /// <summary>HL7 v2 ends its segments with a carriage return, which is no line break on a page.</summary>
    public static string Of(string format, byte[] raw)
    {
        var text = Utf8.IsValid(raw) ? Encoding.UTF8.GetString(raw) : Chinese.GetString(raw);
        return format == "hl7v2" ? text.ReplaceLineEndings("\n") : text;
    }

    /// <summary>
    /// The mended text in the characters of what was sent, as its header still declares them; but FHIR is always UTF-8 (R4 json.html),
    /// and writing it so may be the very thing that had to be mended.
    /// </summary>
    public static byte[] Again(string format, byte[] raw, string text) => format switch
    {
        "hl7v2" => (Utf8.IsValid(raw) ? Encoding.UTF8 : Chinese).GetBytes(text.ReplaceLineEndings("\r")),
        "fhir" => Encoding.UTF8.GetBytes(text),
        _ => (Utf8.IsValid(raw) ? Encoding.UTF8 : Chinese).GetBytes(raw.AsSpan().IndexOf("\r\n"u8) >= 0 ? text.ReplaceLineEndings("\r\n") : text.ReplaceLineEndings("\n")),
    };
}
