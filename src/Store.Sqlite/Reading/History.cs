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
            heads.RemoveRange(ask.Limit, heads.Count - ask.Limit);
        }

        return new(records.Read(heads.ConvertAll(head => (VersionHead?)head))!, hasMore);
    }

    private static void OfOne(RecordReader records, RecordKey key, long before, long from, int limit, List<VersionHead> into)
    {
        var head = records.Find(key);
        while (head is { } at && into.Count < limit)
        {
            // Those that came late while it was current hang right behind it, and are newer as sequences go.
            var next = records.At(at.Previous);
            while (next is { Kind: VersionHead.KindLate } late)
            {
                Add(late);
                next = records.At(late.Previous);
            }

            Add(at);
            head = at.Sequence >= from ? next : null;
        }

        void Add(VersionHead one)
        {
            if (one.Sequence >= from && one.Sequence < before)
            {
                into.Add(one);
            }
        }
    }
}
