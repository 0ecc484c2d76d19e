using System.Text;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Text;
using Kangqiao.Kernel;

namespace Kangqiao.Store.Queries;

/// <summary>
/// What _text and _content ask (R4 search.html#content): words joined by AND, OR, NOT and parentheses, phrases in quotes, a star at
/// the end of a beginning. Words that stand side by side must all be there; a comma is an or. Case and accents do not count, and a
/// Chinese word may stand anywhere in the text, because Chinese has no spaces to begin or end at.
/// </summary>
internal sealed class TextQuestion
{
    private const int MostWords = 100;
    private const int Deepest = 16;

    private readonly Part whole;

    private TextQuestion(Part root, bool isNarrative)
    {
        whole = root;
        IsNarrative = isNarrative;
    }

    private enum Join
    {
        Word,
        All,
        Any,
        None,
    }

    /// <summary>_text: the narrative alone; else all that people read in the resource.</summary>
    public bool IsNarrative { get; }

    public static Outcome<TextQuestion> Parse(string name, string value)
    {
        var reader = new Reader(value);
        var root = reader.Any(0);
        return root is null || !reader.IsAtEnd || reader.Words > MostWords
            ? QueryProblems.BadParameter(
                name, $"write words, \"phrases\", AND, OR, NOT and parentheses, at most {MostWords} words and {Deepest} levels")
            : new TextQuestion(root, name == "_text");
    }

    /// <summary>True when the resource says so.</summary>
    public bool Matches(Element resource)
    {
        var text = new StringBuilder();
        if (IsNarrative)
        {
            ResourceText.AppendNarrative(resource, text);
        }
        else
        {
            ResourceText.AppendContent(resource, text);
        }

        return Holds(whole, SearchText.Normalise(text.ToString()));
    }

    private static bool Holds(Part part, string text) => part.Join switch
    {
        Join.Word => Contains(text, part.Word, part.IsBeginning),
        Join.All => part.Parts.TrueForAll(p => Holds(p, text)),
        Join.Any => part.Parts.Exists(p => Holds(p, text)),
        _ => !Holds(part.Parts[0], text),
    };

    private static bool Contains(string text, string word, bool isBeginning)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            var end = at + word.Length;
            if ((at == 0 || !IsOneWord(text[at - 1], word[0]))
                && (isBeginning || end == text.Length || !IsOneWord(word[^1], text[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOneWord(char left, char right) => IsSpelled(left) && IsSpelled(right);

    // From U+2E80 on are the scripts of East Asia, written without spaces.
    private static bool IsSpelled(char c) => char.IsLetterOrDigit(c) && c < 0x2E80;

    private sealed record Part(Join Join, string Word, bool IsBeginning, List<Part> Parts);

    private struct Reader(string text)
    {
        private int at;

        public int Words { get; private set; }

        public bool IsAtEnd
        {
            get
            {
                Skip();
                return at == text.Length;
            }
        }

        public Part? Any(int depth)
        {
            var parts = new List<Part>();
            do
            {
                if (depth > Deepest || All(depth) is not { } part)
                {
                    return null;
                }

                parts.Add(part);
            }
            while (Take(',') || TakeWord("OR"));
            return parts.Count == 1 ? parts[0] : new(Join.Any, "", false, parts);
        }

        private Part? All(int depth)
        {
            var parts = new List<Part>();
            while (true)
            {
                if (One(depth) is not { } part)
                {
                    return null;
                }

                parts.Add(part);
                if (TakeWord("AND"))
                {
                    continue;
                }

                if (IsAtEnd || text[at] is ')' or ',' || IsWord("OR"))
                {
                    return parts.Count == 1 ? parts[0] : new(Join.All, "", false, parts);
                }
            }
        }

        private Part? One(int depth)
        {
            if (TakeWord("NOT"))
            {
                return depth < Deepest && One(depth + 1) is { } inner ? new(Join.None, "", false, [inner]) : null;
            }

            if (Take('('))
            {
                return Any(depth + 1) is { } inner && Take(')') ? inner : null;
            }

            Skip();
            return at < text.Length ? Word() : null;
        }

        private Part? Word()
        {
            var start = at;
            var isQuoted = text[at] == '"';
            if (isQuoted)
            {
                at = text.IndexOf('"', ++start);
                at = at < 0 ? text.Length : at;
            }
            else
            {
                while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not (',' or '(' or ')' or '"'))
                {
                    at++;
                }
            }

            var word = text[start..at];
            at += isQuoted && at < text.Length ? 1 : 0;
            var isBeginning = !isQuoted && word.EndsWith('*');
            var form = SearchText.Normalise(isBeginning ? word[..^1] : word);
            Words++;
            return form.Length == 0 || Words > MostWords ? null : new(Join.Word, form, isBeginning, []);
        }

        private void Skip()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }
        }

        private bool Take(char c)
        {
            Skip();
            if (at == text.Length || text[at] != c)
            {
                return false;
            }

            at++;
            return true;
        }

        private bool TakeWord(string word)
        {
            Skip();
            if (!IsWord(word))
            {
                return false;
            }

            at += word.Length;
            return true;
        }

        private readonly bool IsWord(string word) =>
            text.AsSpan(at).StartsWith(word, StringComparison.OrdinalIgnoreCase)
            && (at + word.Length == text.Length || char.IsWhiteSpace(text[at + word.Length]) || text[at + word.Length] is '(' or '"');
    }
}
