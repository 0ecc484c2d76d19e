namespace Kangqiao.Store.Feed;

public enum ChangeKind
{
    Created = 0,
    Updated = 1,
    Deleted = 2,
    Purged = 3,

    /// <summary>An older version came late and went into the history: the record is as it was.</summary>
    Late = 4,
}

/// <summary>One entry of the change feed: which version came to be. Later versions of a record come later.</summary>
public readonly record struct Change(
    int Partition, long Sequence, ChangeKind Kind, long Number, RecordKey Key, long Version, DateTimeOffset Instant,
    Shard Shard, string Sender);

public sealed record ChangePage(IReadOnlyList<Change> Changes, ChangeCursor Next);
