using System.Buffers;
using System.Buffers.Text;

namespace Kangqiao.Fhir.Narrative;

/// <summary>
/// What an attribute's value comes to once a browser has resolved its references, blanks and CSS escapes:
/// the tricks of hiding "javascript:" all play between the writing and that reading.
/// </summary>
internal static class AttributeValue
{
    /// <summary>The scheme that must not be there, or an empty span for an address that may stand.</summary>
    /// <param name="written">As it stands between the quotes, references already known to be well formed.</param>
    /// <param name="isImage">An image may also be contained as data:image/….</param>
    /// <param name="scratch">Takes the scheme; 32 bytes.</param>
    public static ReadOnlySpan<byte> UnsafeScheme(ReadOnlySpan<byte> written, bool isImage, Span<byte> scratch)
    {
        var length = 0;
        var at = 0;
        while (at < written.Length)
        {
            var code = Next(written, ref at);
            if (code <= ' ')
            {
                continue;
            }

            if (code is '/' or '?' or '#')
            {
                return default;
            }

            if (code == ':')
            {
                var scheme = scratch[..length];
                return AllowedMarkup.IsLinkScheme(scheme)
                    || (isImage && scheme.SequenceEqual("data"u8) && StartsWithImageType(written[at..]))
                    ? default
                    : length == 0 ? ":"u8 : scheme;
            }

            if (length == scratch.Length)
            {
                // Longer than any scheme we know: it is refused if a colon comes before the path does.
                length--;
            }

            scratch[length++] = code < 0x80 ? Lower((byte)code) : (byte)'?';
        }

        return default;
    }

    /// <summary>True if a style could run or fetch something.</summary>
    public static bool IsUnsafeStyle(ReadOnlySpan<byte> written)
    {
        byte[]? rented = null;
        var plain = written.Length <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(written.Length);
        var style = plain[..Plain(written, plain)];
        var found = style.IndexOf("expression("u8) >= 0
            || style.IndexOf("javascript:"u8) >= 0
            || style.IndexOf("vbscript:"u8) >= 0
            || style.IndexOf("-moz-binding"u8) >= 0
            || style.IndexOf("@import"u8) >= 0
            || style.IndexOf("image-set("u8) >= 0
            || style.StartsWith("behavior:"u8)
            || style.IndexOf(";behavior:"u8) >= 0
            || FetchesFromElsewhere(style);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return found;
    }

    private static bool FetchesFromElsewhere(ReadOnlySpan<byte> style)
    {
        while (style.IndexOf("url("u8) is var at and >= 0)
        {
            style = style[(at + 4)..].TrimStart("\"'"u8);
            if (!style.StartsWith("data:image/"u8) && !style.StartsWith("#"u8))
            {
                return true;
            }
        }

        return false;
    }

    private static bool StartsWithImageType(ReadOnlySpan<byte> written)
    {
        var at = 0;
        var expected = "image/"u8;
        while (at < written.Length && !expected.IsEmpty)
        {
            var code = Next(written, ref at);
            if (code <= ' ')
            {
                continue;
            }

            if (code >= 0x80 || Lower((byte)code) != expected[0])
            {
                return false;
            }

            expected = expected[1..];
        }

        return expected.IsEmpty;
    }

    /// <summary>Lower case, without blanks and comments, CSS escapes resolved, other than ASCII as '?'. Never longer than what was written.</summary>
    private static int Plain(ReadOnlySpan<byte> written, Span<byte> plain)
    {
        var length = 0;
        var at = 0;
        while (at < written.Length)
        {
            var code = Next(written, ref at);
            if (code == '\\')
            {
                code = Escaped(written, ref at);
            }
            else if (code == '/')
            {
                var ahead = at;
                if (ahead < written.Length && Next(written, ref ahead) == '*')
                {
                    at = ahead;
                    SkipComment(written, ref at);
                    continue;
                }
            }

            if (code > ' ')
            {
                plain[length++] = code < 0x80 ? Lower((byte)code) : (byte)'?';
            }
        }

        return length;
    }

    private static void SkipComment(ReadOnlySpan<byte> written, ref int at)
    {
        var star = false;
        while (at < written.Length)
        {
            var code = Next(written, ref at);
            if (star && code == '/')
            {
                return;
            }

            star = code == '*';
        }
    }

    /// <summary>CSS 2.1 section 4.1.3: a backslash and up to six hexadecimal digits, then one blank; or any other character itself.</summary>
    private static int Escaped(ReadOnlySpan<byte> written, ref int at)
    {
        var value = 0;
        var digits = 0;
        while (digits < 6 && at < written.Length)
        {
            var ahead = at;
            var code = Next(written, ref ahead);
            if (code >= 0x80 || !char.IsAsciiHexDigit((char)code))
            {
                break;
            }

            at = ahead;
            value = (value * 16) + HexValue((char)code);
            digits++;
        }

        if (digits > 0)
        {
            var ahead = at;
            if (ahead < written.Length && Next(written, ref ahead) is ' ' or '\t' or '\n' or '\r')
            {
                at = ahead;
            }

            return value;
        }

        return at < written.Length ? Next(written, ref at) : 0;
    }

    /// <summary>The next character; a named reference other than XML's own counts as one that spells nothing, 0xFFFD.</summary>
    private static int Next(ReadOnlySpan<byte> written, ref int at)
    {
        var b = written[at++];
        if (b != '&')
        {
            return b;
        }

        var end = written[at..].IndexOf((byte)';');
        if (end < 0)
        {
            return b;
        }

        var name = written.Slice(at, end);
        at += end + 1;
        if (name.StartsWith("#"u8))
        {
            return CharacterReference.TryParse(name[1..], out var code) ? code : 0xFFFD;
        }

        return name.SequenceEqual("amp"u8) ? '&'
            : name.SequenceEqual("lt"u8) ? '<'
            : name.SequenceEqual("gt"u8) ? '>'
            : name.SequenceEqual("quot"u8) ? '"'
            : name.SequenceEqual("apos"u8) ? '\''
            : 0xFFFD;
    }

    private static int HexValue(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;

    private static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
}

/// <summary>A numeric character reference, without its ampersand, number sign and semicolon.</summary>
internal static class CharacterReference
{
    /// <summary>False for what is no number or no XML character (XML 1.0 section 2.2).</summary>
    public static bool TryParse(ReadOnlySpan<byte> digits, out int code)
    {
        code = 0;
        var hexadecimal = digits.StartsWith("x"u8);
        var number = hexadecimal ? digits[1..] : digits;
        if (number.Length is 0 or > 16
            || (number.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0 && !hexadecimal)
            || !Utf8Parser.TryParse(number.TrimStart((byte)'0'), out uint value, out var consumed, hexadecimal ? 'X' : 'D')
            || consumed != number.TrimStart((byte)'0').Length
            || value > 0x10FFFF)
        {
            return false;
        }

        code = (int)value;
        return code is 0x9 or 0xA or 0xD or (>= 0x20 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD) or >= 0x10000;
    }
}
