using System.Globalization;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Search;
using Npgsql;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>
/// Answers term queries on one connection. Statements are planned anew each time: whether the index of terms or the order of
/// numbers leads depends on the terms. Sure matches and doubtful ones are two walks, merged by number; the caller gives both
/// one snapshot.
/// </summary>
internal sealed class Searcher(RecordReader records)
{
    private const int CandidatesAtOnce = 100;
    private const string CountAll = "SELECT coalesce(sum(live), 0)::bigint FROM store.tally";

    public static bool HasDoubt(SearchFilter filter) => filter.Recheck is not null && filter.Doubtful is not TermQuery.NoRecord;

    /// <summary>Up to <paramref name="limit"/> matches in order.</summary>
    public async Task<List<RecordRow>> FindAsync(
        NpgsqlConnection connection, SearchFilter filter, bool descending, long? after, int limit, CancellationToken cancel)
    {
        var (certain, maybe) = Split(filter);
        var sure = await MatchesAsync(connection, certain, descending, after, limit, cancel);
        if (!HasDoubt(filter))
        {
            return sure;
        }

        var found = new List<RecordRow>(Math.Min(limit, 256));
        var next = 0;
        await foreach (var hit in CheckedAsync(connection, filter, maybe, descending, after, cancel))
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
            : await Ask(connection, "number", filter.Query, descending, after, limit).RowsAsync(row => row.GetInt64(0), cancel, isPrepared: false);

    public async Task<long> CountAsync(NpgsqlConnection connection, SearchFilter filter, CancellationToken cancel)
    {
        var (certain, maybe) = Split(filter);
        var total = 0L;
        if (certain is not TermQuery.NoRecord)
        {
            await using var count = certain is TermQuery.AllRecords
                ? connection.Command(CountAll)
                : connection.Command("SELECT count(*) FROM store.record WHERE t @@ $1::tsquery").WithText(TsQuery.Of(certain));
            total = (long)(await count.ExecuteScalarAsync(cancel))!;
        }

        if (HasDoubt(filter))
        {
            await foreach (var _ in CheckedAsync(connection, filter, maybe, descending: false, null, cancel))
            {
                total++;
            }
        }

        return total;
    }

    private static (TermQuery Sure, TermQuery Doubtful) Split(SearchFilter filter) => HasDoubt(filter)
        ? (TermQuery.AllOf(filter.Query, TermQuery.Without(filter.Doubtful)), TermQuery.AllOf(filter.Query, filter.Doubtful))
        : (filter.Query, TermQuery.Nothing);

    private static NpgsqlCommand Ask(NpgsqlConnection connection, string columns, TermQuery query, bool descending, long? after, int limit)
    {
        var isAll = query is TermQuery.AllRecords;
        var which = isAll ? "kind < 2 AND $1 = ''" : "t @@ $1::tsquery";
        var (side, order) = descending ? ('<', "DESC") : ('>', "ASC");
        var text = string.Create(
            CultureInfo.InvariantCulture, $"SELECT {columns} FROM store.record WHERE {which} AND number {side} $2 ORDER BY number {order} LIMIT $3");
        return connection.Command(text).WithText(isAll ? "" : TsQuery.Of(query)).With(after ?? (descending ? long.MaxValue : 0)).With(limit);
    }

    private async Task<List<RecordRow>> MatchesAsync(
        NpgsqlConnection connection, TermQuery query, bool descending, long? after, int limit, CancellationToken cancel) =>
        query is TermQuery.NoRecord
            ? []
            : await records.LearnAsync(
                connection,
                await Ask(connection, RecordRow.Columns, query, descending, after, limit).RowsAsync(RecordRow.Read, cancel, isPrepared: false),
                cancel);

    /// <summary>The doubtful that hold, each read and checked as the walk comes to it.</summary>
    private async IAsyncEnumerable<RecordRow> CheckedAsync(
        NpgsqlConnection connection, SearchFilter filter, TermQuery maybe, bool descending, long? after,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            var candidates = await MatchesAsync(connection, maybe, descending, after, CandidatesAtOnce, cancel);
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

            if (candidates.Count < CandidatesAtOnce)
            {
                yield break;
            }

            after = candidates[^1].Number;
        }
    }
}
