using Kangqiao.Kernel;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>What waits for the writers, bounded by its bytes. A writer takes as much as makes one good transaction.</summary>
internal sealed class RequestQueue(long mostBytes) : IDisposable
{
    private const int MostOperationsInGroup = 3_000;
    private const long MostBytesInGroup = 16 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<RequestItem> waiting = new();
    private readonly SemaphoreSlim arrived = new(0);
    private long bytes;
    private bool isClosing;

    /// <summary>Null when it was taken; else why not, at once.</summary>
    public Problem? Add(RequestItem item)
    {
        lock (gate)
        {
            if (isClosing)
            {
                return Problems.Closed();
            }

            // A request larger than the bound is let in when nothing else waits, or it could never be written.
            if (bytes > 0 && bytes + item.Weight > mostBytes)
            {
                return Problems.Busy();
            }

            bytes += item.Weight;
            waiting.Enqueue(item);
        }

        arrived.Release();
        return null;
    }

    /// <summary>Waits for work. False when there is none and there will be none.</summary>
    public async Task<bool> TakeAsync(List<RequestItem> into)
    {
        into.Clear();
        while (true)
        {
            await arrived.WaitAsync();
            lock (gate)
            {
                var (operations, taken) = (0, 0L);
                while (waiting.TryPeek(out var item)
                    && (into.Count == 0 || (operations + item.Operations <= MostOperationsInGroup && taken + item.Weight <= MostBytesInGroup)))
                {
                    into.Add(waiting.Dequeue());
                    operations += item.Operations;
                    taken += item.Weight;
                    if (into.Count > 1)
                    {
                        // Each item has brought a permit of its own; the first one's was taken above.
                        _ = arrived.Wait(0, CancellationToken.None);
                    }
                }

                bytes -= taken;
                if (into.Count > 0)
                {
                    return true;
                }

                if (isClosing)
                {
                    arrived.Release();
                    return false;
                }
            }
        }
    }

    /// <summary>Nothing more is taken in; what waits is still written.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosing = true;
        }

        arrived.Release();
    }

    public void Dispose() => arrived.Dispose();
}
