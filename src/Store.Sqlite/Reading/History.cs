namespace Kangqiao.Store.Sqlite.Reading;

/// <summary>Pages of versions, newest first.</summary>
internal static class History
{
    public static HistoryPage Read(RecordReader records, HistoryAsk ask)
    {
        using var snapshot = records.Snapshot();
        // Sequences follow instants, so a span of time is a span of sequences.
        var from = ask.Since is { } since ? records.FirstAtOrAfter(since.ToUnixTimeMilliseconds()) : 1;
        var before = ask.Until is { } until ? records.FirstAtOrAfter(until.ToUnixTimeMilliseconds() + 1) : long.MaxValue;
        before = Math.Min(before, ask.Before ?? long.MaxValue);
        var heads = new List<VersionHead>();
        if (ask.Key is { } key)
        {
            OfOne(records, key, before, from, ask.Limit + 1, heads);
        }
        else
        {
            records.Versions(ask.Type, before, from, ask.Limit + 1, heads);
        }

        var hasMore = heads.Count > ask.Limit;
        if (hasMore)
        {
            heads.RemoveAt(ask.Limit);
        }

        return new(records.Read(heads.ConvertAll(head => (VersionHead?)head))!, hasMore);
    }

    private static void OfOne(RecordReader records, RecordKey key, long before, long from, int limit, List<VersionHead> into)
    {
        var head = records.Find(key);
        while (head is { } at && at.Sequence >= from && into.Count < limit)
        {
            if (at.Sequence < before)
            {
                into.Add(at);
            }

            head = records.At(at.Previous);
        }
    }
}
