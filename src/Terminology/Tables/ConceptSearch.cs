using System.Text;
using Kangqiao.Fhir.Chinese;
using Kangqiao.Fhir.Text;

namespace Kangqiao.Terminology.Tables;

/// <summary>How well a concept answers a text, the best first.</summary>
internal enum TextMatch : byte
{
    Exact,
    Beginning,
    Inside,
    None,
}

/// <summary>
/// What each concept of a table can be found by: its display and designations without case, width, accents and punctuation, and for
/// Chinese ones also pinyin, in full and as initials (高血压: gaoxueya, gxy). Readings are each character's commonest one.
/// </summary>
internal sealed class ConceptSearch
{
    private const byte Divider = 0x1F;

    private readonly ConceptTable table;
    private readonly PackedTexts keys;

    public ConceptSearch(ConceptTable table)
    {
        this.table = table;
        var packing = new TextPacking();
        var designation = 0;
        for (var i = 0; i < table.Count; i++)
        {
            Append(packing, table.Displays[i], isKept: true);
            for (; designation < table.Designations.Length && table.Designations[designation].Concept == i; designation++)
            {
                Append(packing, table.DesignationTexts[designation]);
            }

            packing.Close();
        }

        keys = packing.Pack();
    }

    public TextMatch Match(int concept, TextQuery query) => query.Match(table.Codes[concept], table.Displays[concept], keys[concept]);

    /// <summary>The keys of one text, each with a divider before it.</summary>
    /// <param name="packing">Takes the keys.</param>
    /// <param name="text">A display or designation.</param>
    /// <param name="isKept">True where the text itself is looked at too and need not be repeated.</param>
    public static void Append(TextPacking packing, ReadOnlySpan<byte> text, bool isKept = false)
    {
        if (text.IsEmpty)
        {
            return;
        }

        var folded = SearchText.Compact(Encoding.UTF8.GetString(text));
        var utf8 = Encoding.UTF8.GetBytes(folded);
        if (!isKept || !text.SequenceEqual(utf8))
        {
            packing.Append([Divider]);
            packing.Append(utf8);
        }

        if (!ChineseReadings.HasIdeograph(folded))
        {
            return;
        }

        var initials = new byte[folded.Length * 4];
        var full = new byte[folded.Length * 8];
        var initialsLength = 0;
        var fullLength = 0;
        foreach (var rune in folded.EnumerateRunes())
        {
            if (ChineseReadings.Syllable(rune) is { } syllable)
            {
                initials[initialsLength++] = (byte)syllable[0];
                fullLength += Encoding.ASCII.GetBytes(syllable, full.AsSpan(fullLength));
            }
            else
            {
                initialsLength += rune.EncodeToUtf8(initials.AsSpan(initialsLength));
                fullLength += rune.EncodeToUtf8(full.AsSpan(fullLength));
            }
        }

        packing.Append([Divider]);
        packing.Append(initials.AsSpan(0, initialsLength));
        packing.Append([Divider]);
        packing.Append(full.AsSpan(0, fullLength));
    }
}

/// <summary>The words someone typed to find a code; all must be found.</summary>
internal sealed class TextQuery
{
    private const int MaxLength = 200;
    private const int MaxWords = 16;
    private const byte Divider = 0x1F;

    private readonly (byte[] Key, byte[] Code)[] words;

    private TextQuery((byte[] Key, byte[] Code)[] words) => this.words = words;

    /// <summary>The query, or null if the text has nothing to look for. What is beyond the bounds on length is not looked at.</summary>
    public static TextQuery? Of(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var split = text[..Math.Min(text.Length, MaxLength)]
            .Split((char[]?)null, MaxWords, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(w => (Encoding.UTF8.GetBytes(SearchText.Compact(w)), Encoding.UTF8.GetBytes(SearchText.Normalise(w))))
            .ToArray();
        return new TextQuery(split);
    }

    public TextMatch Match(ReadOnlySpan<byte> code, ReadOnlySpan<byte> display, ReadOnlySpan<byte> keys)
    {
        var worst = TextMatch.Exact;
        foreach (var (key, asCode) in words)
        {
            var match = MatchCode(code, asCode);
            if (match != TextMatch.Exact && key.Length > 0)
            {
                match = Better(match, MatchKeys(display, key));
                match = match == TextMatch.Exact ? match : Better(match, MatchKeys(keys, key));
            }

            if (match == TextMatch.None)
            {
                return TextMatch.None;
            }

            worst = match > worst ? match : worst;
        }

        return worst;
    }

    private static TextMatch Better(TextMatch one, TextMatch other) => one < other ? one : other;

    private static TextMatch MatchCode(ReadOnlySpan<byte> code, ReadOnlySpan<byte> word)
    {
        if (word.IsEmpty || code.Length < word.Length)
        {
            return TextMatch.None;
        }

        for (var i = 0; i < word.Length; i++)
        {
            var b = code[i];
            if ((b is >= (byte)'A' and <= (byte)'Z' ? b | 0x20 : b) != word[i])
            {
                return TextMatch.None;
            }
        }

        return code.Length == word.Length ? TextMatch.Exact : TextMatch.Beginning;
    }

    private static TextMatch MatchKeys(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> word)
    {
        var best = TextMatch.None;
        for (var from = 0; from < keys.Length;)
        {
            var at = keys[from..].IndexOf(word);
            if (at < 0)
            {
                break;
            }

            at += from;
            var end = at + word.Length;
            if (at == 0 || keys[at - 1] == Divider)
            {
                if (end == keys.Length || keys[end] == Divider)
                {
                    return TextMatch.Exact;
                }

                best = TextMatch.Beginning;
            }
            else if (best == TextMatch.None)
            {
                best = TextMatch.Inside;
            }

            from = at + 1;
        }

        return best;
    }
}
