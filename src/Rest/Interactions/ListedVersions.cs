using Kangqiao.Kernel;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Callers;
using Kangqiao.Store;
using Kangqiao.Store.Queries;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// History's _list: "only include resource versions that are referenced in the specified list" (R4 http.html#history). A reference
/// without a version stands for all versions of its record.
/// </summary>
internal static class ListedVersions
{
    private const int MostEntries = 1000;
    private const int MostVersions = 10_000;

    public static async ValueTask<Outcome<HistoryPage>> ReadAsync(RestRoom room, Sight sight, Ask ask, string list, HistoryAsk history, CancellationToken cancel)
    {
        var key = new RecordKey("List", list);
        if (!key.IsWellFormed)
        {
            return Problems.BadId(list);
        }

        if (!(await sight.ReadAsync(key, cancel)).Try(out var record, out var problem))
        {
            return problem;
        }

        if (record is not { State: RecordState.Live })
        {
            return Problems.NotFound(key);
        }

        var entries = new ListedRecords(room.Platform, room.Book).Entries(record, ask.Base)
            .Where(e => e.Key.IsWellFormed && (history.Type is null || e.Key.Type == history.Type)).Distinct().ToList();
        if (entries.Count > MostEntries)
        {
            return Problems.HistoryTooLong(MostEntries);
        }

        var found = new Dictionary<long, StoredRecord>();
        foreach (var one in entries.GroupBy(e => e.Key))
        {
            var versions = one.Any(e => e.Version is null) ? null : one.Select(e => e.Version).ToHashSet(StringComparer.Ordinal);
            var rest = new HistoryAsk { Key = one.Key, Since = history.Since, Before = history.Before, Limit = 1000 };
            while (true)
            {
                if (!(await sight.HistoryAsync(rest, cancel)).Try(out var page, out problem))
                {
                    return problem;
                }

                foreach (var version in page.Records)
                {
                    if (versions is null || versions.Contains(version.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)))
                    {
                        found[version.Sequence] = version;
                    }
                }

                if (found.Count > MostVersions)
                {
                    return Problems.HistoryTooLong(MostVersions);
                }

                // Of one record the newest fill the page: what lies behind them comes with the next.
                if (!page.HasMore || (versions is null && page.Records.Count > history.Limit))
                {
                    break;
                }

                rest = rest with { Before = page.Records[^1].Sequence };
            }
        }

        var sorted = found.Values.OrderByDescending(r => r.Sequence).ToList();
        return sorted.Count > history.Limit ? new HistoryPage(sorted.GetRange(0, history.Limit), true) : new HistoryPage(sorted, false);
    }
}
