using Kangqiao.Store.Bodies;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Postgres.Reading;
using Npgsql;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>
/// Takes every version of a record and its bodies out of the tables. PostgreSQL keeps the dead rows until it vacuums; the
/// write-ahead log and older backups keep them as long as they are kept.
/// </summary>
internal static class Purge
{
    /// <summary>How many versions there were.</summary>
    public static async Task<int> RunAsync(NpgsqlConnection connection, RecordReader reader, RecordRow record, CancellationToken cancel)
    {
        var versions = await reader.ChainAsync(connection, record, 0, long.MaxValue, int.MaxValue, cancel);
        await connection.Command("DELETE FROM store.version WHERE number = $1 AND place = $2 AND kind <> 3")
            .With(record.Number).With(record.Place).RunAsync(cancel);
        foreach (var group in versions.Where(version => version.Group != 0).GroupBy(version => version.Group).OrderBy(group => group.Key))
        {
            await BlankAsync(connection, group.Key, record.Place, [.. group.Select(version => version.Slot)], cancel);
        }

        return versions.Count;
    }

    /// <summary>Empties slots for good; the places of their neighbours stay.</summary>
    private static async Task BlankAsync(NpgsqlConnection connection, long group, short place, short[] slots, CancellationToken cancel)
    {
        // Locked, because another writer may be purging a neighbour.
        var packed = await connection.Command("SELECT data FROM store.body WHERE g = $1 AND place = $2 FOR UPDATE").With(group).With(place)
            .RowsAsync(row => row.GetFieldValue<byte[]>(0), cancel);
        if (packed is not [var bytes])
        {
            throw new LostRace();
        }

        var bodies = BodyGroup.Unpack(bytes);
        foreach (var slot in slots)
        {
            bodies[slot] = default;
        }

        await (Array.TrueForAll(bodies, body => body.Length == 0)
            ? connection.Command("DELETE FROM store.body WHERE g = $1 AND place = $2").With(group).With(place)
            : connection.Command("UPDATE store.body SET data = $3 WHERE g = $1 AND place = $2").With(group).With(place).With(BodyGroup.Pack(bodies)))
            .RunAsync(cancel);
    }
}
