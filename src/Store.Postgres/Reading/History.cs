using Npgsql;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>Pages of versions, newest first.</summary>
internal static class History
{
    public static async Task<HistoryPage> ReadAsync(NpgsqlConnection connection, RecordReader records, HistoryAsk ask, CancellationToken cancel)
    {
        // A sequence begins with its instant, so a span of time is a span of sequences.
        var from = ask.Since is { } since ? Moment.FirstOf(since.ToUnixTimeMilliseconds()) : 1;
        var before = ask.Until is { } until ? Moment.FirstOf(until.ToUnixTimeMilliseconds() + 1) : long.MaxValue;
        before = Math.Min(before, ask.Before ?? long.MaxValue);
        var rows = ask.Key is not { } key ? await records.NewestAsync(connection, ask.Type, from, before, ask.Limit + 1, cancel)
            : await records.FindAsync(connection, key, cancel) is { } head ? await records.ChainAsync(connection, head, from, before, ask.Limit + 1, cancel)
            : [];
        var hasMore = rows.Count > ask.Limit;
        if (hasMore)
        {
            rows.RemoveAt(ask.Limit);
        }

        var read = await records.ReadAsync(connection, rows.ConvertAll(row => (RecordRow?)row), cancel);
        return new([.. read.OfType<StoredRecord>()], hasMore);
    }
}
