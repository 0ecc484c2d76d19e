using System.Threading.Channels;
using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>
/// Word of commits between the processes on one database, by LISTEN and NOTIFY. Word is sent beside the transactions, at most
/// so often, because NOTIFY inside one would make all commits wait for each other (src/backend/commands/async.c,
/// PreCommit_Notify). It only wakes: who waits looks at the database, and looks by itself now and then.
/// </summary>
internal sealed class News : IAsyncDisposable
{
    private static readonly TimeSpan BetweenWords = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(1);

    private readonly Connections connections;
    private readonly Channel<bool> outgoing = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource end = new();
    private readonly Task[] loops;
    private TaskCompletionSource signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public News(Connections connections)
    {
        this.connections = connections;
        loops = [Task.Run(SendAsync), Task.Run(ListenAsync)];
    }

    /// <summary>Completes at the next word; take it before looking.</summary>
    public Task Next => Volatile.Read(ref signal).Task;

    /// <summary>This process has committed something.</summary>
    public void Tell()
    {
        Wake();
        outgoing.Writer.TryWrite(true);
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await Task.WhenAll(loops);
        Wake();
        end.Dispose();
    }

    private void Wake() =>
        Interlocked.Exchange(ref signal, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private Task SendAsync() => RepeatAsync(async () =>
    {
        await outgoing.Reader.ReadAsync(end.Token);
        await using (var connection = await connections.OpenAsync(end.Token))
        {
            await connection.RunAsync("NOTIFY kangqiao_store", end.Token);
        }

        await Task.Delay(BetweenWords, end.Token);
    });

    private Task ListenAsync() => RepeatAsync(async () =>
    {
        await using var connection = await connections.OpenAsync(end.Token);
        connection.Notification += (_, _) => Wake();
        await connection.RunAsync("LISTEN kangqiao_store", end.Token);
        Wake();
        try
        {
            while (true)
            {
                await connection.WaitAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            await connection.RunAsync("UNLISTEN *", CancellationToken.None);
            throw;
        }
    });

    private async Task RepeatAsync(Func<Task> work)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                await work();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or ObjectDisposedException)
            {
                // The server is away: whoever waits looks by itself meanwhile.
                await Task.Delay(BeforeNextTry, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
