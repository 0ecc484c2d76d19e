using Kangqiao.Store.Bodies;
using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite.Writing;

/// <summary>A record's own row, as the writer sees it inside its transaction.</summary>
internal readonly record struct RecordRow(long Number, long Type, long Version, long Sequence, int State)
{
    public const int Live = 0;
    public const int Deleted = 1;
    public const int Purged = 2;
}

/// <summary>A version's row, as far as the writer needs it.</summary>
internal readonly record struct VersionRow(
    long Previous, long At, int Flags, long Sender, long Group, int Slot, long Told = 0, long Version = 0, int Kind = 0);

/// <summary>The prepared statements of the writer.</summary>
internal sealed class WriterTables(Database database)
{
    private readonly Statement findName = database.Prepare("SELECT n FROM name WHERE text = ?1");
    private readonly Statement addName = database.Prepare("INSERT INTO name (text) VALUES (?1) RETURNING n");
    private readonly Statement findRecord = database.Prepare("SELECT r, type, version, seq, state, id FROM record WHERE h = ?1");
    private readonly Statement addRecord = database.Prepare(
        "INSERT INTO record (r, h, type, id, version, seq, state, shard) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)");

    private readonly Statement moveRecord = database.Prepare("UPDATE record SET version = ?2, seq = ?3, state = ?4 WHERE r = ?1");
    private readonly Statement addVersion = database.Prepare(
        "INSERT INTO version (seq, r, type, version, prev, at, kind, flags, sender, g, slot, told) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");

    private readonly Statement findVersion = database.Prepare("SELECT prev, at, flags, sender, g, slot, told, version, kind FROM version WHERE seq = ?1");
    private readonly Statement hangVersion = database.Prepare("UPDATE version SET prev = ?2 WHERE seq = ?1");
    private readonly Statement tellVersion = database.Prepare("UPDATE version SET told = ?2 WHERE seq = ?1");
    private readonly Statement dropVersion = database.Prepare("DELETE FROM version WHERE seq = ?1");
    private readonly Statement findBody = database.Prepare("SELECT data FROM body WHERE g = ?1");
    private readonly Statement putBody = database.Prepare("INSERT OR REPLACE INTO body (g, data) VALUES (?1, ?2)");
    private readonly Statement dropBody = database.Prepare("DELETE FROM body WHERE g = ?1");
    private readonly Statement addTerms = database.Prepare("INSERT INTO term (rowid, t) VALUES (?1, ?2)");
    private readonly Statement dropTerms = database.Prepare("DELETE FROM term WHERE rowid = ?1");
    private readonly Statement addIdentity = database.Prepare("INSERT INTO identity (i, high, low) VALUES (?1, ?2, ?3)");
    private readonly Statement dropIdentities = database.Prepare("DELETE FROM identity WHERE i >= ?1 AND i < ?2");
    private readonly Statement addTally = database.Prepare(
        "INSERT INTO tally (type, live, deleted, versions) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (type) DO UPDATE SET live = live + ?2, deleted = deleted + ?3, versions = versions + ?4");

    private readonly Statement ends = database.Prepare(
        "SELECT (SELECT coalesce(max(r), 0) FROM record), (SELECT coalesce(max(seq), 0) FROM version), (SELECT coalesce(max(g), 0) FROM body)");

    public (long Number, long Sequence, long Group) Ends()
    {
        _ = ends.Step();
        var found = (ends.Int64(0), ends.Int64(1), ends.Int64(2));
        ends.Reset();
        return found;
    }

    public long? FindName(string text)
    {
        long? number = findName.Bind(1, text).Step() ? findName.Int64(0) : null;
        findName.Reset();
        return number;
    }

    public long AddName(string text)
    {
        _ = addName.Bind(1, text).Step();
        var number = addName.Int64(0);
        addName.Reset();
        return number;
    }

    public RecordRow? FindRecord(long type, RecordKey key)
    {
        RecordRow? found = null;
        findRecord.Bind(1, key.Hash);
        while (found is null && findRecord.Step())
        {
            if (findRecord.Int64(1) == type && findRecord.IsId(5, key.Id))
            {
                found = new(findRecord.Int64(0), type, findRecord.Int64(2), findRecord.Int64(3), findRecord.Int32(4));
            }
        }

        findRecord.Reset();
        return found;
    }

    public void AddRecord(long number, long type, RecordKey key, long sequence, Shard shard) =>
        addRecord.Bind(1, number).Bind(2, key.Hash).Bind(3, type).BindId(4, key.Id).Bind(5, 1).Bind(6, sequence).Bind(7, shard.Value).Run();

    public void MoveRecord(long number, long version, long sequence, int state) =>
        moveRecord.Bind(1, number).Bind(2, version).Bind(3, sequence).Bind(4, state).Run();

    public void AddVersion(long sequence, RecordRow record, long version, int kind, VersionRow row)
    {
        addVersion.Bind(1, sequence).Bind(2, record.Number).Bind(3, record.Type).Bind(4, version).Bind(6, row.At).Bind(7, kind)
            .Bind(8, row.Flags).Bind(9, row.Sender);
        _ = row.Previous == 0 ? addVersion.BindNull(5) : addVersion.Bind(5, row.Previous);
        _ = row.Group == 0 ? addVersion.BindNull(10).BindNull(11) : addVersion.Bind(10, row.Group).Bind(11, row.Slot);
        _ = row.Told == 0 ? addVersion.BindNull(12) : addVersion.Bind(12, row.Told);
        addVersion.Run();
    }

    /// <summary>Puts one version right behind another in the chain.</summary>
    public void HangVersion(long behind, long sequence) => hangVersion.Bind(1, behind).Bind(2, sequence).Run();

    /// <summary>When the source made it.</summary>
    public void TellVersion(long sequence, long told) => tellVersion.Bind(1, sequence).Bind(2, told).Run();

    public VersionRow FindVersion(long sequence)
    {
        if (!findVersion.Bind(1, sequence).Step())
        {
            findVersion.Reset();
            throw new InvalidDataException($"The database lost version {sequence}.");
        }

        var row = new VersionRow(
            findVersion.Int64(0), findVersion.Int64(1), findVersion.Int32(2), findVersion.Int64(3), findVersion.Int64(4), findVersion.Int32(5),
            findVersion.Int64(6), findVersion.Int64(7), findVersion.Int32(8));
        findVersion.Reset();
        return row;
    }

    public void DropVersion(long sequence) => dropVersion.Bind(1, sequence).Run();

    public ReadOnlyMemory<byte>[] Bodies(long group)
    {
        if (!findBody.Bind(1, group).Step())
        {
            findBody.Reset();
            throw new InvalidDataException($"The database lost body group {group}.");
        }

        var bodies = BodyGroup.Unpack(findBody.Blob(0));
        findBody.Reset();
        return bodies;
    }

    public void PutBody(long group, ReadOnlySpan<byte> packed) => putBody.Bind(1, group).BindBlob(2, packed).Run();

    public void DropBody(long group) => dropBody.Bind(1, group).Run();

    public void AddTerms(long number, ReadOnlySpan<byte> terms) => addTerms.Bind(1, number).BindText(2, terms).Run();

    public void DropTerms(long number) => dropTerms.Bind(1, number).Run();

    public void AddIdentity(long number, int index, Identity identity) =>
        addIdentity.Bind(1, (number * StoreLimits.MostIdentities) + index).Bind(2, identity.High).Bind(3, identity.Low).Run();

    public void DropIdentities(long number) =>
        dropIdentities.Bind(1, number * StoreLimits.MostIdentities).Bind(2, (number + 1) * StoreLimits.MostIdentities).Run();

    public void AddTally(long type, long live, long deleted, long versions) =>
        addTally.Bind(1, type).Bind(2, live).Bind(3, deleted).Bind(4, versions).Run();
}
