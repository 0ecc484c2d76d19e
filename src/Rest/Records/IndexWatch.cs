using Kangqiao.Kernel;
using Kangqiao.Store;
using Kangqiao.Store.Reindexing;

namespace Kangqiao.Rest.Records;

/// <summary>
/// Whether the index is being written in another form, so that searches may miss records that are there. The store is asked at most every
/// two seconds; who searches meanwhile is told what was seen last.
/// </summary>
internal sealed class IndexWatch
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly IRecordStore store;
    private readonly string form;
    private readonly TimeProvider time;
    private Task<Problem?> seen;
    private long askedAt;
    private bool? wasEmpty;
    private string? ofNothing;

    /// <param name="form">The form of terms that this program writes.</param>
    public IndexWatch(IRecordStore store, string form, TimeProvider time)
    {
        this.store = store;
        this.form = form;
        this.time = time;
        askedAt = time.GetTimestamp();
        seen = LookAsync();
    }

    /// <summary>What a searcher must know; null when the index is whole.</summary>
    public Task<Problem?> WarningAsync()
    {
        var now = time.GetTimestamp();
        var before = Volatile.Read(ref askedAt);
        if (time.GetElapsedTime(before, now) > Fresh && Volatile.Read(ref seen).IsCompleted && Interlocked.CompareExchange(ref askedAt, now, before) == before)
        {
            // Not the caller's to cancel: others wait for the same answer.
            Volatile.Write(ref seen, LookAsync());
        }

        return Volatile.Read(ref seen);
    }

    private async Task<Problem?> LookAsync()
    {
        // What a new store gets at its first start has nothing to do: all that comes later comes in this form.
        if (wasEmpty is null && (await store.StatisticsAsync()).Try(out var statistics, out _))
        {
            wasEmpty = statistics.Types.All(type => type.Live == 0);
        }

        // A store that cannot say refuses the search itself.
        if (!(await Reindex.StateAsync(store, form)).Try(out var state, out _) || state is not { Job: { } job, IsCurrent: false })
        {
            return null;
        }

        return wasEmpty == true && (ofNothing ??= job) == job ? null : Problems.IndexIncomplete(state.Done, state.Total);
    }
}
