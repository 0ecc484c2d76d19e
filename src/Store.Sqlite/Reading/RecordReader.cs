using Kangqiao.Store.Bodies;
using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite.Reading;

/// <summary>Finds versions on one connection. What belongs together is read inside <see cref="Snapshot"/>.</summary>
/// <param name="cache">Null on a connection that sees what is not committed.</param>
internal sealed class RecordReader(Database database, Names names, BodyCache? cache)
{
    private const string Columns =
        "r.r, r.type, r.id, v.version, v.at, v.seq, v.kind, v.flags, r.shard, v.sender, v.g, v.slot, v.prev";

    private long era;
    private readonly Statement begin = database.Prepare("BEGIN");
    private readonly Statement commit = database.Prepare("COMMIT");
    private readonly Statement name = database.Prepare("SELECT text FROM name WHERE n = ?1");
    private readonly Statement byHash = database.Prepare(
        $"SELECT {Columns} FROM record r JOIN version v ON v.seq = r.seq WHERE r.h = ?1 AND r.state < 2");

    private readonly Statement byNumber = database.Prepare(
        $"SELECT {Columns} FROM record r JOIN version v ON v.seq = r.seq WHERE r.r = ?1 AND r.state < 2");

    private readonly Statement bySequence = database.Prepare(
        $"SELECT {Columns} FROM version v JOIN record r ON r.r = v.r WHERE v.seq = ?1");

    private readonly Statement ofAll = database.Prepare(
        $"SELECT {Columns} FROM version v JOIN record r ON r.r = v.r WHERE v.seq < ?1 AND v.seq >= ?2 AND v.kind < 3 ORDER BY v.seq DESC LIMIT ?3");

    // The index version_type ends in the rowid, which is seq: one walk from the newest down.
    private readonly Statement ofType = database.Prepare(
        $"SELECT {Columns} FROM version v JOIN record r ON r.r = v.r WHERE v.type = (SELECT n FROM name WHERE text = ?4) AND v.seq < ?1 AND v.seq >= ?2 AND v.kind < 3 ORDER BY v.seq DESC LIMIT ?3");

    private readonly Statement instantAt = database.Prepare("SELECT seq, at FROM version WHERE seq >= ?1 ORDER BY seq LIMIT 1");
    private readonly Statement last = database.Prepare("SELECT coalesce(max(seq), 0) FROM version");
    private readonly Statement body = database.Prepare("SELECT data FROM body WHERE g = ?1");

    /// <summary>Reads of one snapshot; dispose to end it.</summary>
    public SnapshotEnd Snapshot()
    {
        era = cache?.Era ?? 0;
        begin.Run();
        return new(commit);
    }

    public readonly struct SnapshotEnd(Statement commit) : IDisposable
    {
        public void Dispose() => commit.Run();
    }

    public VersionHead? Find(RecordKey key)
    {
        byHash.Bind(1, key.Hash);
        VersionHead? found = null;
        while (found is null && byHash.Step())
        {
            if (byHash.IsId(2, key.Id) && names.Text(byHash.Int64(1), name) == key.Type)
            {
                found = Head(byHash);
            }
        }

        byHash.Reset();
        return found;
    }

    public VersionHead? Find(long number) => One(byNumber.Bind(1, number));

    /// <summary>A version by its sequence; 0 for none.</summary>
    public VersionHead? At(long sequence) => sequence == 0 ? null : One(bySequence.Bind(1, sequence));

    /// <summary>Follows a record's versions back until one is this or older.</summary>
    public VersionHead? Find(RecordKey key, long version)
    {
        var head = Find(key);
        while (head is { } at && at.Version > version)
        {
            head = At(at.Previous);
        }

        return head?.Version == version ? head : null;
    }

    /// <summary>Versions of a type, or of all (null), newest first, with lower sequences than <paramref name="before"/>.</summary>
    public void Versions(string? type, long before, long from, int limit, List<VersionHead> into)
    {
        var statement = type is null ? ofAll : ofType.Bind(4, type);
        statement.Bind(1, before).Bind(2, from).Bind(3, limit);
        while (statement.Step())
        {
            into.Add(Head(statement));
        }

        statement.Reset();
    }

    /// <summary>The first sequence committed at or after an instant: instants never go back, so halving finds it.</summary>
    public long FirstAtOrAfter(long at)
    {
        var low = 1L;
        var high = Last() + 1;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            instantAt.Bind(1, middle);
            var isBefore = instantAt.Step() && instantAt.Int64(1) < at;
            var sequence = isBefore ? instantAt.Int64(0) : middle;
            instantAt.Reset();
            if (isBefore)
            {
                low = sequence + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    public long Last()
    {
        _ = last.Step();
        var sequence = last.Int64(0);
        last.Reset();
        return sequence;
    }

    public StoredRecord Read(VersionHead head) => head.With(head.Group == 0 ? default : Body(head.Group, head.Slot));

    /// <summary>Bodies for many heads: a group that several share is unpacked once.</summary>
    public StoredRecord?[] Read(IReadOnlyList<VersionHead?> heads)
    {
        var uses = new Dictionary<long, int>(heads.Count);
        foreach (var head in heads)
        {
            if (head is { Group: > 0 } at)
            {
                uses[at.Group] = uses.GetValueOrDefault(at.Group) + 1;
            }
        }

        var unpacked = new Dictionary<long, ReadOnlyMemory<byte>[]>();
        var records = new StoredRecord?[heads.Count];
        for (var i = 0; i < records.Length; i++)
        {
            if (heads[i] is not { } head)
            {
                continue;
            }

            if (head.Group == 0 || uses[head.Group] == 1)
            {
                records[i] = Read(head);
                continue;
            }

            if (!unpacked.TryGetValue(head.Group, out var bodies))
            {
                bodies = Group(head.Group);
                unpacked.Add(head.Group, bodies);
            }

            records[i] = head.With(bodies[head.Slot]);
        }

        return records;
    }

    public ReadOnlyMemory<byte>[] Group(long group)
    {
        Seek(group);
        var bodies = BodyGroup.Unpack(body.Blob(0));
        body.Reset();
        return bodies;
    }

    private byte[] Body(long group, int slot)
    {
        if (cache?.Find(group, slot) is { } known)
        {
            return known;
        }

        Seek(group);
        var one = BodyGroup.Unpack(body.Blob(0), slot);
        body.Reset();
        cache?.Keep(group, slot, one, era);
        return one;
    }

    private void Seek(long group)
    {
        if (!body.Bind(1, group).Step())
        {
            body.Reset();
            throw new InvalidDataException($"The database lost body group {group}.");
        }
    }

    private VersionHead? One(Statement statement)
    {
        VersionHead? head = statement.Step() ? Head(statement) : null;
        statement.Reset();
        return head;
    }

    private VersionHead Head(Statement row) => new(
        row.Int64(0), new(names.Text(row.Int64(1), name), row.Id(2)), row.Int64(3), row.Int64(4), row.Int64(5), row.Int32(6),
        row.Int32(7), row.Int64(8), names.Text(row.Int64(9), name), row.Int64(10), row.Int32(11), row.Int64(12));
}
