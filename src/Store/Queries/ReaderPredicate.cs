using Kangqiao.Store.Search;

namespace Kangqiao.Store.Queries;

/// <summary>
/// Which records this reader may see. Every search takes one, and it is part of each question to the index: rows, counts, chains,
/// _has and includes obey it alike. There is no default on purpose: only the Access room makes one, and <see cref="Platform"/> is
/// named in the few places that a test lists.
/// </summary>
public sealed class ReaderPredicate
{
    private readonly Func<string, TermQuery>? byType;

    private ReaderPredicate(Func<string, TermQuery>? byType) => this.byType = byType;

    /// <summary>The platform itself, for its own bookkeeping: never for somebody's question.</summary>
    public static ReaderPredicate Platform { get; } = new(null);

    public bool IsUnrestricted => byType is null;

    /// <summary>A reader who sees of each type what its terms find; nothing, where they find nothing.</summary>
    internal static ReaderPredicate Of(Func<string, TermQuery> byType)
    {
        ArgumentNullException.ThrowIfNull(byType);
        return new(byType);
    }

    internal static ReaderPredicate Of(TermQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query is TermQuery.AllRecords ? Platform : new(_ => query);
    }

    /// <summary>Terms that every record of the type shown to the reader has.</summary>
    public TermQuery For(string type) => byType is null ? TermQuery.Everything : byType(type);
}
