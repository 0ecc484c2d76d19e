using Kangqiao.Kernel;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Postgres.Reading;
using Npgsql;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>
/// One of the loops that write. It takes whatever waits, up to a bound, does it in one transaction and answers all when that
/// is on disk: the more callers wait, the more share one flush. Who is beaten to a record by another writer does it again.
/// </summary>
/// <param name="committed">Told how many operations each group held; the next group waits for its answer.</param>
internal sealed class Writer(Connections connections, RequestQueue queue, RecordReader reader, TermCounts? counts, bool isSpread, TimeProvider time, Func<int, Task> committed)
    : IAsyncDisposable
{
    /// <summary>Two writers on one record rarely meet twice; this many times only under a siege.</summary>
    private const int MostTries = 30;

    private readonly List<RequestItem> group = [];
    private WriteSession? session;
    private int written;

    /// <summary>Connects and takes a number; then <see cref="RunAsync"/>.</summary>
    public async Task ConnectAsync(CancellationToken cancel)
    {
        var connection = await connections.OpenAsync(cancel);
        try
        {
            session = new(connection, await Claim.TakeAsync(connection, isSpread, cancel), reader.Names, reader, counts, isSpread, time);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes until the queue is closed and empty.</summary>
    public async Task RunAsync()
    {
        while (await queue.TakeAsync(group))
        {
            await WriteAsync();
            await committed(written);
            written = 0;
        }

        await ForgetAsync();
    }

    /// <summary>Gives its number back.</summary>
    public ValueTask DisposeAsync() => new(ForgetAsync());

    private async Task WriteAsync()
    {
        if (await TryAsync(group) is not { } problem)
        {
            return;
        }

        // Without the server none of them can be written: each is told, and may come again.
        if (group.Count == 1 || session is null)
        {
            group.ForEach(item => item.Fail(problem));
            return;
        }

        // Something unforeseen in one of them: each alone, so that only the one at fault pays.
        foreach (var item in group)
        {
            if (await TryAsync([item]) is { } own)
            {
                item.Fail(own);
            }
        }
    }

    /// <summary>Null when all is durable and answered.</summary>
    private async Task<Problem?> TryAsync(List<RequestItem> items)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (session is null)
                {
                    await ConnectAsync(CancellationToken.None);
                }

                await session!.WriteAsync(items, CancellationToken.None);
                break;
            }
            catch (Exception failure)
            {
                // The writer's loop is an edge: no request may end it for all.
                var isUndone = session?.IsCommitting != true;
                await RecoverAsync();
                if (isUndone && attempt < MostTries && (failure is LostRace || Failure.IsConflict(failure)))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 * attempt)));
                    continue;
                }

                // A connection that died while it stood idle is worth one new one; a server that is gone is not waited for.
                if (isUndone && attempt == 1 && Failure.IsLost(failure))
                {
                    continue;
                }

                return failure switch
                {
                    RequestFault fault => fault.Problem,
                    LostRace => Problems.Busy(),
                    _ when Failure.IsConflict(failure) => Problems.Busy(),
                    _ => Failure.AsProblem(failure),
                };
            }
        }

        foreach (var item in items)
        {
            written += item.Operations;
            item.Complete();
        }

        return null;
    }

    /// <summary>Brings the session back to where a transaction can begin, or lets it go.</summary>
    private async Task RecoverAsync()
    {
        try
        {
            if (session is { IsBroken: false } whole)
            {
                await whole.RollbackAsync();
                return;
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or InvalidOperationException)
        {
            // It is lost after all.
        }

        await ForgetAsync();
    }

    private async Task ForgetAsync()
    {
        if (session is { } old)
        {
            session = null;
            try
            {
                await old.DisposeAsync();
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or InvalidOperationException)
            {
                // A connection that cannot even be closed is closed.
            }
        }
    }
}
