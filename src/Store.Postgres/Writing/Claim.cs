using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>
/// Gives a connection a writer's number for as long as it lives: the lowest that no session holds. Two sessions never write
/// under one number, and what a former holder had open is over, because its lock ended with its transaction.
/// </summary>
internal static class Claim
{
    private const string Try = "SELECT pg_try_advisory_lock($1, $2)";
    private const string Unlock = "SELECT pg_advisory_unlock($1, $2)";
    /// <exception cref="InvalidOperationException">All 128 numbers are taken.</exception>
    public static async Task<Moment.Source> TakeAsync(NpgsqlConnection connection, bool isSpread, CancellationToken cancel)
    {
        // An acknowledged write is on disk, whatever the server's default says; a stricter setting for standbys stays.
        await connection.RunAsync("SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'", cancel);
        for (short writer = 0; writer < Moment.MostWriters; writer++)
        {
            if (!await LockAsync(connection, writer, cancel))
            {
                continue;
            }

            await connection.Command("INSERT INTO store.writer (w) VALUES ($1) ON CONFLICT DO NOTHING").With(writer).RunAsync(cancel);
            if (isSpread)
            {
                await RecoverAsync(connection, writer, cancel);
            }

            // Of all writers, not only this number's: a server whose clock is behind goes on from what it can see.
            await using var last = connection.Command("SELECT coalesce(max(last), 0) FROM store.span");
            return new(writer, (long)(await last.ExecuteScalarAsync(cancel))!);
        }

        throw new InvalidOperationException($"All {Moment.MostWriters} writers' numbers are taken.");
    }

    /// <summary>
    /// Makes known what a dead writer committed and did not come to publish (only where publishing is a step of its own).
    /// </summary>
    public static async Task RecoverDeadAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        await RecoverDeadAsync(connection, await connection.Command("SELECT w FROM store.writer").RowsAsync(row => row.GetInt16(0), cancel), cancel);

    /// <summary>The same, of these writers.</summary>
    public static async Task RecoverDeadAsync(NpgsqlConnection connection, IReadOnlyList<short> writers, CancellationToken cancel)
    {
        foreach (var writer in writers)
        {
            if (await LockAsync(connection, writer, cancel))
            {
                await RecoverAsync(connection, writer, cancel);
                await connection.Command(Unlock).With(Locks.Writer).With((int)writer).RunAsync(cancel);
            }
        }
    }

    private static async Task RecoverAsync(NpgsqlConnection connection, short writer, CancellationToken cancel)
    {
        await using var command = connection.Command("""
            SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM (
              SELECT seq FROM store.version WHERE (seq & 127) = $1 AND seq > $2
              UNION ALL SELECT seq FROM store.record WHERE seq = number AND (seq & 127) = $1 AND number > $2
              UNION ALL SELECT seq FROM store.record WHERE seq <> number AND (seq & 127) = $1 AND seq > $2) s
            """);
        await using var known = connection.Command("SELECT coalesce(max(last), 0) FROM store.span WHERE w = $1").With(writer);
        command.With((long)writer).With((long)(await known.ExecuteScalarAsync(cancel))!);
        var found = await command.RowsAsync(row => (First: row.GetInt64(0), Last: row.GetInt64(1)), cancel, isPrepared: false);
        if (found is [{ Last: > 0 } lost])
        {
            await connection.Command("INSERT INTO store.span (w, first, last) VALUES ($1, $2, $3)")
                .With(writer).With(lost.First).With(lost.Last).RunAsync(cancel);
        }
    }

    private static async Task<bool> LockAsync(NpgsqlConnection connection, short writer, CancellationToken cancel)
    {
        await using var command = connection.Command(Try).With(Locks.Writer).With((int)writer);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }
}
