using Kangqiao.Kernel;
using Npgsql;

namespace Kangqiao.Store.Postgres.Binding;

/// <summary>Connections to one database. A lost one is replaced without a word when nothing was half done.</summary>
internal sealed class Connections : IAsyncDisposable
{
    // Searches have sessions of their own, few: more than these would only wait for the same processors, and each session
    // plans each shape of question once for itself.
    private static readonly int Searches = Math.Max(6, 3 * Environment.ProcessorCount);

    private readonly NpgsqlDataSource source;
    private readonly NpgsqlDataSource searching;
    private readonly SemaphoreSlim room = new(Searches);
    private volatile bool isClosed;

    public Connections(string connection)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "kangqiao", IncludeErrorDetail = false };
        // JIT pays for reports, never for what a record store asks.
        // Each statement has one way that is right, so none is planned twice, and a table is never read from end to end for
        // being small.
        settings.Options = $"{settings.Options} -c jit=off -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c max_parallel_workers_per_gather=0".Trim();
        // A session is given back as it was taken (its transaction over, its locks free), so nothing has to be reset.
        settings.NoResetOnClose = true;
        source = NpgsqlDataSource.Create(settings);

        // Searches have as many statements as they have shapes: a session keeps those used last.
        settings.MaxAutoPrepare = 150;
        settings.AutoPrepareMinUsages = 2;
        settings.MinPoolSize = 0;
        settings.MaxPoolSize = Searches;
        searching = NpgsqlDataSource.Create(settings);
    }

    public bool IsClosed => isClosed;

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancel) => source.OpenConnectionAsync(cancel);

    /// <summary>Does something that may be done twice, within the bound of time.</summary>
    public async ValueTask<Outcome<T>> UseAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<Outcome<T>>> use, TimeSpan? patience, CancellationToken cancel, bool isSearch = false)
    {
        cancel.ThrowIfCancellationRequested();
        if (patience <= TimeSpan.Zero)
        {
            return Problems.TookTooLong();
        }

        using var bound = patience is null ? null : CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bound?.CancelAfter(patience!.Value);
        var token = bound?.Token ?? cancel;
        for (var isSecond = false; ; isSecond = true)
        {
            if (isClosed)
            {
                return Problems.Closed();
            }

            try
            {
                return isSearch ? await SearchAsync(use, token) : await PlainAsync(use, token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return Problems.TookTooLong();
            }
            catch (Exception failure) when (!isSecond && !cancel.IsCancellationRequested && (Failure.IsLost(failure) || Failure.IsConflict(failure)))
            {
                if (Failure.IsLost(failure))
                {
                    // The server was restarted: every pooled connection is as dead as this one.
                    source.Clear();
                    searching.Clear();
                }
            }
            catch (ObjectDisposedException) when (isClosed)
            {
                return Problems.Closed();
            }
            catch (NpgsqlException failure)
            {
                cancel.ThrowIfCancellationRequested();
                return Failure.AsProblem(failure);
            }
        }
    }

    /// <summary>The same, inside a transaction.</summary>
    public ValueTask<Outcome<T>> InTransactionAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<Outcome<T>>> use, CancellationToken cancel, string begin = "BEGIN", TimeSpan? patience = null, bool isSearch = false) =>
        UseAsync(
            async (connection, token) =>
            {
                await connection.RunAsync(begin, token);
                var outcome = await use(connection, token);
                await connection.RunAsync(outcome.IsSuccess ? "COMMIT" : "ROLLBACK", token);
                return outcome;
            },
            patience, cancel, isSearch);

    /// <summary>The same, in one snapshot that nobody's commits change.</summary>
    public ValueTask<Outcome<T>> InSnapshotAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<Outcome<T>>> use, TimeSpan? patience, CancellationToken cancel, bool isSearch = false) =>
        InTransactionAsync(use, cancel, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", patience, isSearch);

    public void Close() => isClosed = true;

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await searching.DisposeAsync();
        room.Dispose();
    }

    private async Task<Outcome<T>> PlainAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<Outcome<T>>> use, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        return await use(connection, cancel);
    }

    private async Task<Outcome<T>> SearchAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<Outcome<T>>> use, CancellationToken cancel)
    {
        await room.WaitAsync(cancel);
        try
        {
            await using var connection = await searching.OpenConnectionAsync(cancel);
            return await use(connection, cancel);
        }
        finally
        {
            room.Release();
        }
    }
}
