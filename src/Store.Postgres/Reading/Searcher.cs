using System.Globalization;
using System.Runtime.CompilerServices;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Search;
using Npgsql;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>
/// Answers term queries on one connection. A page is one walk over all that may match; what is doubtful among it is marked by the
/// database and looked at here. How a page is asked follows from how common the terms are (<see cref="Densities"/>), never from
/// PostgreSQL's guess: see <see cref="PageStatement"/>.
/// </summary>
/// <param name="chunks">
/// Null to ask for all at once: inside a writer's transaction, whose own chunks nobody knows yet and whose conditions match
/// few; and where records are spread over servers.
/// </param>
/// <param name="densities">There where there are chunks.</param>
/// <param name="counts">Null where all hits are counted when asked.</param>
/// <param name="isSpread">Each server gives its first ones, and the planner chooses how.</param>
internal sealed class Searcher(RecordReader records, Chunks? chunks, Densities? densities, TermCounts? counts, bool isSpread)
{
    /// <summary>Bodies that are read and looked at together.</summary>
    private const int LookedAtOnce = 128;

    /// <summary>Some of the doubtful will not hold.</summary>
    private const int Spare = 12;

    private const string CountAll = "SELECT coalesce(sum(live), 0)::bigint FROM store.tally";

    public static bool HasDoubt(SearchFilter filter) => filter.Recheck is not null && filter.Doubtful is not TermQuery.NoRecord;

    /// <summary>Up to <paramref name="limit"/> matches in order.</summary>
    public async Task<List<RecordRow>> FindAsync(
        NpgsqlConnection connection, SearchFilter filter, bool descending, long? after, int limit, CancellationToken cancel)
    {
        var found = new List<RecordRow>(Math.Min(limit, 256));
        if (filter.Query is TermQuery.NoRecord)
        {
            return found;
        }

        var doubt = HasDoubt(filter) ? filter.Doubtful : TermQuery.Nothing;
        for (var want = doubt is TermQuery.NoRecord ? limit : limit + Spare; ; want = Math.Clamp(2 * want, 1, Math.Max(LookedAtOnce, limit)))
        {
            var hits = await AskAsync(
                connection, RecordRow.Columns, filter.Query, doubt, descending, after, want,
                row => (Row: RecordRow.Read(row), IsDoubtful: row.GetBoolean(RecordRow.Count)), hit => hit.Row.Number, cancel);
            await records.LearnAsync(connection, hits.ConvertAll(hit => hit.Row), cancel);
            await foreach (var row in HoldingAsync(connection, filter, hits, cancel))
            {
                found.Add(row);
                if (found.Count == limit)
                {
                    return found;
                }
            }

            if (hits.Count < want)
            {
                return found;
            }

            after = hits[^1].Row.Number;
        }
    }

    /// <summary>The same, numbers only and cheaper where nothing is doubtful.</summary>
    public async Task<List<long>> NumbersAsync(
        NpgsqlConnection connection, SearchFilter filter, bool descending, long? after, int limit, CancellationToken cancel) =>
        HasDoubt(filter)
            ? (await FindAsync(connection, filter, descending, after, limit, cancel)).ConvertAll(row => row.Number)
            : filter.Query is TermQuery.NoRecord ? []
            : await AskAsync(
                connection, "number", filter.Query, TermQuery.Nothing, descending, after, limit, row => row.GetInt64(0), number => number, cancel);

    public async Task<long> CountAsync(NpgsqlConnection connection, SearchFilter filter, CancellationToken cancel)
    {
        if (!HasDoubt(filter))
        {
            return await CountAsync(connection, filter.Query, cancel);
        }

        // A negation makes the database look at every row; what is doubtful is counted by itself instead.
        var maybe = filter.IsDoubtfulWithin ? TermQuery.AllOf(filter.Doubtful) : TermQuery.AllOf(filter.Query, filter.Doubtful);
        var total = await CountAsync(connection, filter.Query, cancel) - await CountAsync(connection, maybe, cancel);
        if (maybe is TermQuery.NoRecord)
        {
            return total;
        }

        long? after = null;
        while (true)
        {
            var hits = await AskAsync(
                connection, RecordRow.Columns, maybe, TermQuery.Everything, descending: false, after, 8 * LookedAtOnce,
                row => (Row: RecordRow.Read(row), IsDoubtful: true), hit => hit.Row.Number, cancel);
            await records.LearnAsync(connection, hits.ConvertAll(hit => hit.Row), cancel);
            await foreach (var _ in HoldingAsync(connection, filter, hits, cancel))
            {
                total++;
            }

            if (hits.Count < 8 * LookedAtOnce)
            {
                return total;
            }

            after = hits[^1].Row.Number;
        }
    }

    private async Task<long> CountAsync(NpgsqlConnection connection, TermQuery query, CancellationToken cancel)
    {
        if (query is TermQuery.NoRecord)
        {
            return 0;
        }

        if (query is TermQuery.Term one && counts is not null && await counts.OfAsync(connection, one.Text, cancel) is { } stored)
        {
            return stored;
        }

        await using var batch = new NpgsqlBatch(connection);
        if (query is TermQuery.AllRecords)
        {
            batch.Add(CountAll);
        }
        else
        {
            var condition = new TermCondition(query);
            condition.Bind(batch.Add($"SELECT count(*) FROM store.record WHERE {condition.Text}"));
        }

        var total = (long)(await batch.ExecuteScalarAsync(cancel))!;
        if (query is TermQuery.Term { Text: var text })
        {
            counts?.Counted(text, total);
        }

        return total;
    }

    private async Task<List<T>> AskAsync<T>(
        NpgsqlConnection connection, string columns, TermQuery query, TermQuery doubt, bool descending, long? after, int limit,
        Func<NpgsqlDataReader, T> read, Func<T, long> numberOf, CancellationToken cancel)
    {
        var range = descending ? (Low: 1L, High: (after ?? long.MaxValue) - 1) : (Low: (after ?? 0) + 1, High: long.MaxValue);
        var statement = new PageStatement(columns, query, doubt, descending, range, limit);
        while (true)
        {
            var map = chunks?.Known;
            var way = map is null || densities is null ? PageWay.AtOnce : densities.WayOf(query, map, limit);
            await using var batch = new NpgsqlBatch(connection);
            if (way.IsAtOnce || map is null)
            {
                statement.AddAtOnce(batch, isSpread);
                return await ReadAsync(batch, limit, read, cancel);
            }

            Chunks.AddCheck(batch);
            statement.AddWalk(batch, map, way);
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
                await chunks!.LearnAsync(connection, more, cancel);
                continue;
            }

            // SQL does not promise that the parts of a union come one behind the other; PostgreSQL does so.
            for (var i = 1; i < found.Count; i++)
            {
                if (numberOf(found[i - 1]) < numberOf(found[i]) == descending)
                {
                    await using var again = new NpgsqlBatch(connection);
                    statement.AddAtOnce(again, isSpread);
                    return await ReadAsync(again, limit, read, cancel);
                }
            }

            return found;
        }
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlBatch batch, int limit, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        var found = new List<T>(Math.Min(limit, 64));
        await using var rows = await batch.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            found.Add(read(rows));
        }

        return found;
    }

    /// <summary>The sure ones, and of the doubtful those that hold, each read and looked at.</summary>
    private async IAsyncEnumerable<RecordRow> HoldingAsync(
        NpgsqlConnection connection, SearchFilter filter, List<(RecordRow Row, bool IsDoubtful)> hits, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var from = 0; from < hits.Count; from += LookedAtOnce)
        {
            var some = hits.GetRange(from, Math.Min(LookedAtOnce, hits.Count - from));
            var read = some.Exists(hit => hit.IsDoubtful)
                ? await records.ReadAsync(connection, some.ConvertAll(hit => hit.IsDoubtful ? hit.Row : (RecordRow?)null), cancel)
                : [];
            for (var i = 0; i < some.Count; i++)
            {
                if (some[i].IsDoubtful)
                {
                    cancel.ThrowIfCancellationRequested();
                    if (read[i] is not { } record || !filter.Recheck!(record))
                    {
                        continue;
                    }

                    // The caller may have asked to stop from inside the check.
                    cancel.ThrowIfCancellationRequested();
                }

                yield return some[i].Row;
            }
        }
    }
}
