using Npgsql;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>A version with its record's key, as it is in the database, before its body is fetched.</summary>
/// <param name="Ordinal">Counts the keys that share a hash.</param>
/// <param name="Group">Of its body; 0 when it has none.</param>
/// <param name="Told">Milliseconds of Unix time at which the source made the version; 0 where it did not say.</param>
/// <param name="InHistory">Versions that came late since the current one.</param>
internal readonly record struct RecordRow(
    long Number, long Hash, long Sequence, long Group, long Shard, int Version, int Flags, short Place, short Ordinal, short Type,
    short Kind, short Sender, short Slot, byte[] Id, long Told, short InHistory)
{
    public const short Created = 0;
    public const short Updated = 1;
    public const short Deleted = 2;
    public const short Purged = 3;
    public const short Late = 4;

    /// <summary>Columns of the record's row, which holds the current version too.</summary>
    public const string Columns = "number, h, seq, g, shard, version, flags, place, n, type, kind, sender, slot, id, told, late";

    /// <summary>How many these are.</summary>
    public const int Count = 16;

    /// <summary>The same of any version <c>v</c> joined with its record <c>r</c>.</summary>
    public const string VersionColumns =
        "r.number, r.h, v.seq, v.g, r.shard, v.version, v.flags, r.place, r.n, r.type, v.kind, v.sender, v.slot, r.id, v.told, r.late";

    public bool IsLive => Kind < Deleted;

    public static RecordRow Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt32(5), row.GetInt32(6),
        row.GetInt16(7), row.GetInt16(8), row.GetInt16(9), row.GetInt16(10), row.GetInt16(11), row.GetInt16(12), row.GetFieldValue<byte[]>(13),
        row.GetInt64(14), row.GetInt16(15));

    public StoredRecord With(Names names, ReadOnlyMemory<byte> body) => new()
    {
        Number = Number,
        Key = Key(names),
        Version = Version,
        Instant = Moment.InstantOf(Sequence),
        Sequence = Sequence,
        State = Kind == Deleted ? RecordState.Deleted : RecordState.Live,
        IsCreation = Kind == Created,
        IsLate = Kind == Late,
        SourceInstant = Told == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(Told),
        Flags = Flags,
        Shard = new(Shard),
        Sender = names.Known(Sender)!,
        Body = body,
    };

    public RecordKey Key(Names names) => new(names.Known(Type)!, KeyBytes.Text(Id));
}
