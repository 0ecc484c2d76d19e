namespace Kangqiao.Store.Search;

/// <summary>Which records match.</summary>
/// <param name="Query">Terms that every match has.</param>
public sealed record SearchFilter(TermQuery Query)
{
    /// <summary>Never a bare negation: that is put beside every record.</summary>
    public TermQuery Query { get; init => field = TermQuery.AllOf(value); } = TermQuery.AllOf(Query);

    /// <summary>
    /// Among the matches of <see cref="Query"/> those for which terms can only say maybe; each is read and put to
    /// <see cref="Recheck"/>. All others are sure.
    /// </summary>
    public TermQuery Doubtful { get; init; } = TermQuery.Nothing;

    /// <summary>All that <see cref="Doubtful"/> finds is found by <see cref="Query"/>: makers need not ask both for it.</summary>
    public bool IsDoubtfulWithin { get; init; }

    /// <summary>True when the record, body included, is a match. Pure, quick, and safe on any thread.</summary>
    public Func<StoredRecord, bool>? Recheck { get; init; }

    public static implicit operator SearchFilter(TermQuery query) => new(query);
}

/// <summary>A page of matches in the order of their numbers: creation order.</summary>
public sealed record SearchAsk(SearchFilter Filter)
{
    public bool Descending { get; init; }

    /// <summary>The page starts behind this number; null from the beginning.</summary>
    public long? After { get; init; }

    /// <summary>At most so many; 1 to 10,000.</summary>
    public int Limit { get; init; } = 20;

    /// <summary>Read the records too, in the same snapshot.</summary>
    public bool WithRecords { get; init; }

    /// <summary>Longer than this is refused as too costly; null for the store's own bound.</summary>
    public TimeSpan? Patience { get; init; }
}

/// <param name="Numbers">In the order asked.</param>
/// <param name="Records">Beside the numbers, when they were asked for; else empty.</param>
/// <param name="HasMore">There is at least one more match behind the last number.</param>
public sealed record SearchPage(IReadOnlyList<long> Numbers, IReadOnlyList<StoredRecord> Records, bool HasMore);
