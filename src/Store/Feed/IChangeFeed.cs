using Kangqiao.Kernel;

namespace Kangqiao.Store.Feed;

/// <summary>
/// How all else hears of news. Ordered per partition, never skipping and never repeating: a page never passes a place that
/// an open transaction may still fill. Purged versions leave gaps.
/// </summary>
public interface IChangeFeed
{
    /// <summary>Changes behind the cursor, oldest first within a partition.</summary>
    /// <param name="limit">At most so many; 1 to 10,000.</param>
    ValueTask<Outcome<ChangePage>> ReadAsync(ChangeCursor after, int limit, CancellationToken cancel = default);

    /// <summary>The end of the feed now.</summary>
    ValueTask<Outcome<ChangeCursor>> EndAsync(CancellationToken cancel = default);

    /// <summary>Returns when there is something behind the cursor. May wake for nothing; never sleeps through news.</summary>
    Task WaitAsync(ChangeCursor after, CancellationToken cancel = default);

    /// <summary>The partition that gave a sequence, so that a version can be compared with a cursor.</summary>
    int PartitionOf(long sequence);

    /// <summary>Where the named follower stands; the start when it never stood anywhere.</summary>
    ValueTask<Outcome<ChangeCursor>> PositionAsync(string follower, CancellationToken cancel = default);

    /// <summary>Moves the named follower durably. A conflict when it no longer stands at <paramref name="from"/>: someone else follows under this name.</summary>
    ValueTask<Outcome<ChangeCursor>> MoveAsync(string follower, ChangeCursor from, ChangeCursor to, CancellationToken cancel = default);
}
