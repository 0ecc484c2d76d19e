using Kangqiao.Kernel;

namespace Kangqiao.Store.Search;

/// <summary>
/// A question to the inverted index: terms and prefixes joined by and, or, not. Immutable. Made by the factories, which
/// fold what is trivially nothing or everything, so that makers meet neither below the root.
/// </summary>
public abstract record TermQuery
{
    private const int MostTerms = 5_000;
    private const int DeepestNesting = 16;

    private TermQuery()
    {
    }

    /// <summary>Every live record.</summary>
    public static TermQuery Everything { get; } = new AllRecords();

    public static TermQuery Nothing { get; } = new NoRecord();

    public sealed record AllRecords : TermQuery
    {
        internal AllRecords()
        {
        }
    }

    public sealed record NoRecord : TermQuery
    {
        internal NoRecord()
        {
        }
    }

    public sealed record Term(string Text) : TermQuery;

    public sealed record Prefix(string Text) : TermQuery;

    /// <summary>Two or more; at least one is not a <see cref="Not"/>.</summary>
    public sealed record And(IReadOnlyList<TermQuery> Parts) : TermQuery;

    /// <summary>Two or more.</summary>
    public sealed record Or(IReadOnlyList<TermQuery> Parts) : TermQuery;

    /// <summary>Only as a part of <see cref="And"/>.</summary>
    public sealed record Not(TermQuery Part) : TermQuery;

    /// <exception cref="ArgumentException">The text is not a term.</exception>
    public static TermQuery Is(string term) => new Term(Checked(term));

    /// <exception cref="ArgumentException">The text is not the start of a term.</exception>
    public static TermQuery StartsWith(string prefix) => new Prefix(Checked(prefix));

    public static TermQuery AllOf(params IReadOnlyList<TermQuery> parts)
    {
        var kept = new List<TermQuery>(parts.Count);
        var hasPositive = false;
        foreach (var part in parts)
        {
            switch (part)
            {
                case NoRecord:
                    return Nothing;
                case AllRecords:
                    break;
                case And inner:
                    kept.AddRange(inner.Parts);
                    hasPositive = true;
                    break;
                default:
                    kept.Add(part);
                    hasPositive |= part is not Not;
                    break;
            }
        }

        if (kept.Count == 0)
        {
            return Everything;
        }

        if (!hasPositive)
        {
            kept.Insert(0, StoreTerms.AnyRecord);
        }

        return kept.Count == 1 ? kept[0] : new And(kept);
    }

    public static TermQuery AnyOf(params IReadOnlyList<TermQuery> parts)
    {
        var kept = new List<TermQuery>(parts.Count);
        foreach (var part in parts)
        {
            switch (part)
            {
                case AllRecords:
                    return Everything;
                case NoRecord:
                    break;
                case Or inner:
                    kept.AddRange(inner.Parts);
                    break;
                case Not:
                    kept.Add(AllOf(part));
                    break;
                default:
                    kept.Add(part);
                    break;
            }
        }

        return kept.Count switch { 0 => Nothing, 1 => kept[0], _ => new Or(kept) };
    }

    /// <summary>Every record but these. Cheap only beside something that narrows: use it inside <see cref="AllOf"/>.</summary>
    public static TermQuery Without(TermQuery query) => query switch
    {
        NoRecord => Everything,
        AllRecords => Nothing,
        Not not => not.Part,
        _ => new Not(query),
    };

    /// <summary>Null, or why this question costs too much to ask.</summary>
    public Problem? Refusal()
    {
        var terms = 0;
        return Measure(this, 0, ref terms) && terms <= MostTerms ? null : Problems.QueryTooLarge(MostTerms, DeepestNesting);
    }

    private static bool Measure(TermQuery query, int depth, ref int terms)
    {
        if (depth > DeepestNesting)
        {
            return false;
        }

        var parts = query switch
        {
            And and => and.Parts,
            Or or => or.Parts,
            Not not => [not.Part],
            _ => [],
        };
        if (parts.Count == 0)
        {
            terms++;
        }

        foreach (var part in parts)
        {
            if (!Measure(part, depth + 1, ref terms))
            {
                return false;
            }
        }

        return true;
    }

    private static string Checked(string text)
    {
        if (text.Length == 0)
        {
            throw new ArgumentException("A term is not empty.", nameof(text));
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c < 0x80)
            {
                throw new ArgumentException($"A term holds no U+{(int)c:X4}.", nameof(text));
            }
        }

        return text;
    }
}
