using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;
using Kangqiao.Rest.Callers;
using Kangqiao.Store;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// History's _at: "only include resource versions that were current at some point during the time period specified"
/// (R4 http.html#history). What was written in the time was; of what was written before it, what nothing had followed yet.
/// </summary>
internal static class VersionsAt
{
    /// <summary>Versions looked at for one page.</summary>
    private const int Most = 50_000;

    private const int Step = 500;

    public static async ValueTask<Outcome<HistoryPage>> ReadAsync(IRecordStore store, Sight sight, HistoryAsk ask, DateRange at, CancellationToken cancel)
    {
        var (low, high) = (new DateTimeOffset(at.Low, TimeSpan.Zero), new DateTimeOffset(at.High, TimeSpan.Zero));
        var found = new List<StoredRecord>();
        var rest = ask with { Until = high.AddMilliseconds(-1), Limit = Step };
        for (var looked = 0; looked < Most; looked += Step)
        {
            if (!(await sight.HistoryAsync(rest, cancel)).Try(out var page, out var problem)
                || !(await OfPageAsync(store, page.Records, low, cancel)).Try(out var current, out problem))
            {
                return problem;
            }

            found.AddRange(current);
            if (found.Count > ask.Limit)
            {
                return new HistoryPage(found.GetRange(0, ask.Limit), true);
            }

            // Of one record the first version before the time is the last that counts.
            if (!page.HasMore || (ask.Key is not null && page.Records.Any(r => r.Instant <= low)))
            {
                return new HistoryPage(found, false);
            }

            rest = rest with { Before = page.Records[^1].Sequence };
        }

        return Problems.HistoryTooLong(Most);
    }

    private static async ValueTask<Outcome<List<StoredRecord>>> OfPageAsync(
        IRecordStore store, IReadOnlyList<StoredRecord> page, DateTimeOffset low, CancellationToken cancel)
    {
        var keys = page.Where(r => r.Instant <= low).Select(r => r.Key).Distinct().ToArray();
        if (!(await store.ReadAsync(keys, cancel)).Try(out var read, out var problem))
        {
            return problem;
        }

        var now = keys.Zip(read).ToDictionary(p => p.First, p => p.Second);
        var found = new List<StoredRecord>();
        foreach (var record in page)
        {
            if (record.Instant > low)
            {
                found.Add(record);
                continue;
            }

            // Before the time: it counts as long as nothing followed. What was deleted by then was not current.
            if (record.State == RecordState.Deleted || now[record.Key] is not { } current)
            {
                continue;
            }

            if (current.Version == record.Version)
            {
                found.Add(record);
            }
            else if (current.Version > record.Version)
            {
                if (!(await store.ReadAsync(record.Key, record.Version + 1, cancel)).Try(out var next, out problem))
                {
                    return problem;
                }

                if (next is not null && next.Instant > low)
                {
                    found.Add(record);
                }
            }
        }

        return found;
    }
}
