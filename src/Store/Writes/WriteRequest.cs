using Kangqiao.Store.Search;

namespace Kangqiao.Store.Writes;

public enum PutMode
{
    /// <summary>Create or update.</summary>
    Either,

    /// <summary>Only where no live record has the key.</summary>
    CreateOnly,

    /// <summary>Only where a live record has the key.</summary>
    UpdateOnly,
}

/// <summary>One thing to do in a <see cref="WriteRequest"/>.</summary>
public abstract record WriteOperation
{
    private protected WriteOperation()
    {
    }

    public abstract RecordKey Target { get; }

    /// <summary>The version that must be current, or null when any will do.</summary>
    public long? ExpectedVersion { get; init; }

    public sealed record Put(PreparedRecord Record) : WriteOperation
    {
        public override RecordKey Target => Record.Key;

        public PutMode Mode { get; init; }

        /// <summary>When body, flags and sender equal the current version's, write nothing.</summary>
        public bool SkipIfIdentical { get; init; }

        /// <summary>
        /// When the source made this version (whole milliseconds count), kept with it; null where it does not say. What is older than
        /// the current version by this, a deletion included, goes into the history and never becomes current
        /// (<see cref="WriteResult.Late"/>): terms, identities and the current version stay as they are. The same late version again
        /// writes nothing. Where either does not say when, the later to come is current. With <see cref="SkipIfIdentical"/>, the current
        /// version sent again with a later instant takes that instant.
        /// </summary>
        public DateTimeOffset? SourceInstant { get; init; }
    }

    /// <summary>Soft: a version of its own; the history stays.</summary>
    public sealed record Delete(RecordKey Key, string Sender = "") : WriteOperation
    {
        public override RecordKey Target => Key;

        /// <summary>When the source deleted it; a deletion that is older than the current version does nothing.</summary>
        public DateTimeOffset? SourceInstant { get; init; }
    }

    /// <summary>
    /// New terms and identities for a record that stays as it is: no version, no word in the feed. Does nothing when the
    /// record has changed since <paramref name="Version"/>, because that change brought its own terms.
    /// </summary>
    public sealed record Reindex(PreparedRecord Record, long Version) : WriteOperation
    {
        public override RecordKey Target => Record.Key;
    }

    /// <summary>Hard: every version goes. Only the key remains in the feed, so that followers can forget too.</summary>
    public sealed record Purge(RecordKey Key) : WriteOperation
    {
        public override RecordKey Target => Key;
    }
}

/// <summary>
/// What the caller saw when it decided, checked again inside the transaction: the records that match are none
/// (<paramref name="Number"/> null) or exactly that one.
/// </summary>
public abstract record Expectation(long? Number)
{
    public sealed record OfIdentity(Identity Identity, long? Number) : Expectation(Number);

    /// <summary>Costs a search on the writer; prefer an identity where there is one.</summary>
    public sealed record OfSearch(SearchFilter Filter, long? Number) : Expectation(Number);
}

/// <summary>Operations applied all or none. No key may occur twice (R4 http.html#trules).</summary>
public sealed record WriteRequest(IReadOnlyList<WriteOperation> Operations)
{
    public IReadOnlyList<Expectation> Expectations { get; init; } = [];
}

public enum WriteResult
{
    Created,
    Updated,
    Unchanged,
    Deleted,
    Purged,
    Reindexed,

    /// <summary>Into the history only: the source had already told us of a newer state.</summary>
    Late,
}

/// <summary>What became of one operation. For a key that never was, number, version and sequence are 0.</summary>
public readonly record struct OperationReceipt(
    WriteResult Result, RecordKey Key, long Number, long Version, DateTimeOffset Instant, long Sequence);

/// <summary>The request is durable: it survives a kill and a power cut.</summary>
/// <param name="Operations">In the order of the request.</param>
public sealed record WriteReceipt(IReadOnlyList<OperationReceipt> Operations);
