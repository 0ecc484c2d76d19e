namespace Kangqiao.Store.Sqlite.Reading;

/// <summary>A row of a version with its record's, before its body is fetched.</summary>
internal readonly record struct VersionHead(
    long Number, RecordKey Key, long Version, long At, long Sequence, int Kind, int Flags, long Shard, string Sender,
    long Group, int Slot, long Previous, long Told)
{
    public const int KindCreated = 0;
    public const int KindDeleted = 2;
    public const int KindPurged = 3;
    public const int KindLate = 4;

    public StoredRecord With(ReadOnlyMemory<byte> body) => new()
    {
        Number = Number,
        Key = Key,
        Version = Version,
        Instant = DateTimeOffset.FromUnixTimeMilliseconds(At),
        Sequence = Sequence,
        State = Kind == KindDeleted ? RecordState.Deleted : RecordState.Live,
        IsCreation = Kind == KindCreated,
        IsLate = Kind == KindLate,
        SourceInstant = Told == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(Told),
        Flags = Flags,
        Shard = new(Shard),
        Sender = Sender,
        Body = body,
    };
}
