using Kangqiao.Store.Bodies;
using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>Finds versions and their bodies. A body group never changes but by a purge, so it may be read in a later snapshot than its version.</summary>
/// <param name="bodies">Shared by all readers of the process. What another process purges may stay in it a while, where no version points to it.</param>
/// <param name="isSpread">Records are on several servers: a key is looked up in the locator first, because its place is not known.</param>
internal sealed class RecordReader(Names names, BodyCache bodies, bool isSpread)
{
    private const string ByHash = $"SELECT {RecordRow.Columns} FROM store.record WHERE h = ANY($1) AND place = 0";
    private const string WithBody = """
        SELECT r.number, r.h, r.seq, r.g, r.shard, r.version, r.flags, r.place, r.n, r.type, r.kind, r.sender, r.slot, r.id, r.told, r.late, b.data
        FROM store.record r LEFT JOIN store.body b ON b.g = r.g AND b.place = r.place WHERE r.h = $1 AND r.place = 0
        """;

    private const string Locate = "SELECT number, place FROM store.locator WHERE h = ANY($1)";
    private const string ByPlace = $"SELECT {RecordRow.Columns} FROM store.record WHERE number = ANY($1) AND place = ANY($2)";
    private const string ByNumber = $"SELECT {RecordRow.Columns} FROM store.record WHERE number = ANY($1) AND kind < 3";

    // All but the one that is known to be current, which may have been replaced meanwhile and then is here too; none that came after it
    // but those that came late, whose numbers go on behind it.
    private const string Others = $"""
        SELECT {RecordRow.VersionColumns} FROM store.version v JOIN store.record r ON r.number = v.number AND r.place = v.place
        WHERE v.number = $1 AND v.place = $2 AND v.version <> $3 AND v.version <= $4 AND v.kind <> 3
        """;

    public Names Names => names;

    /// <summary>After a purge: what was read before it is not kept.</summary>
    public void Forget() => bodies.Forget();

    /// <summary>Rows whose keys have one of these hashes, purged ones too; the caller compares the keys.</summary>
    public async Task<List<RecordRow>> FindAsync(NpgsqlConnection connection, long[] hashes, CancellationToken cancel)
    {
        if (!isSpread)
        {
            return await connection.Command(ByHash).With(hashes).RowsAsync(RecordRow.Read, cancel);
        }

        var places = await connection.Command(Locate).With(hashes).RowsAsync(row => (Number: row.GetInt64(0), Place: row.GetInt16(1)), cancel);
        return places.Count == 0
            ? []
            : await connection.Command(ByPlace).With(places.ConvertAll(p => p.Number).ToArray())
                .With(places.Select(p => p.Place).Distinct().ToArray()).RowsAsync(RecordRow.Read, cancel);
    }

    public async Task<RecordRow?> FindAsync(NpgsqlConnection connection, RecordKey key, CancellationToken cancel)
    {
        var rows = await FindAsync(connection, [key.Hash], cancel);
        await LearnAsync(connection, rows, cancel);
        return Match(rows, key);
    }

    /// <summary>The current version with its body, in one round trip where the place is known.</summary>
    public async Task<StoredRecord?> ReadAsync(NpgsqlConnection connection, RecordKey key, CancellationToken cancel)
    {
        if (isSpread)
        {
            return (await ReadAsync(connection, [await FindAsync(connection, key, cancel)], cancel))[0];
        }

        var found = await connection.Command(WithBody).With(key.Hash)
            .RowsAsync(row => (Row: RecordRow.Read(row), Packed: row.IsDBNull(16) ? null : row.GetFieldValue<byte[]>(16)), cancel);
        await LearnAsync(connection, found.ConvertAll(one => one.Row), cancel);
        foreach (var (row, packed) in found)
        {
            if (row.Kind != RecordRow.Purged && row.Key(names) == key)
            {
                return row.With(names, packed is null ? default : BodyGroup.Unpack(packed, row.Slot));
            }
        }

        return null;
    }

    public async Task<RecordRow?[]> FindAsync(NpgsqlConnection connection, IReadOnlyList<RecordKey> keys, CancellationToken cancel)
    {
        var rows = await FindAsync(connection, [.. keys.Select(key => key.Hash)], cancel);
        await LearnAsync(connection, rows, cancel);
        var byHash = rows.ToLookup(row => row.Hash);
        return [.. keys.Select(key => Match(byHash[key.Hash], key))];
    }

    public async Task<RecordRow?[]> FindAsync(NpgsqlConnection connection, IReadOnlyList<long> numbers, CancellationToken cancel)
    {
        var rows = await connection.Command(ByNumber).With(numbers.ToArray()).RowsAsync(RecordRow.Read, cancel);
        await LearnAsync(connection, rows, cancel);
        var byNumber = rows.ToDictionary(row => row.Number);
        return [.. numbers.Select(number => byNumber.TryGetValue(number, out var row) ? row : (RecordRow?)null)];
    }

    /// <summary>A record's versions, newest first, between two sequences.</summary>
    public async Task<List<RecordRow>> ChainAsync(NpgsqlConnection connection, RecordRow head, long from, long before, int limit, CancellationToken cancel)
    {
        var rows = await connection.Command(Others + " AND v.seq >= $5 AND v.seq < $6 ORDER BY v.version DESC LIMIT $7")
            .With(head.Number).With(head.Place).With(head.Version).With(head.Version + head.InHistory).With(from).With(before).With(limit)
            .RowsAsync(RecordRow.Read, cancel);
        if (head.Sequence >= from && head.Sequence < before)
        {
            rows.Insert(rows.TakeWhile(row => row.Version > head.Version).Count(), head);
        }

        if (rows.Count > limit)
        {
            rows.RemoveAt(limit);
        }

        return await LearnAsync(connection, rows, cancel);
    }

    public async Task<RecordRow?> VersionAsync(NpgsqlConnection connection, RecordRow head, long version, CancellationToken cancel)
    {
        if (head.Version == version)
        {
            return head;
        }

        var rows = version is < 1 or > int.MaxValue || version > head.Version + head.InHistory
            ? []
            : await connection.Command(Others + " AND v.version = $5 LIMIT 1")
                .With(head.Number).With(head.Place).With(head.Version).With(head.Version + head.InHistory).With((int)version).RowsAsync(RecordRow.Read, cancel);
        await LearnAsync(connection, rows, cancel);
        return rows.Count > 0 ? rows[0] : null;
    }

    /// <summary>Versions of a type, or of all (null), newest first.</summary>
    public async Task<List<RecordRow>> NewestAsync(NpgsqlConnection connection, string? type, long from, long before, int limit, CancellationToken cancel)
    {
        if (type is not null && names.Known(type) is null)
        {
            await names.LearnAsync(connection, cancel);
        }

        if (type is not null && names.Known(type) is null)
        {
            return [];
        }

        var command = type is null
            ? connection.Command(Current.Versions("seq < $1 AND seq >= $2 AND kind <> 3", "DESC", "$3"))
            : connection.Command(Current.OfType("seq < $1 AND seq >= $2 AND kind <> 3", "type = $4", "DESC", "$3"));
        command.With(before).With(from).With(limit);
        if (type is not null)
        {
            command.With(names.Known(type)!.Value);
        }

        return await LearnAsync(connection, await command.RowsAsync(RecordRow.Read, cancel), cancel);
    }

    /// <summary>The records with their bodies, in order; a group that several share is unpacked once. Null where a purge came between.</summary>
    public async Task<StoredRecord?[]> ReadAsync(NpgsqlConnection connection, IReadOnlyList<RecordRow?> rows, CancellationToken cancel)
    {
        var era = bodies.Era;
        var found = new ReadOnlyMemory<byte>?[rows.Count];
        var missing = new HashSet<long>();
        var places = new HashSet<short>();
        for (var i = 0; i < found.Length; i++)
        {
            if (rows[i] is not { } row)
            {
                continue;
            }

            if (row.Group == 0)
            {
                found[i] = default(ReadOnlyMemory<byte>);
            }
            else if (bodies.Find(row.Group, row.Slot) is { } body)
            {
                found[i] = body;
            }
            else
            {
                missing.Add(row.Group);
                places.Add(row.Place);
            }
        }

        var packed = missing.Count == 0 ? [] : await GroupsAsync(connection, [.. missing], [.. places], cancel);
        var records = new StoredRecord?[rows.Count];
        foreach (var group in Enumerable.Range(0, found.Length).Where(i => rows[i] is not null).GroupBy(i => found[i] is null ? rows[i]!.Value.Group : 0))
        {
            if (group.Key != 0 && !packed.ContainsKey(group.Key))
            {
                continue;
            }

            // Each slot that is asked for, and none behind the last of them.
            Unpack(group.Key == 0 ? [] : packed[group.Key], [.. group], rows, found, era);
            foreach (var i in group)
            {
                // A slot is empty when a purge came between.
                var row = rows[i]!.Value;
                records[i] = row.Group != 0 && found[i]!.Value.IsEmpty ? null : row.With(names, found[i]!.Value);
            }
        }

        return records;
    }

    public static async Task<Dictionary<long, byte[]>> GroupsAsync(NpgsqlConnection connection, long[] groups, short[] places, CancellationToken cancel) =>
        (await connection.Command("SELECT g, data FROM store.body WHERE g = ANY($1) AND place = ANY($2)").With(groups).With(places)
            .RowsAsync(row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)), cancel)).ToDictionary();

    private void Unpack(byte[] packed, int[] asked, IReadOnlyList<RecordRow?> rows, ReadOnlyMemory<byte>?[] found, long era)
    {
        if (packed.Length == 0)
        {
            return;
        }

        var all = asked.Length == 1 ? null : BodyGroup.Unpack(packed);
        foreach (var i in asked)
        {
            var row = rows[i]!.Value;
            // Kept alone, so that a body that stays does not keep its neighbours.
            var body = all is null ? BodyGroup.Unpack(packed, row.Slot) : all[row.Slot].ToArray();
            found[i] = body;
            if (body.Length > 0)
            {
                bodies.Keep(row.Group, row.Slot, body, era);
            }
        }
    }

    public async Task<List<RecordRow>> LearnAsync(NpgsqlConnection connection, List<RecordRow> rows, CancellationToken cancel)
    {
        foreach (var row in rows)
        {
            if (names.Known(row.Type) is null || names.Known(row.Sender) is null)
            {
                await names.LearnAsync(connection, cancel);
                break;
            }
        }

        return rows;
    }

    private RecordRow? Match(IEnumerable<RecordRow> rows, RecordKey key)
    {
        foreach (var row in rows)
        {
            if (row.Kind != RecordRow.Purged && row.Key(names) == key)
            {
                return row;
            }
        }

        return null;
    }
}
