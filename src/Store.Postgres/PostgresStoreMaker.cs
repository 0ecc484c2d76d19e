using Kangqiao.Kernel;
using Kangqiao.Store.Migrations;
using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>Opens the record store of a PostgreSQL database. Any number of processes may have it open.</summary>
public sealed class PostgresStoreMaker(PostgresStoreOptions options, TimeProvider time) : IStoreMaker
{
    private static readonly IReadOnlyList<Migration> Known = Migration.Embedded(typeof(PostgresStoreMaker).Assembly, "postgres");

    /// <summary>Tables in which something of a record stands.</summary>
    private static readonly string[] Traces = ["store.record", "store.version", "store.body", "store.identity"];

    public async ValueTask<Outcome<IRecordStore>> OpenAsync(CancellationToken cancel = default)
    {
        var connections = new Connections(options.Connection);
        try
        {
            var form = await MigrateAsync(connections, options.Places, cancel);
            if (form.Problem is { } refused)
            {
                await connections.DisposeAsync();
                return refused;
            }

            return await PostgresRecordStore.OpenAsync(options, form.Value, connections, time, cancel);
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException)
        {
            await connections.DisposeAsync();
            return Failure.AsProblem(failure);
        }
    }

    public async ValueTask<Outcome<BackupReport>> BackupAsync(string folder, CancellationToken cancel = default)
    {
        await using var connections = new Connections(options.Connection);
        try
        {
            var form = await MigrateAsync(connections, options.Places, cancel);
            return form.Problem is { } refused
                ? refused
                : await connections.InSnapshotAsync((connection, token) => Backup.MakeAsync(connection, form.Value, folder, token), null, cancel);
        }
        catch (NpgsqlException failure)
        {
            return Failure.AsProblem(failure);
        }
    }

    public async ValueTask<Outcome<BackupReport>> RestoreAsync(string folder, CancellationToken cancel = default)
    {
        if (!Backup.Read(folder, cancel).Try(out var manifest, out var unusable))
        {
            return unusable;
        }

        await using var connections = new Connections(options.Connection);
        try
        {
            var form = await MigrateAsync(connections, manifest.Places, cancel);
            return form.Problem is { } refused
                ? refused
                : await connections.InTransactionAsync((connection, token) => Backup.RestoreAsync(connection, form.Value, folder, manifest, token), cancel);
        }
        catch (NpgsqlException failure)
        {
            return Failure.AsProblem(failure);
        }
    }

    /// <summary>
    /// Writes the tables of records and their indexes anew, so that their files hold nothing of what was purged, deleted terms
    /// included. Nobody reads or writes records meanwhile, and it needs as much free space as they take. What remains then is
    /// what was kept elsewhere: write-ahead log until PostgreSQL has used its files again, its archive, and backups.
    /// </summary>
    public async ValueTask<Outcome<int>> EraseTracesAsync(CancellationToken cancel = default)
    {
        await using var connections = new Connections(options.Connection);
        try
        {
            await using var connection = await connections.OpenAsync(cancel);
            foreach (var table in Traces)
            {
                await using var rewrite = connection.Command($"VACUUM (FULL) {table}");
                rewrite.CommandTimeout = 0;
                await rewrite.ExecuteNonQueryAsync(cancel);
            }

            return Traces.Length;
        }
        catch (NpgsqlException failure)
        {
            cancel.ThrowIfCancellationRequested();
            return Failure.AsProblem(failure);
        }
    }

    private async Task<Outcome<Form>> MigrateAsync(Connections connections, int? places, CancellationToken cancel)
    {
        await using var connection = await connections.OpenAsync(cancel);
        var migrated = await Schema.MigrateAsync(connection, Known, places, time, cancel);
        return migrated.Try(out var form, out var refused) && places is { } asked && asked != form.Places
            ? Problems.OtherPlaces(form.Places, asked)
            : refused is null ? form : refused;
    }
}
