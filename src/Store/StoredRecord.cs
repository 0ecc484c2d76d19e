using System.Buffers;

namespace Kangqiao.Store;

public enum RecordState
{
    Live = 0,

    /// <summary>Deleted softly: the history is still there.</summary>
    Deleted = 1,
}

/// <summary>One version of a record, as the store keeps it.</summary>
public sealed class StoredRecord
{
    /// <summary>The record's number for life; pages go by it.</summary>
    public required long Number { get; init; }

    public required RecordKey Key { get; init; }

    /// <summary>Counts from 1; a deletion takes one too.</summary>
    public required long Version { get; init; }

    /// <summary>When this version was committed (UTC, whole milliseconds). Never earlier than that of any version before it.</summary>
    public required DateTimeOffset Instant { get; init; }

    /// <summary>The place of this version in the change feed of its partition.</summary>
    public required long Sequence { get; init; }

    public required RecordState State { get; init; }

    /// <summary>The first version of the record, or the first after a deletion.</summary>
    public required bool IsCreation { get; init; }

    /// <summary>It came when the source had already told of a newer state, and never was current.</summary>
    public bool IsLate { get; init; }

    /// <summary>When the source made this version; null where it did not say.</summary>
    public DateTimeOffset? SourceInstant { get; init; }

    /// <summary>Bits that the caller gave; the store only keeps them.</summary>
    public required int Flags { get; init; }

    public required Shard Shard { get; init; }

    /// <summary>Code of the institution that sent this version; empty when it is our own.</summary>
    public required string Sender { get; init; }

    /// <summary>The body in the store's form (see <see cref="RecordBody"/>); empty for a deletion, or where only the head was asked for.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The same version with another body, to be shown in its place.</summary>
    /// <param name="body">In the store's form.</param>
    public StoredRecord With(ReadOnlyMemory<byte> body) => new()
    {
        Number = Number,
        Key = Key,
        Version = Version,
        Instant = Instant,
        Sequence = Sequence,
        State = State,
        IsCreation = IsCreation,
        IsLate = IsLate,
        SourceInstant = SourceInstant,
        Flags = Flags,
        Shard = Shard,
        Sender = Sender,
        Body = body,
    };

    /// <summary>Writes the resource as a client sees it, with type, id, meta.versionId and meta.lastUpdated.</summary>
    public void WriteResource(IBufferWriter<byte> output) => RecordBody.WriteResource(this, output);
}
