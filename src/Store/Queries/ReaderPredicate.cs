using Kangqiao.Store.Search;

namespace Kangqiao.Store.Queries;

/// <summary>
/// Which records this reader may see. Every search takes one, and it is part of each question to the index: rows, counts,
/// chains, _has and includes obey it alike. There is no default on purpose.
/// </summary>
public sealed class ReaderPredicate
{
    private ReaderPredicate(TermQuery query)
    {
        Query = query;
    }

    /// <summary>Terms that every record shown to the reader has.</summary>
    public TermQuery Query { get; }

    public bool IsUnrestricted => Query is TermQuery.AllRecords;

    /// <summary>A reader who sees what these terms find; nothing, where they find nothing.</summary>
    public static ReaderPredicate Of(TermQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(query);
    }

    /// <summary>The platform itself, for its own bookkeeping: never for somebody's question.</summary>
    public static ReaderPredicate Platform { get; } = new(TermQuery.Everything);
}
