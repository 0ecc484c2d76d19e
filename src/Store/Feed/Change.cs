namespace Kangqiao.Store.Feed;

public enum ChangeKind
{
    Created = 0,
    Updated = 1,
    Deleted = 2,
    Purged = 3,
}

/// <summary>One entry of the change feed: which version came to be. Later versions of a record come later.</summary>
public readonly record struct Change(
    int Partition, long Sequence, ChangeKind Kind, long Number, RecordKey Key, long Version, DateTimeOffset Instant,
    Shard Shard, string Sender);

public sealed record ChangePage(IReadOnlyList<Change> Changes, ChangeCursor Next);
