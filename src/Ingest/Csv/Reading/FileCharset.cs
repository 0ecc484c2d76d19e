using System.Text;
using System.Text.Unicode;

namespace Kangqiao.Ingest.Csv.Reading;

/// <summary>
/// UTF-8 or GB18030, told from the bytes. A file says it once, for all its rows: a short row of GB18030 may be sound UTF-8 by chance, so
/// each row carries the mark of the file's encoding in its preamble.
/// </summary>
internal static class FileCharset
{
    static FileCharset()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Gb18030 = Encoding.GetEncoding("GB18030", EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback);
    }

    /// <summary>GBK and GB2312 are parts of it.</summary>
    public static Encoding Gb18030 { get; }

    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>U+FEFF in UTF-8.</summary>
    public static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>U+FEFF in GB18030.</summary>
    public static ReadOnlySpan<byte> Gb18030Mark => [0x84, 0x31, 0x95, 0x33];

    /// <summary>What a mark at the start says; null where there is none.</summary>
    public static Encoding? Marked(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(Utf8Mark) ? Utf8 : bytes.StartsWith(Gb18030Mark) ? Gb18030 : null;

    public static ReadOnlySpan<byte> MarkOf(Encoding encoding) => ReferenceEquals(encoding, Utf8) ? Utf8Mark : Gb18030Mark;

    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) =>
        Marked(bytes) is { } encoding ? bytes[MarkOf(encoding).Length..] : bytes;

    public static string NameOf(Encoding encoding) => ReferenceEquals(encoding, Utf8) ? "UTF-8" : "GB18030";

    /// <summary>The likelier of the two, of text that is not all ASCII.</summary>
    /// <param name="isWhole">The text does not end in the middle of a character.</param>
    public static Encoding Guess(ReadOnlySpan<byte> text, bool isWhole)
    {
        // The last characters may be cut: the last line break is a safe end.
        if (!isWhole && text.LastIndexOf((byte)'\n') is var end and > 0)
        {
            text = text[..end];
        }

        if (System.Text.Unicode.Utf8.IsValid(text))
        {
            // Chinese in UTF-8 has three bytes a character; GB18030 that is UTF-8 by chance has pairs.
            return text.IndexOfAnyInRange((byte)0xE0, (byte)0xEF) >= 0 || Decode(text, Gb18030) is null ? Utf8 : Gb18030;
        }

        // Neither throughout: a row gone wrong on its way, or rows of two systems in one file. Most rows tell.
        var (sound, broken) = (0, 0);
        foreach (var line in text.Split((byte)'\n'))
        {
            var row = text[line];
            if (!Ascii.IsValid(row))
            {
                var isUtf8 = System.Text.Unicode.Utf8.IsValid(row);
                sound += isUtf8 && row.IndexOfAnyInRange((byte)0xE0, (byte)0xEF) >= 0 ? 1 : 0;
                broken += isUtf8 ? 0 : 1;
            }
        }

        return sound > 0 && sound >= broken ? Utf8 : Gb18030;
    }

    /// <summary>The text; null where the bytes are none in that encoding.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        if (ReferenceEquals(encoding, Utf8))
        {
            return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
        }

        if (Ascii.IsValid(bytes))
        {
            return Encoding.ASCII.GetString(bytes);
        }

        try
        {
            var text = Gb18030.GetString(bytes);
            // A byte 0x80 or 0xFF alone is no character and is let pass as one for private use.
            return text.AsSpan().ContainsAny('\uF8F5', '\uFFFD') ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
