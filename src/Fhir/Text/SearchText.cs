using System.Buffers;
using System.Globalization;
using System.Text;

namespace Kangqiao.Fhir.Text;

/// <summary>
/// The form in which strings are compared when searching: R4 search.html#string asks that case and accents not count,
/// and that runs of white space be one space. Width does not count either: hospital keyboards send １２３ for 123.
/// </summary>
/// <remarks>Both sides of a comparison must go through the same method. Hangul written as separate jamo is not composed.</remarks>
public static class SearchText
{
    /// <summary>Folded text, trimmed, each run of white space one space.</summary>
    public static string Normalise(ReadOnlySpan<char> text) => Fold(text, keepSpaces: true);

    /// <inheritdoc cref="Normalise(ReadOnlySpan{char})"/>
    /// <returns>The same instance where nothing changes.</returns>
    public static string Normalise(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsNormal(text) ? text : Fold(text, keepSpaces: true);
    }

    /// <summary>
    /// Folded letters and digits only, without spaces or punctuation: "Xi'an Zhang" and "xian-zhang" are both "xianzhang",
    /// 「阿米娜·买买提」 is 「阿米娜买买提」. This is the form of <see cref="Chinese.ChineseReadings"/> keys, so what is asked for must take it too.
    /// </summary>
    public static string Compact(ReadOnlySpan<char> text) => Fold(text, keepSpaces: false);

    private static bool IsNormal(string text)
    {
        var previous = ' ';
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && (c != ' ' || previous == ' '))
            {
                return false;
            }

            previous = c;
        }

        return previous != ' ' || text.Length == 0;
    }

    private static string Fold(ReadOnlySpan<char> text, bool keepSpaces)
    {
        var rented = ArrayPool<char>.Shared.Rent(text.Length + 32);
        var length = 0;
        var space = false;
        var rest = text;
        Span<char> units = stackalloc char[2];
        while (!rest.IsEmpty)
        {
            var c = rest[0];
            if (char.IsAscii(c))
            {
                rest = rest[1..];
                if (char.IsWhiteSpace(c) || char.IsControl(c))
                {
                    space = true;
                }
                else if (keepSpaces || char.IsAsciiLetterOrDigit(c))
                {
                    Put(ref rented, ref length, keepSpaces && space, char.ToLowerInvariant(c));
                    space = false;
                }

                continue;
            }

            // A lone surrogate reads as U+FFFD, which no table holds: it stays one harmless character.
            _ = Rune.DecodeFromUtf16(rest, out var rune, out var consumed);
            rest = rest[consumed..];
            if (Rune.IsWhiteSpace(rune))
            {
                space = true;
                continue;
            }

            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            {
                continue;
            }

            if (Folding.Table.Of(rune) is { } form)
            {
                foreach (var folded in form)
                {
                    if (keepSpaces || char.IsLetterOrDigit(folded) || char.IsSurrogate(folded))
                    {
                        Put(ref rented, ref length, keepSpaces && space, folded);
                        space = false;
                    }
                }
            }
            else if (keepSpaces || Rune.IsLetterOrDigit(rune) || IsIdeograph(rune.Value))
            {
                foreach (var unit in units[..rune.EncodeToUtf16(units)])
                {
                    Put(ref rented, ref length, keepSpaces && space, unit);
                    space = false;
                }
            }
        }

        var result = new string(rented, 0, length);
        ArrayPool<char>.Shared.Return(rented, clearArray: true);
        return result;
    }

    // 〇 is a letter-number, and ideographs newer than the runtime's tables have no category at all.
    private static bool IsIdeograph(int code) => code is 0x3007 or (>= 0x20000 and <= 0x3FFFF);

    private static void Put(ref char[] rented, ref int length, bool space, char c)
    {
        if (length + 2 > rented.Length)
        {
            var larger = ArrayPool<char>.Shared.Rent(rented.Length * 2);
            rented.AsSpan(0, length).CopyTo(larger);
            ArrayPool<char>.Shared.Return(rented, clearArray: true);
            rented = larger;
        }

        if (space && length > 0)
        {
            rented[length++] = ' ';
        }

        rented[length++] = c;
    }
}
