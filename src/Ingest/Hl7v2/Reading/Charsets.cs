using System.Text;
using System.Text.Unicode;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Hl7v2.Reading;

/// <summary>
/// Which characters a message is written in, and the message as UTF-8. It is brought to UTF-8 before it is taken apart: the
/// second byte of a GBK or GB18030 character may be '|', '^', '~' or '\', so that splitting the bytes first would cut
/// characters in two.
/// </summary>
internal static class Charsets
{
    static Charsets()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Gb18030 = Strict("GB18030");
        Big5 = Strict("big5");
    }

    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>GBK and GB2312 are parts of it.</summary>
    public static Encoding Gb18030 { get; }

    private static Encoding Big5 { get; }

    private static Encoding Latin1 { get; } = Encoding.Latin1;

    /// <summary>The message in UTF-8, without byte order mark; null where its bytes are not characters (a finding says so).</summary>
    /// <param name="declared">MSH-18, its first repetition, or "".</param>
    /// <param name="encoding">What it was written in: an answer goes back in the same.</param>
    public static ReadOnlyMemory<byte>? ToUtf8(ReadOnlyMemory<byte> bytes, string declared, FindingList findings, out Encoding encoding)
    {
        var isUtf8 = System.Text.Unicode.Utf8.IsValid(bytes.Span);
        var isAscii = isUtf8 && Ascii.IsValid(bytes.Span);
        var named = Named(declared, out var isKnown);
        encoding = named ?? Utf8;
        if (!isKnown)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.CharsetUnknown, "MSH[1]-18", declared));
        }

        if (isAscii)
        {
            return bytes;
        }

        if (named is null)
        {
            encoding = isUtf8 ? Utf8 : Gb18030;
            if (isKnown)
            {
                findings.Add(Hl7Findings.Of(Hl7Findings.CharsetGuessed, "MSH[1]-18", isUtf8 ? "UTF-8" : "GB18030"));
            }
        }
        else if (ReferenceEquals(named, Utf8) ? !isUtf8 : isUtf8 && HasThreeByteCharacter(bytes.Span))
        {
            // Text in GBK is hardly ever valid UTF-8 with characters of three bytes, and text in UTF-8 that is not valid is none:
            // the bytes are a better witness than the header.
            encoding = isUtf8 ? Utf8 : Gb18030;
            findings.Add(Hl7Findings.Of(Hl7Findings.CharsetOther, "MSH[1]-18", declared, isUtf8 ? "UTF-8" : "GB18030"));
        }

        if (ReferenceEquals(encoding, Utf8))
        {
            return bytes;
        }

        if (Recoded(bytes, encoding, findings) is { } recoded)
        {
            return recoded;
        }

        // Not through a conditional expression, in which null becomes memory that is empty.
        return null;
    }

    /// <summary>Null for ASCII, an absent one, and one that is not known here: the bytes decide.</summary>
    public static Encoding? Named(string declared, out bool isKnown)
    {
        isKnown = true;
        // HL7 table 0211 and what senders write in its place.
        switch (new string([.. declared.Where(char.IsAsciiLetterOrDigit)]).ToUpperInvariant())
        {
            case "" or "ASCII" or "USASCII":
                return null;
            case "UNICODEUTF8" or "UTF8" or "UNICODE":
                return Utf8;
            case "GB180302000" or "GB18030" or "GB180302005" or "GB180302022" or "GBK" or "GB2312" or "GB231280" or "CP936" or "936":
                return Gb18030;
            case "BIG5":
                return Big5;
            case "88591" or "ISO88591" or "LATIN1":
                return Latin1;
            default:
                isKnown = false;
                return null;
        }
    }

    /// <summary>How MSH-18 of an answer names it (table 0211).</summary>
    public static string NameOf(Encoding encoding) =>
        ReferenceEquals(encoding, Gb18030) ? "GB 18030-2000"
        : ReferenceEquals(encoding, Big5) ? "BIG-5"
        : ReferenceEquals(encoding, Latin1) ? "8859/1"
        : "UNICODE UTF-8";

    /// <summary>What can be read of bytes that are not text: every byte above ASCII becomes a question mark.</summary>
    public static ReadOnlyMemory<byte> Salvage(ReadOnlyMemory<byte> bytes, out Encoding encoding)
    {
        encoding = Utf8;
        var kept = bytes.ToArray();
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i] = kept[i] >= 0x80 ? (byte)'?' : kept[i];
        }

        return kept;
    }

    private static byte[]? Recoded(ReadOnlyMemory<byte> bytes, Encoding encoding, FindingList findings)
    {
        try
        {
            var text = encoding.GetString(bytes.Span);
            // A decoder may let pass what is no character; what does not come back as the same bytes was none.
            if (encoding.GetBytes(text).AsSpan().SequenceEqual(bytes.Span) && !text.Contains('\uF8F5', StringComparison.Ordinal) && !text.Contains('\uFFFD', StringComparison.Ordinal))
            {
                return Encoding.UTF8.GetBytes(text);
            }

            findings.Add(Hl7Findings.Of(Hl7Findings.BytesNotCharacters, "MSH[1]-18", encoding.WebName));
            return null;
        }
        catch (DecoderFallbackException)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.BytesNotCharacters, "MSH[1]-18", encoding.WebName));
            return null;
        }
    }

    private static bool HasThreeByteCharacter(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyInRange((byte)0xE0, (byte)0xEF) >= 0;

    private static Encoding Strict(string name) =>
        Encoding.GetEncoding(name, EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback);
}
