using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>
/// Moves new terms from the index's pending list into the index proper, beside the writers, so that no commit has to do it
/// and no search reads a long list (postgresql.org/docs/15/gin-implementation.html#GIN-FAST-UPDATE). Where records are spread
/// over servers, each server's autovacuum does it.
/// </summary>
internal sealed class PendingTerms : IAsyncDisposable
{
    private const int EnoughRecords = 2_000;

    // A writer waits for one move at most, and a move takes as long as the list is: some 17,000 records a second on two cores.
    private const int TooManyRecords = 8_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource end = new();
    private readonly SemaphoreSlim enough = new(0);
    private readonly Connections connections;
    private readonly Task loop;
    private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // What a former process left is unknown, so there is always something at first.
    private int waiting = 1;

    public PendingTerms(Connections connections)
    {
        this.connections = connections;
        loop = Task.Run(WorkAsync);
    }

    /// <summary>A writer has committed so many.</summary>
    public void Written(int records)
    {
        var before = Interlocked.Add(ref waiting, records) - records;
        if (before < EnoughRecords && before + records >= EnoughRecords)
        {
            enough.Release();
        }
    }

    /// <summary>
    /// Before the next transaction: completes at once, or when the list is short again. Writers outrun the index when they are
    /// many; waiting for a short move now and then is better than a search that reads a list of a million terms.
    /// </summary>
    public Task RoomAsync()
    {
        var next = Volatile.Read(ref moved).Task;
        return Volatile.Read(ref waiting) < TooManyRecords ? Task.CompletedTask : next;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await loop;
        Moved();
        end.Dispose();
        enough.Dispose();
    }

    private async Task WorkAsync()
    {
        var before = 0;
        while (!end.IsCancellationRequested)
        {
            var now = Volatile.Read(ref waiting);
            // Either there is much, or nobody writes any more.
            if (now >= EnoughRecords || (now > 0 && now == before))
            {
                await MoveAsync();
                Interlocked.Add(ref waiting, -now);
                Moved();
                continue;
            }

            before = now;
            await ((Task)enough.WaitAsync(Pause, end.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Moved() => Interlocked.Exchange(ref moved, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private async Task MoveAsync()
    {
        try
        {
            await using var connection = await connections.OpenAsync(end.Token);
            await connection.RunAsync("SELECT gin_clean_pending_list('store.record_terms'::regclass)", end.Token);
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // A writer does it at 32 MB, or autovacuum does.
        }
    }
}
