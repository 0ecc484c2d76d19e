using System.Text;

namespace Kangqiao.Store.Terms;

/// <summary>
/// Writes any text with what a term may hold ([0-9a-z] and bytes from 0x80), so that the start of a text becomes the start of
/// its term and different texts different terms. The stand-ins are characters that the search form never has: controls of
/// the C1 block for punctuation, U+00A0 for a space, circled capitals for capitals (URIs keep their case).
/// </summary>
internal static class TermText
{
    /// <summary>Longest form of one character.</summary>
    public const int LongestCharacter = 6;

    private const byte NotMapped = 0xFF;

    private static readonly byte[] Punctuation = MakePunctuation();

    /// <summary>Writes as many whole characters as fit.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    /// <param name="into">Its length is the bound.</param>
    /// <param name="isWhole">False if something was left out.</param>
    public static int Write(ReadOnlySpan<byte> utf8, Span<byte> into, out bool isWhole)
    {
        var written = 0;
        Span<byte> one = stackalloc byte[LongestCharacter];
        while (!utf8.IsEmpty)
        {
            var b = utf8[0];
            if (b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9'))
            {
                if (written == into.Length)
                {
                    break;
                }

                into[written++] = b;
                utf8 = utf8[1..];
                continue;
            }

            var length = WriteOne(utf8, one, out var read);
            if (length > into.Length - written)
            {
                break;
            }

            one[..length].CopyTo(into[written..]);
            written += length;
            utf8 = utf8[read..];
        }

        isWhole = utf8.IsEmpty;
        return written;
    }

    /// <summary>As <see cref="Write"/>, for asking.</summary>
    public static string Of(string text, int most, out bool isWhole)
    {
        Span<byte> into = stackalloc byte[most];
        var written = Write(Encoding.UTF8.GetBytes(text), into, out isWhole);
        return Encoding.UTF8.GetString(into[..written]);
    }

    /// <summary>Writes the first character of the text.</summary>
    /// <param name="read">Bytes it took of the text.</param>
    public static int WriteOne(ReadOnlySpan<byte> utf8, Span<byte> into, out int read)
    {
        var b = utf8[0];
        read = 1;
        if (b < 0x80)
        {
            if (b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9'))
            {
                into[0] = b;
                return 1;
            }

            if (b is >= (byte)'A' and <= (byte)'Z')
            {
                return new Rune(0x24B6 + (b - 'A')).EncodeToUtf8(into);
            }

            into[0] = 0xC2;
            into[1] = Punctuation[b] == NotMapped ? (byte)0xA0 : (byte)(0x80 + Punctuation[b]);
            return 2;
        }

        read = Math.Min(utf8.Length, b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4);
        if (b == 0xC2 && utf8.Length > 1 && utf8[1] is >= 0x80 and <= 0x9F)
        {
            // A C1 control in the text itself: U+3000, a space that the search form never has, tells it from our own.
            "\u3000"u8.CopyTo(into);
            utf8[..2].CopyTo(into[3..]);
            return 5;
        }

        utf8[..read].CopyTo(into);
        return read;
    }

    private static byte[] MakePunctuation()
    {
        var table = new byte[0x80];
        Array.Fill(table, NotMapped);
        byte next = 0;
        for (var b = 0x21; b < 0x7F; b++)
        {
            if (!char.IsAsciiLetterOrDigit((char)b))
            {
                table[b] = next++;
            }
        }

        return table;
    }
}
