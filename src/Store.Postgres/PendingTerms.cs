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
    private const int EnoughRecords = 4_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource end = new();
    private readonly Connections connections;
    private readonly Task loop;
    private int waiting;

    public PendingTerms(Connections connections)
    {
        this.connections = connections;
        loop = Task.Run(WorkAsync);
    }

    public void Written(int records) => Interlocked.Add(ref waiting, records);

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await loop;
        end.Dispose();
    }

    private async Task WorkAsync()
    {
        var before = 0;
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(Pause, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = Volatile.Read(ref waiting);
            // Either there is much, or nobody writes any more.
            if (now > 0 && (now >= EnoughRecords || now == before))
            {
                await MoveAsync();
                Interlocked.Add(ref waiting, -now);
                now = 0;
            }

            before = now;
        }
    }

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
