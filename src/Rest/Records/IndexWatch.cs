using Kangqiao.Kernel;
using Kangqiao.Store;
using Kangqiao.Store.Reindexing;

namespace Kangqiao.Rest.Records;

/// <summary>
/// Whether the index is being written in another form, so that searches may miss records that are there. The store is asked at most every
/// two seconds; who searches meanwhile is told what was seen last.
/// </summary>
internal sealed class IndexWatch(IRecordStore store, string form, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private Task<Problem?> seen = Task.FromResult<Problem?>(null);
    private long askedAt = long.MinValue;

    /// <summary>What a searcher must know; null when the index is whole.</summary>
    public Task<Problem?> WarningAsync()
    {
        var now = time.GetTimestamp();
        var before = Volatile.Read(ref askedAt);
        if ((before == long.MinValue || time.GetElapsedTime(before, now) > Fresh) && Interlocked.CompareExchange(ref askedAt, now, before) == before)
        {
            // Not the caller's to cancel: others wait for the same answer.
            Volatile.Write(ref seen, LookAsync());
        }

        return Volatile.Read(ref seen);
    }

    private async Task<Problem?> LookAsync()
    {
        // A store that cannot say refuses the search itself. One that never wrote its index anew has written it once, in this form.
        return (await Reindex.StateAsync(store, form)).Try(out var state, out _) && state is { Job: not null, IsCurrent: false }
            ? Problems.IndexIncomplete(state.Done, state.Total)
            : null;
    }
}
