using Kangqiao.Kernel;
using Kangqiao.Store.Feed;

namespace Kangqiao.Store.Sqlite;

/// <summary>
/// The change feed of one partition. One writer gives sequences in the order of commits, so what is committed has no gap
/// that could still be filled.
/// </summary>
internal sealed class SqliteFeed(SqliteRecordStore store) : IChangeFeed
{
    private const int LongestName = 200;
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long end;
    private volatile bool isClosed;

    public ValueTask<Outcome<ChangePage>> ReadAsync(ChangeCursor after, int limit, CancellationToken cancel = default) =>
        StoreLimits.IsPage(limit)
            ? store.Read(
                (after, limit),
                static (reader, ask) =>
                {
                    var changes = reader.Tables.Changes(ask.after[0], ask.limit);
                    return (Outcome<ChangePage>)new ChangePage(changes, changes.Count == 0 ? ask.after : new(changes[^1].Sequence));
                },
                null, cancel)
            : new(Problems.BadLimit(StoreLimits.MostInPage));

    public ValueTask<Outcome<ChangeCursor>> EndAsync(CancellationToken cancel = default) =>
        store.Read(0, static (reader, _) => (Outcome<ChangeCursor>)new ChangeCursor(reader.Records.Last()), null, cancel);

    public async Task WaitAsync(ChangeCursor after, CancellationToken cancel = default)
    {
        // The signal is taken before the look, so a commit between the two is not slept through.
        var signal = Volatile.Read(ref news);
        if (Volatile.Read(ref end) <= after[0] && !isClosed)
        {
            await signal.Task.WaitAsync(cancel);
        }
    }

    public int PartitionOf(long sequence) => 0;

    public ValueTask<Outcome<ChangeCursor>> PositionAsync(string follower, CancellationToken cancel = default) =>
        store.Read(follower, static (reader, follower) => reader.Tables.Position(follower), null, cancel);

    public ValueTask<Outcome<ChangeCursor>> MoveAsync(string follower, ChangeCursor from, ChangeCursor to, CancellationToken cancel = default) =>
        follower.Length is 0 or > LongestName
            ? new(Problems.BadName("A follower's name"))
            : store.CallAsync(
                session =>
                {
                    var at = session.Tables.Position(follower);
                    if (at.Problem is not null)
                    {
                        return at;
                    }

                    if (at.Value != from)
                    {
                        return Problems.CursorMoved(follower);
                    }

                    session.MoveFollower(follower, to);
                    return to;
                },
                cancel);

    /// <summary>Wakes whoever waits.</summary>
    public void Committed(long sequence)
    {
        if (Volatile.Read(ref end) == sequence)
        {
            return;
        }

        Volatile.Write(ref end, sequence);
        Interlocked.Exchange(ref news, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    public void Close()
    {
        isClosed = true;
        Volatile.Read(ref news).TrySetResult();
    }
}
