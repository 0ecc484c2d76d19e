using System.Globalization;
using Kangqiao.Kernel;
using Kangqiao.Store.Migrations;
using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>Brings a database to this program's form, each step in a transaction with its record of having been taken.</summary>
internal static class Schema
{
    private const int SpreadPlaces = 64;
    private const int MostPlaces = 4_096;

    /// <summary>Tables of records go by place and lie together; those that are found by a hash alone go by it.</summary>
    private static readonly (string Table, string Column, string With, int? Shards)[] Distributed =
    [
        ("store.record", "place", "none", null),
        ("store.version", "place", "store.record", null),
        ("store.body", "place", "store.record", null),
        ("store.identity", "high", "none", null),
        ("store.locator", "h", "none", null),

        // One shard, so that a page of the feed sees what all writers have told in one snapshot.
        ("store.span", "w", "none", 1),
        ("store.tally", "w", "none", null),
        ("store.chunk", "w", "store.tally", null),
        ("store.hits", "w", "store.tally", null),
        ("store.hits_change", "w", "store.tally", null),
    ];

    /// <summary>Small, and read beside everything: whole on every server.</summary>
    private static readonly string[] Everywhere =
        ["store.setting", "store.name", "store.writer", "store.follower", "store.parameter", "store.job", "store.outbox", "store.outbox_message", "store.counted"];

    /// <param name="places">For a new database; null for what suits the server.</param>
    public static async Task<Outcome<Form>> MigrateAsync(
        NpgsqlConnection connection, IReadOnlyList<Migration> known, int? places, TimeProvider time, CancellationToken cancel)
    {
        // Two processes that start at once: the second waits, and finds it done.
        await connection.Command("SELECT pg_advisory_lock($1, 1)").With(Locks.Small).RunAsync(cancel);
        try
        {
            await connection.RunAsync("SET client_min_messages = warning", cancel);
            await connection.RunAsync("CREATE SCHEMA IF NOT EXISTS store", cancel);
            await connection.RunAsync(
                "CREATE TABLE IF NOT EXISTS store.migration (number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, at bigint NOT NULL)", cancel);
            var applied = await connection.Command("SELECT number, name, checksum FROM store.migration ORDER BY number")
                .RowsAsync(row => new AppliedMigration(row.GetInt32(0), row.GetString(1), row.GetString(2)), cancel, isPrepared: false);
            if (!MigrationPlan.Decide(known, applied).Try(out var missing, out var refused))
            {
                return refused;
            }

            foreach (var step in missing)
            {
                await connection.RunAsync("BEGIN", cancel);
                await connection.RunAsync(step.Sql, cancel);
                await connection.Command("INSERT INTO store.migration (number, name, checksum, at) VALUES ($1, $2, $3, $4)")
                    .With(step.Number).WithText(step.Name).WithText(step.Checksum).With(time.GetUtcNow().ToUnixTimeMilliseconds()).RunAsync(cancel);
                await connection.RunAsync("COMMIT", cancel);
            }

            return await FormAsync(connection, places, cancel);
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await connection.RunAsync("ROLLBACK", CancellationToken.None);
                await connection.Command("SELECT pg_advisory_unlock($1, 1)").With(Locks.Small).RunAsync(CancellationToken.None);
            }
        }
    }

    private static async Task<Form> FormAsync(NpgsqlConnection connection, int? places, CancellationToken cancel)
    {
        await using var extension = connection.Command("SELECT count(*) FROM pg_extension WHERE extname = 'citus'");
        var hasCitus = (long)(await extension.ExecuteScalarAsync(cancel))! > 0;
        var wanted = Math.Clamp(places ?? (hasCitus ? SpreadPlaces : 1), 1, MostPlaces);
        await connection.Command("INSERT INTO store.setting (name, value) VALUES ('places', $1) ON CONFLICT (name) DO NOTHING")
            .WithText(wanted.ToString(CultureInfo.InvariantCulture)).RunAsync(cancel);
        await using var setting = connection.Command("SELECT value FROM store.setting WHERE name = 'places'");
        var form = new Form(int.Parse((string)(await setting.ExecuteScalarAsync(cancel))!, CultureInfo.InvariantCulture), hasCitus);

        // A gathered database stays on the coordinator: its one place would be one shard anyway.
        if (hasCitus && form.IsSpread)
        {
            await DistributeAsync(connection, cancel);
            return form;
        }

        return form with { IsDistributed = false };
    }

    /// <summary>docs.citusdata.com, Citus Utility Functions. Tables that hold rows already are moved by the same calls.</summary>
    private static async Task DistributeAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var done = (await connection.Command("SELECT logicalrelid::regclass::text FROM pg_dist_partition")
            .RowsAsync(row => row.GetString(0), cancel, isPrepared: false)).ToHashSet(StringComparer.Ordinal);
        foreach (var table in Everywhere.Where(table => !done.Contains(table)))
        {
            await connection.Command("SELECT create_reference_table($1::regclass)").WithText(table).RunAsync(cancel);
        }

        foreach (var (table, column, with, shards) in Distributed.Where(table => !done.Contains(table.Table)))
        {
            // A table that lies with another has as many shards as that one.
            var count = shards is null ? "" : string.Create(CultureInfo.InvariantCulture, $", shard_count => {shards}");
            await connection.Command($"SELECT create_distributed_table($1::regclass, $2, colocate_with => $3{count})")
                .WithText(table).WithText(column).WithText(with).RunAsync(cancel);
        }
    }
}
