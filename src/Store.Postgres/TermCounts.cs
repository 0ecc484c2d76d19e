using System.Collections.Frozen;
using System.Threading.Channels;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Terms;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>
/// Stored counts: how many records have a common term, kept in the transactions that change it, so that a total of millions costs
/// a look at a few rows. Each writer keeps rows of its own, so none waits for another. Which terms are counted is found by
/// what is written (<c>TermCensus</c>) and by counts that were large; what there was before is counted once, on a snapshot behind
/// which every transaction says its changes.
/// </summary>
internal sealed class TermCounts : IAsyncDisposable
{
    /// <summary>A count that finds fewer is quick as it is.</summary>
    private const long Many = 10_000;

    /// <summary>Beyond so many terms none is added.</summary>
    private const int Most = 4_096;

    private const int MostAtOnce = 512;
    private static readonly TimeSpan BetweenTurns = TimeSpan.FromSeconds(2);

    /// <summary>By it a transaction learns, behind the gate, whether it knows all terms that are counted.</summary>
    public const string Version = "SELECT value::bigint AS counted FROM store.setting WHERE name = 'counted'";

    private const string All = "SELECT term, is_ready FROM store.counted";

    // One statement, so one snapshot: what a writer moves from its changes to its hits is seen here or there.
    private const string Stored = """
        SELECT coalesce((SELECT sum(n) FROM store.hits WHERE term = $1), 0)::bigint
          + coalesce((SELECT sum(changes[array_position(terms, $1)]) FROM store.hits_change), 0)::bigint
        FROM store.counted WHERE term = $1 AND is_ready
        """;

    private const string Count = "SELECT count(*) FROM store.record WHERE x @> ARRAY[$1]";
    private const string AddBefore = "INSERT INTO store.hits AS h (w, term, n) VALUES (-1, $1, $2) ON CONFLICT (term, w) DO UPDATE SET n = h.n + $2";

    private readonly Connections connections;
    private readonly CancellationTokenSource end = new();
    private readonly Channel<long> wanted = Channel.CreateBounded<long>(
        new BoundedChannelOptions(4 * MostAtOnce) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Task loop;
    private volatile Known known = new(-1, FrozenSet<long>.Empty, FrozenSet<long>.Empty);

    public TermCounts(Connections connections)
    {
        this.connections = connections;
        loop = Task.Run(WorkAsync);
    }

    /// <summary>The terms that are counted since a version, which a transaction has read behind the gate: it has to say how it changes them.</summary>
    public async Task<FrozenSet<long>> LearnAsync(NpgsqlConnection connection, long version, CancellationToken cancel)
    {
        if (known is { } now && now.Version == version)
        {
            return now.Terms;
        }

        var all = await connection.Command(All).RowsAsync(row => (Term: row.GetInt64(0), IsReady: row.GetBoolean(1)), cancel);
        var learnt = new Known(version, all.Select(one => one.Term).ToFrozenSet(), all.Where(one => one.IsReady).Select(one => one.Term).ToFrozenSet());
        known = learnt;
        return learnt.Terms;
    }

    /// <summary>The stored count of a term; null where there is none.</summary>
    public async Task<long?> OfAsync(NpgsqlConnection connection, string term, CancellationToken cancel)
    {
        if (!WholeTerms.IsOne(term) || !known.Ready.Contains(TermColumns.HashOf(term)))
        {
            return null;
        }

        var found = await connection.Command(Stored).With(TermColumns.HashOf(term)).RowsAsync(row => row.GetInt64(0), cancel);
        return found is [var count] ? count : null;
    }

    /// <summary>A count was made; if it was large, it will be stored.</summary>
    public void Counted(string term, long hits)
    {
        if (hits >= Many && WholeTerms.IsOne(term))
        {
            Want(TermColumns.HashOf(term));
        }
    }

    public void Want(long hash)
    {
        if (!known.Ready.Contains(hash))
        {
            wanted.Writer.TryWrite(hash);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await loop;
        end.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await connections.UseAsync<bool>(
                async (connection, token) =>
                {
                    await LearnAsync(connection, token);
                    return true;
                },
                null, end.Token);
            while (await wanted.Reader.WaitToReadAsync(end.Token))
            {
                var hashes = new HashSet<long>();
                while (hashes.Count < MostAtOnce && wanted.Reader.TryRead(out var hash))
                {
                    hashes.Add(hash);
                }

                hashes.ExceptWith(known.Ready);
                if (hashes.Count > 0 && known.Terms.Count < Most)
                {
                    await BeginAsync([.. hashes]);
                }

                await Task.Delay(BetweenTurns, end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The store is closing; what was begun and not finished is finished by whoever wants that term next.
        }
    }

    /// <summary>Counts these terms from now on. What goes wrong leaves them uncounted, or begun and not ready, which harms nothing.</summary>
    private async Task BeginAsync(long[] hashes)
    {
        try
        {
            await using var gate = await connections.OpenAsync(end.Token);
            await using var reader = await connections.OpenAsync(end.Token);
            await gate.Command("SELECT pg_advisory_lock($1, 2)").With(Locks.Small).RunAsync(end.Token);
            try
            {
                await SnapshotAsync(gate, reader, hashes);
                await CountAsync(gate, reader, hashes);
            }
            finally
            {
                await gate.RunAsync("ROLLBACK; SELECT pg_advisory_unlock_all()", CancellationToken.None);
                await reader.RunAsync("ROLLBACK", CancellationToken.None);
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException or IOException)
        {
            // The server is away or busy: counts are made when they are asked, as before.
        }
    }

    /// <summary>
    /// The terms begin to be counted while no transaction writes, and the snapshot is taken before the next one does: all that it does
    /// not show is told by those who did it.
    /// </summary>
    private async Task SnapshotAsync(NpgsqlConnection gate, NpgsqlConnection reader, long[] hashes)
    {
        await gate.Command("SELECT pg_advisory_lock($1, 0)").With(Locks.Gate).RunAsync(end.Token);
        try
        {
            await gate.RunAsync("BEGIN", end.Token);
            await gate.Command("INSERT INTO store.counted (term, is_ready) SELECT h, FALSE FROM unnest($1::bigint[]) AS h ON CONFLICT DO NOTHING").With(hashes).RunAsync(end.Token);
            await NextVersionAsync(gate);
            await gate.RunAsync("COMMIT", end.Token);
            await reader.RunAsync("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", end.Token);
            await reader.RunAsync("SELECT 1 FROM store.counted LIMIT 1", end.Token);
        }
        finally
        {
            await gate.Command("SELECT pg_advisory_unlock($1, 0)").With(Locks.Gate).RunAsync(CancellationToken.None);
        }
    }

    private async Task CountAsync(NpgsqlConnection gate, NpgsqlConnection reader, long[] hashes)
    {
        var ready = (await reader.Command("SELECT term FROM store.counted WHERE is_ready").RowsAsync(row => row.GetInt64(0), end.Token)).ToHashSet();
        var counts = new List<(long Term, long Before)>();
        foreach (var term in hashes.Where(term => !ready.Contains(term)))
        {
            // Less what is told of it already: an attempt that was cut off may have begun earlier.
            await using var all = reader.Command(Count).With(term);
            await using var told = reader.Command(Stored.Replace("AND is_ready", "", StringComparison.Ordinal)).With(term);
            counts.Add((term, (long)(await all.ExecuteScalarAsync(end.Token))! - (long)(await told.ExecuteScalarAsync(end.Token))!));
        }

        await reader.RunAsync("COMMIT", end.Token);
        await gate.RunAsync("BEGIN", end.Token);
        foreach (var (term, before) in counts)
        {
            await gate.Command(AddBefore).With(term).With(before).RunAsync(end.Token);
        }

        await gate.Command("UPDATE store.counted SET is_ready = TRUE WHERE term = ANY($1)").With(counts.ConvertAll(one => one.Term).ToArray()).RunAsync(end.Token);
        await NextVersionAsync(gate);
        await gate.RunAsync("COMMIT", end.Token);
        await LearnAsync(gate, end.Token);
    }

    private Task NextVersionAsync(NpgsqlConnection connection) =>
        connection.RunAsync("UPDATE store.setting SET value = (value::bigint + 1)::text WHERE name = 'counted'", end.Token);

    /// <summary>As far as a reader needs to know: a writer learns behind the gate.</summary>
    private async Task LearnAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var version = connection.Command(Version);
        await LearnAsync(connection, (long)(await version.ExecuteScalarAsync(cancel))!, cancel);
    }

    private sealed record Known(long Version, FrozenSet<long> Terms, FrozenSet<long> Ready);
}
