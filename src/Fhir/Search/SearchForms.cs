using System.Text;

namespace Kangqiao.Fhir.Search;

/// <summary>The short way to the search form of a text, over UTF-8 without making a string.</summary>
internal static class SearchForms
{
    /// <summary>
    /// The same answer as <see cref="Text.SearchText.Normalise(string)"/> for ASCII and common Chinese text; false for the rest, which
    /// must take the long way. The result is never longer than the source.
    /// </summary>
    public static bool TryFold(ReadOnlySpan<byte> text, Span<byte> folded, out int written)
    {
        written = 0;
        var space = false;
        for (var i = 0; i < text.Length; i++)
        {
            var b = text[i];
            if (b <= (byte)' ' || b == 0x7F)
            {
                space = true;
                continue;
            }

            if (b >= 0x80)
            {
                // U+4E00 to U+9FFF, which fold to themselves: E4 B8 80 to E9 BF BF.
                if (b is < 0xE4 or > 0xE9 || i + 2 >= text.Length || (b == 0xE4 && text[i + 1] < 0xB8))
                {
                    return false;
                }

                Space(folded, ref written, ref space);
                folded[written++] = b;
                folded[written++] = text[++i];
                folded[written++] = text[++i];
                continue;
            }

            Space(folded, ref written, ref space);
            folded[written++] = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
        }

        return true;
    }

    /// <summary>True if the UTF-8 has a byte that could begin a Chinese character.</summary>
    public static bool MayBeChinese(ReadOnlySpan<byte> text) => text.IndexOfAnyInRange((byte)0xE3, (byte)0xF0) >= 0;

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static void Space(Span<byte> folded, ref int written, ref bool space)
    {
        if (space && written > 0)
        {
            folded[written++] = (byte)' ';
        }

        space = false;
    }
}
