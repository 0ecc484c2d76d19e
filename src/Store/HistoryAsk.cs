namespace Kangqiao.Store;

/// <summary>Versions, newest first: of one record, of a type, or of all (both null).</summary>
public sealed record HistoryAsk
{
    public RecordKey? Key { get; init; }

    public string? Type { get; init; }

    /// <summary>Only versions from this instant on.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only versions up to and including this instant.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The page starts behind this sequence; null from the newest.</summary>
    public long? Before { get; init; }

    /// <summary>At most so many; 1 to 10,000.</summary>
    public int Limit { get; init; } = 20;
}

/// <param name="Records">Newest first.</param>
/// <param name="HasMore">There are more; go on with <see cref="HistoryAsk.Before"/> at the last one's sequence.</param>
public sealed record HistoryPage(IReadOnlyList<StoredRecord> Records, bool HasMore);
