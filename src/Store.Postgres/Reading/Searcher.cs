using System.Globalization;
using System.Text;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Search;
using Npgsql;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>
/// Answers term queries on one connection. Sure matches and doubtful ones are two walks, merged by number; the caller gives
/// both one snapshot. No plan rests on a guess of how many match: a page is asked of the next records, of the next chunk,
/// of more chunks, then of all that are left, in one statement that stops where the page is full.
/// </summary>
/// <param name="chunks">
/// Null to ask for all at once: inside a writer's transaction, whose own chunks nobody knows yet and whose conditions match
/// few; and where records are spread over servers.
/// </param>
/// <param name="isSpread">Each server gives its first ones, and the planner chooses how.</param>
internal sealed class Searcher(RecordReader records, Chunks? chunks, bool isSpread)
{
    private const int MostCandidatesAtOnce = 128;
    private const string CountAll = "SELECT coalesce(sum(live), 0)::bigint FROM store.tally";

    /// <summary>Records looked at themselves before the index is asked.</summary>
    private const int LookedAt = 128;

    /// <summary>Chunks that the steps of a walk reach, one behind the other; what is left then is asked whole.</summary>
    private static readonly int[] Steps = [1, 4, 16];

    public static bool HasDoubt(SearchFilter filter) => filter.Recheck is not null && filter.Doubtful is not TermQuery.NoRecord;

    /// <summary>Up to <paramref name="limit"/> matches in order.</summary>
    public async Task<List<RecordRow>> FindAsync(
        NpgsqlConnection connection, SearchFilter filter, bool descending, long? after, int limit, CancellationToken cancel)
    {
        var (certain, maybe) = Split(filter);
        var sure = await MatchesAsync(connection, certain, descending, after, null, limit, cancel);
        if (!HasDoubt(filter))
        {
            return sure;
        }

        var found = new List<RecordRow>(Math.Min(limit, 256));
        var next = 0;

        // Behind a page that the sure ones fill no doubtful one is wanted.
        long? until = sure.Count == limit ? sure[^1].Number : null;
        await foreach (var hit in CheckedAsync(connection, filter, maybe, descending, after, until, cancel))
        {
            while (next < sure.Count && found.Count < limit && sure[next].Number < hit.Number != descending)
            {
                found.Add(sure[next++]);
            }

            if (found.Count == limit)
            {
                break;
            }

            found.Add(hit);
        }

        while (next < sure.Count && found.Count < limit)
        {
            found.Add(sure[next++]);
        }

        return found;
    }

    /// <summary>The same, numbers only and cheaper where nothing is doubtful.</summary>
    public async Task<List<long>> NumbersAsync(
        NpgsqlConnection connection, SearchFilter filter, bool descending, long? after, int limit, CancellationToken cancel) =>
        HasDoubt(filter)
            ? (await FindAsync(connection, filter, descending, after, limit, cancel)).ConvertAll(row => row.Number)
            : filter.Query is TermQuery.NoRecord ? []
            : await AskAsync(connection, "number", filter.Query, descending, after, null, limit, row => row.GetInt64(0), number => number, cancel);

    public async Task<long> CountAsync(NpgsqlConnection connection, SearchFilter filter, CancellationToken cancel)
    {
        var (certain, maybe) = Split(filter);
        var total = 0L;
        if (certain is not TermQuery.NoRecord)
        {
            await using var batch = new NpgsqlBatch(connection);
            if (certain is TermQuery.AllRecords)
            {
                batch.Add(CountAll);
            }
            else
            {
                var condition = new TermCondition(certain);
                condition.Bind(batch.Add($"SELECT count(*) FROM store.record WHERE {condition.Text}"));
            }

            total = (long)(await batch.ExecuteScalarAsync(cancel))!;
        }

        if (HasDoubt(filter))
        {
            await foreach (var _ in CheckedAsync(connection, filter, maybe, descending: false, null, null, cancel))
            {
                total++;
            }
        }

        return total;
    }

    private static (TermQuery Sure, TermQuery Doubtful) Split(SearchFilter filter) => HasDoubt(filter)
        ? (TermQuery.AllOf(filter.Query, TermQuery.Without(filter.Doubtful)), TermQuery.AllOf(filter.Query, filter.Doubtful))
        : (filter.Query, TermQuery.Nothing);

    private async Task<List<T>> AskAsync<T>(
        NpgsqlConnection connection, string columns, TermQuery query, bool descending, long? after, long? until, int limit,
        Func<NpgsqlDataReader, T> read, Func<T, long> numberOf, CancellationToken cancel)
    {
        var range = descending ? (Low: until ?? 1, High: (after ?? long.MaxValue) - 1) : (Low: (after ?? 0) + 1, High: until ?? long.MaxValue);
        if (query is TermQuery.AllRecords || chunks is null)
        {
            return await AskOnceAsync(connection, columns, query, descending, range, limit, read, cancel);
        }

        var condition = new TermCondition(query);
        while (true)
        {
            var map = chunks.Known;
            await using var batch = new NpgsqlBatch(connection);
            Chunks.AddCheck(batch);
            AddWalk(batch, columns, condition, map, descending, range, limit);
            var found = new List<T>(Math.Min(limit, 64));
            List<(short, long)>? more;
            await using (var rows = await batch.ExecuteReaderAsync(cancel))
            {
                // The check comes first, so what it tells is no newer than what is found by the map.
                more = await Chunks.CheckAsync(map, rows, cancel);
                await rows.NextResultAsync(cancel);
                while (more is null && await rows.ReadAsync(cancel))
                {
                    found.Add(read(rows));
                }
            }

            if (more is not null)
            {
                await chunks.LearnAsync(connection, more, cancel);
                continue;
            }

            // SQL does not promise that the parts of a union come one behind the other; PostgreSQL does so.
            for (var i = 1; i < found.Count; i++)
            {
                if (numberOf(found[i - 1]) < numberOf(found[i]) == descending)
                {
                    return await AskOnceAsync(connection, columns, query, descending, range, limit, read, cancel);
                }
            }

            return found;
        }
    }

    private async Task<List<T>> AskOnceAsync<T>(
        NpgsqlConnection connection, string columns, TermQuery query, bool descending, (long Low, long High) range, int limit,
        Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        var condition = query is TermQuery.AllRecords ? null : new TermCondition(query);
        var order = descending ? "DESC" : "ASC";
        var at = condition?.Count ?? 0;
        var source = condition is null ? "store.record WHERE kind < 2 AND"
            : isSpread ? $"store.record WHERE {condition.Text} AND"
            : $"(SELECT {columns} FROM store.record WHERE {condition.Text} OFFSET 0) s WHERE";
        var command = batch.Add(string.Create(CultureInfo.InvariantCulture, $"""
            SELECT {columns} FROM {source} number BETWEEN ${at + 1} AND ${at + 2} ORDER BY number {order} LIMIT ${at + 3}
            """));
        condition?.Bind(command);
        command.With(range.Low).With(range.High).With(limit);
        var found = new List<T>(Math.Min(limit, 64));
        await using var rows = await batch.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            found.Add(read(rows));
        }

        return found;
    }

    /// <summary>
    /// First the next records are looked at themselves, which finds what most have. Then each step is fenced by OFFSET 0, so
    /// that the index of terms finds its rows and not the order of numbers; the last has all that is left, and is not begun
    /// where nothing is.
    /// </summary>
    private static void AddWalk(
        NpgsqlBatch batch, string columns, TermCondition condition, Chunks.Map map, bool descending, (long Low, long High) range, int limit)
    {
        // Parameters behind the condition's: the range, how many are looked at, the limit; then each step's range and chunks.
        var head = condition.Count;
        var (order, furthest, side, at) = descending ? ("DESC", "min", '<', head + 4) : ("ASC", "max", '>', head + 4);
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            WITH w AS MATERIALIZED (
            SELECT {columns}, {condition.Text} AS hit FROM store.record WHERE number BETWEEN ${head + 1} AND ${head + 2} ORDER BY number {order} LIMIT ${head + 3})
            SELECT {columns} FROM ((SELECT {columns} FROM w WHERE hit LIMIT ${head + 4})
            """));
        for (var step = 0; step <= Steps.Length; step++, at += 3)
        {
            var only = step < Steps.Length ? $"x && ${at + 3}" : $"${at + 1} <= ${at + 2}";
            text.Append(CultureInfo.InvariantCulture, $"""
                 UNION ALL
                (SELECT {columns} FROM (SELECT {columns} FROM store.record WHERE {condition.Text} AND {only} OFFSET 0) s
                WHERE number BETWEEN ${at + 1} AND ${at + 2} AND number {side} (SELECT {furthest}(number) FROM w) ORDER BY number {order} LIMIT ${head + 4})
                """);
        }

        var command = condition.Bind(batch.Add(text.Append(CultureInfo.InvariantCulture, $") u LIMIT ${head + 4}").ToString()));
        var (low, high) = range;
        command.With(low).With(high).With(Math.Max(LookedAt, 2 * limit)).With(limit);
        foreach (var step in Steps)
        {
            // To the last number before the chunk that many further on, or to the first of the one that many back.
            var chunks = step * Math.Clamp(limit / 64, 1, 8);
            var end = descending ? map.Step(high, -chunks) : map.Step(low, chunks + 1) - 1;
            var (first, last) = descending ? (Math.Max(end ?? low, low), high) : (low, Math.Min(end ?? high, high));
            command.With(first).With(last).With(first <= last ? map.Between(first, last) : []);
            (low, high) = (descending ? first <= low : last >= high) ? (1, 0) : descending ? (low, first - 1) : (last + 1, high);
        }

        command.With(low).With(high);
    }

    private async Task<List<RecordRow>> MatchesAsync(
        NpgsqlConnection connection, TermQuery query, bool descending, long? after, long? until, int limit, CancellationToken cancel) =>
        query is TermQuery.NoRecord
            ? []
            : await records.LearnAsync(
                connection,
                await AskAsync(connection, RecordRow.Columns, query, descending, after, until, limit, RecordRow.Read, row => row.Number, cancel),
                cancel);

    /// <summary>The doubtful that hold, each read and checked as the walk comes to it.</summary>
    private async IAsyncEnumerable<RecordRow> CheckedAsync(
        NpgsqlConnection connection, SearchFilter filter, TermQuery maybe, bool descending, long? after, long? until,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        for (var atOnce = 8; ; atOnce = Math.Min(2 * atOnce, MostCandidatesAtOnce))
        {
            var candidates = await MatchesAsync(connection, maybe, descending, after, until, atOnce, cancel);
            var read = await records.ReadAsync(connection, candidates.ConvertAll(row => (RecordRow?)row), cancel);
            for (var i = 0; i < read.Length; i++)
            {
                cancel.ThrowIfCancellationRequested();
                if (read[i] is { } record && filter.Recheck!(record))
                {
                    // The caller may have asked to stop from inside the check.
                    cancel.ThrowIfCancellationRequested();
                    yield return candidates[i];
                }
            }

            if (candidates.Count < atOnce)
            {
                yield break;
            }

            after = candidates[^1].Number;
        }
    }
}
