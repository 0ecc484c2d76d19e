using Kangqiao.Kernel;
using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite.Writing;

/// <summary>
/// The one thread that writes. It takes whatever waits, up to a bound, does it in one transaction and answers all when that
/// is on disk: the more callers wait, the more share one flush.
/// </summary>
internal sealed class Writer : IDisposable
{
    private const int MostOperationsInGroup = 3_000;
    private const long MostBytesInGroup = 16 * 1024 * 1024;
    private const long PagesBeforeCheckpoint = 8_000;
    private static readonly TimeSpan QuietBeforeTidying = TimeSpan.FromMilliseconds(500);

    private readonly Lock gate = new();
    private readonly Queue<WriterItem> waiting = new();
    private readonly SemaphoreSlim arrived = new(0);
    private readonly List<WriterItem> group = [];
    private readonly WriteSession session;
    private readonly Checkpointer checkpointer;
    private readonly Action<long> committed;
    private readonly long mostWaitingBytes;
    private readonly Thread thread;
    private long waitingBytes;
    private long pages;
    private bool isClosing;
    private bool hasErasingFailed;
    private bool isTidying;

    /// <param name="committed">Told the last sequence after each commit.</param>
    /// <param name="purged">Told when a purge is committed.</param>
    public Writer(
        Database database, Checkpointer checkpointer, SqliteStoreOptions options, TimeProvider time, Action<long> committed, Action purged)
    {
        this.checkpointer = checkpointer;
        this.committed = committed;
        mostWaitingBytes = options.MostWaitingBytes;
        session = new(database, time, purged);
        thread = new(Work) { IsBackground = true, Name = "store writer" };
        thread.Start();
    }

    /// <summary>Null when it was taken; else why not, at once.</summary>
    public Problem? Add(WriterItem item)
    {
        lock (gate)
        {
            if (isClosing)
            {
                return Problems.Closed();
            }

            // A request larger than the bound is let in when nothing else waits, or it could never be written.
            if (waitingBytes > 0 && waitingBytes + item.Weight > mostWaitingBytes)
            {
                return Problems.Busy();
            }

            waitingBytes += item.Weight;
            waiting.Enqueue(item);
            if (waiting.Count == 1)
            {
                arrived.Release();
            }
        }

        return null;
    }

    /// <summary>Writes what waits, then ends.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (isClosing)
            {
                return;
            }

            isClosing = true;
            arrived.Release();
        }

        thread.Join();
        arrived.Dispose();
    }

    private void Work()
    {
        while (Take())
        {
            if (group.Count == 0)
            {
                UseTheQuiet();
            }
            else
            {
                Write();
            }

            if (pages >= PagesBeforeCheckpoint && checkpointer.IsNearlyDone)
            {
                pages = Finish();
            }
            else if (pages >= PagesBeforeCheckpoint)
            {
                checkpointer.Start();
            }
        }
    }

    /// <summary>Waits for work; comes back without any when there is time to erase or to tidy. False when there is none and there will be none.</summary>
    private bool Take()
    {
        group.Clear();
        var isQuiet = isTidying;
        while (true)
        {
            lock (gate)
            {
                var (operations, bytes) = (0, 0L);
                while (waiting.TryPeek(out var item)
                    && (group.Count == 0 || (operations + item.Operations <= MostOperationsInGroup && bytes + item.Weight <= MostBytesInGroup)))
                {
                    group.Add(waiting.Dequeue());
                    operations += item.Operations;
                    bytes += item.Weight;
                }

                if (group.Count > 0)
                {
                    waitingBytes -= bytes;
                    return true;
                }

                if (isClosing)
                {
                    return false;
                }

                if (session.IsErasingDue && !hasErasingFailed)
                {
                    return true;
                }
            }

            isTidying = false;
            if (!session.IsTidyingDue)
            {
                arrived.Wait();
            }
            else if (!isQuiet)
            {
                // Writes come in bursts; tidying between two of them would only make the second wait.
                isQuiet = !arrived.Wait(QuietBeforeTidying);
            }
            else
            {
                isTidying = true;
                return true;
            }
        }
    }

    private void UseTheQuiet()
    {
        if (session.IsErasingDue && !hasErasingFailed)
        {
            Erase();
        }
        else
        {
            Tidy();
        }
    }

    private void Tidy()
    {
        try
        {
            session.Tidy();
            pages += session.Database.TakePagesWritten();
        }
        catch (SqliteFailure)
        {
            session.Rollback();
            session.StopTidying();
        }
    }

    private void Erase()
    {
        try
        {
            session.Erase();
            pages += session.Database.TakePagesWritten();
        }
        catch (SqliteFailure)
        {
            // A full or failing disk: it stays due, and is taken up again after the next write that works.
            session.Rollback();
            hasErasingFailed = true;
        }
    }

    private void Write()
    {
        if (TryWrite(group) is not { } problem)
        {
            return;
        }

        if (group.Count == 1)
        {
            group[0].Fail(problem);
            return;
        }

        // Something unforeseen in one of them: each alone, so that only the one at fault pays.
        foreach (var item in group)
        {
            if (TryWrite([item]) is { } own)
            {
                item.Fail(own);
            }
        }
    }

    /// <summary>Null when all is durable and answered; else nothing was written.</summary>
    private Problem? TryWrite(List<WriterItem> items)
    {
        try
        {
            session.Begin();
            foreach (var item in items)
            {
                item.Apply(session);
            }

            session.Commit();
        }
        catch (SqliteFailure failure)
        {
            session.Rollback();
            return failure.AsProblem();
        }
        catch (Exception unforeseen)
        {
            // The writer's loop is an edge: one request must not end it for all.
            session.Rollback();
            return Problems.DatabaseFailed(unforeseen.Message);
        }

        hasErasingFailed = false;
        pages += session.Database.TakePagesWritten();
        committed(session.Sequence);
        foreach (var item in items)
        {
            item.Complete();
        }

        return null;
    }

    /// <summary>
    /// Copies what the checkpointer left, a little, while nobody writes: only then can the log start over instead of growing.
    /// </summary>
    private long Finish()
    {
        var isWhole = false;
        try
        {
            var (inLog, copied) = session.Database.Checkpoint();
            isWhole = inLog == copied;
        }
        catch (SqliteFailure)
        {
            // A full or failing disk: the log keeps everything, and this is tried again after more pages.
        }

        checkpointer.Finished();
        return isWhole ? 0 : PagesBeforeCheckpoint / 2;
    }
}
