using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Reindexing;

/// <summary>
/// Whether a run has seen to every record: counted on the side of the index and on that of the store, which do not know of each
/// other. Others may write meanwhile, so each comparison allows for as many records as the feed says have changed, and no more.
/// </summary>
internal sealed class ReindexAudit(IRecordStore store, TimeProvider time, TimeSpan patience)
{
    private const int Tries = 8;

    /// <summary>Null when all is there.</summary>
    public async ValueTask<Problem?> CheckAsync(ReindexState state, CancellationToken cancel)
    {
        for (var i = 0; ; i++)
        {
            if (!(await CompareAsync(state, cancel)).Try(out var compared, out var problem))
            {
                return problem;
            }

            // A quiet moment allows no difference at all; where there is none, the bound must do.
            if (compared.Wrong is not null || compared.IsQuiet || i == Tries)
            {
                return compared.Wrong;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancel);
        }
    }

    private async ValueTask<Outcome<(Problem? Wrong, bool IsQuiet)>> CompareAsync(ReindexState state, CancellationToken cancel)
    {
        if (!(await store.Changes.EndAsync(cancel)).Try(out var before, out var problem)
            || !(await store.StatisticsAsync(cancel)).Try(out var statistics, out problem))
        {
            return problem;
        }

        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var type in statistics.Types)
        {
            if (!(await store.CountAsync(TermQuery.Is(TypeTerms.TermOf(type.Type)), patience, cancel)).Try(out var count, out problem))
            {
                return problem;
            }

            found[type.Type] = count;
        }

        if (!(await store.Changes.EndAsync(cancel)).Try(out var after, out problem)
            || !(await ChangesAsync(before, after, created: false, cancel)).Try(out var changed, out problem)
            || !(await ChangesAsync(ChangeCursor.Parse(state.Since).Value, after, created: true, cancel)).Try(out var made, out problem))
        {
            return problem;
        }

        foreach (var type in statistics.Types)
        {
            var indexed = found[type.Type];
            if (Math.Abs(indexed - type.Live) > changed.GetValueOrDefault(type.Type))
            {
                return (Problems.IndexIncomplete(type.Type, indexed, type.Live) with { Kind = ProblemKind.Conflict }, true);
            }

            // Who is there now and was not made since the run began was there all along, so the run has met it.
            var seen = state.Seen.GetValueOrDefault(type.Type);
            if (seen < type.Live - made.GetValueOrDefault(type.Type))
            {
                return (Problems.IndexIncomplete(type.Type, seen, type.Live) with { Kind = ProblemKind.Conflict }, true);
            }
        }

        return (null, before == after);
    }

    /// <summary>How many versions, or creations only, the feed tells between two places, by type.</summary>
    private async ValueTask<Outcome<Dictionary<string, long>>> ChangesAsync(ChangeCursor from, ChangeCursor to, bool created, CancellationToken cancel)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        while (!from.HasReached(to))
        {
            if (!(await store.Changes.ReadAsync(from, StoreLimits.MostInPage, cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            foreach (var change in page.Changes)
            {
                if (change.Sequence <= to[change.Partition] && (!created || change.Kind == ChangeKind.Created))
                {
                    counts[change.Key.Type] = counts.GetValueOrDefault(change.Key.Type) + 1;
                }
            }

            // What was purged leaves gaps: a page that does not move has nothing more to tell.
            if (page.Next == from)
            {
                break;
            }

            from = page.Next;
        }

        return counts;
    }
}
