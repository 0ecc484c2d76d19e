using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Cda.Reading;

/// <summary>A document's bytes as UTF-8, whatever of UTF-8, UTF-16, GB18030, GBK and GB2312 it came in.</summary>
internal static class SourceText
{
    private const int DeclarationBytes = 256;

    // GB18030 reads every GBK and GB2312 text as well (GB 18030-2022, 1).
    private static readonly Encoding Chinese = CodePagesEncodingProvider.Instance.GetEncoding(
        54936, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>Empty, with a finding, where the bytes are no text. Without a copy where they are UTF-8 already.</summary>
    public static ReadOnlyMemory<byte> ToUtf8(ReadOnlyMemory<byte> bytes, FindingList findings)
    {
        var span = bytes.Span;
        if (span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            bytes = bytes[3..];
            return Utf8.IsValid(bytes.Span) ? bytes : Fail("UTF-8", findings);
        }

        if (span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return Decode(bytes[2..], new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true), "UTF-16", findings);
        }

        if (span.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return Decode(bytes[2..], new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true), "UTF-16", findings);
        }

        var declared = Declared(span);
        var isUtf8 = Utf8.IsValid(span);
        switch (declared.ToUpperInvariant())
        {
            case "" or "UTF-8" or "UTF8" or "US-ASCII" or "ASCII":
                return isUtf8 ? bytes : Mend(bytes, declared.Length == 0 ? "UTF-8" : declared, findings);
            case "GB18030" or "GBK" or "GB2312" or "GB_2312-80" or "CP936" or "WINDOWS-936" or "X-GBK":
                if (!isUtf8)
                {
                    return Decode(bytes, Chinese, declared, findings);
                }

                // Chinese text in GB18030 that happens to be sound UTF-8 throughout does not occur in practice; the reverse, a
                // converted file whose declaration nobody changed, does.
                if (!Ascii.IsValid(span))
                {
                    findings.Add(new Finding(CdaFindings.OtherCharset, Severity.Warning, "/", [declared, "UTF-8"], 1, 1));
                }

                return bytes;
            default:
                if (isUtf8)
                {
                    findings.Add(new Finding(CdaFindings.OtherCharset, Severity.Warning, "/", [declared, "UTF-8"], 1, 1));
                    return bytes;
                }

                return Fail(declared, findings);
        }
    }

    private static ReadOnlyMemory<byte> Mend(ReadOnlyMemory<byte> bytes, string declared, FindingList findings)
    {
        try
        {
            var mended = Recode(bytes, Chinese);
            findings.Add(new Finding(CdaFindings.OtherCharset, Severity.Warning, "/", [declared, "GB18030"], 1, 1));
            return mended;
        }
        catch (DecoderFallbackException)
        {
            return Fail(declared, findings);
        }
    }

    private static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> bytes, Encoding encoding, string name, FindingList findings)
    {
        try
        {
            return Recode(bytes, encoding);
        }
        catch (Exception fault) when (fault is DecoderFallbackException or EncoderFallbackException)
        {
            return Fail(name, findings);
        }
    }

    private static ReadOnlyMemory<byte> Fail(string charset, FindingList findings)
    {
        findings.Add(new Finding(CdaFindings.Charset, Severity.Error, "/", [charset], 1, 1));
        return default;
    }

    /// <summary>In pieces, so that the text never stands whole in UTF-16 beside its UTF-8.</summary>
    private static ReadOnlyMemory<byte> Recode(ReadOnlyMemory<byte> bytes, Encoding encoding)
    {
        const int piece = 64 * 1024;
        var output = new ArrayBufferWriter<byte>((bytes.Length / 2 * 3) + 16);
        var decoder = encoding.GetDecoder();
        var chars = ArrayPool<char>.Shared.Rent(encoding.GetMaxCharCount(piece));
        // A surrogate pair may be cut by a piece's end: the encoder carries the half over.
        var encoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetEncoder();
        try
        {
            for (var at = 0; at < bytes.Length; at += piece)
            {
                var part = bytes.Span.Slice(at, Math.Min(piece, bytes.Length - at));
                var isLast = at + part.Length == bytes.Length;
                var count = decoder.GetChars(part, chars, isLast);
                var span = output.GetSpan((count * 3) + 4);
                output.Advance(encoder.GetBytes(chars.AsSpan(0, count), span, isLast));
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
        }

        return output.WrittenMemory;
    }

    /// <summary>The encoding an XML declaration names, or "".</summary>
    private static string Declared(ReadOnlySpan<byte> bytes)
    {
        var head = bytes[..Math.Min(bytes.Length, DeclarationBytes)].TrimStart(" \t\r\n"u8);
        if (!head.StartsWith("<?xml"u8))
        {
            return "";
        }

        var end = head.IndexOf("?>"u8);
        head = end < 0 ? head : head[..end];
        var at = head.IndexOf("encoding"u8);
        if (at < 0)
        {
            return "";
        }

        head = head[(at + 8)..].TrimStart(" \t\r\n="u8);
        if (head.IsEmpty || head[0] is not ((byte)'"' or (byte)'\''))
        {
            return "";
        }

        var quote = head[0];
        head = head[1..];
        var close = head.IndexOf(quote);
        return close is < 0 or > 40 ? "" : Encoding.ASCII.GetString(head[..close]).Trim();
    }
}
