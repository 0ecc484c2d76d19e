using System.Globalization;
using System.Text;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Search;
using Npgsql;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>How a page is asked.</summary>
/// <param name="LookedAt">Records that are looked at themselves first, in the order of their numbers: what most have is found so. 0 for none.</param>
/// <param name="Chunks">How many chunks the first step takes; 0 to ask for all matches at once.</param>
internal readonly record struct PageWay(int LookedAt, int Chunks)
{
    /// <summary>All matches, and the first of them: right where they are few.</summary>
    public static PageWay AtOnce => default;

    public bool IsAtOnce => LookedAt == 0 && Chunks == 0;
}

/// <summary>
/// The statement of one page. GIN finds all matches or none, so where they are many a page is asked of some chunks first, then of
/// more, then of all that is left, in one statement that stops where the page is full. Every step is fenced by OFFSET 0, so that
/// the index of terms finds its rows and not the order of numbers. Whether a row is doubtful is said of the page's rows only,
/// because comparing a row with many terms costs more than finding it.
/// </summary>
internal sealed class PageStatement(
    string columns, TermQuery query, TermQuery doubt, bool descending, (long Low, long High) range, int limit)
{
    /// <summary>How many chunks the second step takes for each of the first's.</summary>
    private const int Wider = 8;

    /// <summary>Every match is looked up in every list: beyond so many of them nothing is spared.</summary>
    private const int MostLists = 40;

    private readonly string order = descending ? "DESC" : "ASC";

    /// <summary>Columns that the page's rows still have when it is said whether they are doubtful.</summary>
    private string Carried => doubt is TermQuery.NoRecord or TermQuery.AllRecords ? columns : columns + ", x, t";

    public void AddAtOnce(NpgsqlBatch batch, bool isSpread)
    {
        var condition = query is TermQuery.AllRecords ? null : new TermCondition(query);
        var at = condition?.Count ?? 0;
        var source = condition is null ? "store.record WHERE kind < 2 AND"
            : isSpread ? $"store.record WHERE {condition.Text} AND"
            : $"(SELECT {Carried} FROM store.record WHERE {condition.Text} OFFSET 0) s WHERE";
        var (command, marked) = Add(batch, condition, at + 3, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT {Carried} FROM {source} number BETWEEN ${at + 1} AND ${at + 2} ORDER BY number {order} LIMIT ${at + 3}
            """));
        command.With(range.Low).With(range.High).With(limit);
        marked?.Bind(command);
    }

    /// <summary>Of a question that has terms.</summary>
    public void AddWalk(NpgsqlBatch batch, Chunks.Map map, PageWay way)
    {
        // Parameters behind the condition's: the limit; the range that is looked at; then each step's range and chunks.
        var condition = new TermCondition(query);
        var text = new StringBuilder();
        var most = condition.Count + 1;
        var at = most;
        var behind = "";
        if (way.LookedAt > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"""
                WITH w AS MATERIALIZED (
                SELECT {Carried}, {condition.Text} AS hit FROM store.record WHERE number BETWEEN ${at + 1} AND ${at + 2} ORDER BY number {order} LIMIT ${at + 3})
                SELECT {Carried} FROM ((SELECT {Carried} FROM w WHERE hit LIMIT ${most}) UNION ALL 
                """);
            behind = $" AND number {(descending ? "< (SELECT min" : "> (SELECT max")}(number) FROM w)";
            at += 3;
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"SELECT {Carried} FROM (");
        }

        var (steps, first) = (Steps(map, way), at);
        foreach (var step in steps)
        {
            var only = step.Chunks is null ? $"${at + 1} <= ${at + 2}" : $"x && ${at + 3}";
            text.Append(CultureInfo.InvariantCulture, $"""
                {(at == first ? "" : " UNION ALL ")}(SELECT {Carried} FROM (SELECT {Carried} FROM store.record WHERE {condition.Text} AND {only} OFFSET 0) s
                WHERE number BETWEEN ${at + 1} AND ${at + 2}{behind} ORDER BY number {order} LIMIT ${most})
                """);
            at += step.Chunks is null ? 2 : 3;
        }

        var (command, marked) = Add(batch, condition, at, text.Append(CultureInfo.InvariantCulture, $") u LIMIT ${most}").ToString());
        command.With(limit);
        if (way.LookedAt > 0)
        {
            command.With(range.Low).With(range.High).With(way.LookedAt);
        }

        foreach (var step in steps)
        {
            command.With(step.Low).With(step.High);
            if (step.Chunks is not null)
            {
                command.With(step.Chunks);
            }
        }

        marked?.Bind(command);
    }

    /// <summary>Some chunks, more, and all that is left; a step that has nothing left is asked for nothing.</summary>
    private List<Step> Steps(Chunks.Map map, PageWay way)
    {
        var steps = new List<Step>(3);
        var (low, high) = range;
        for (var (step, count) = (0, way.Chunks); step < 2; step++, count *= Wider)
        {
            var (first, last, names) = Some(map, low, high, count);
            if (names.Length > MostLists && step > 0)
            {
                break;
            }

            // Of a store whose chunks are not in wide ones.
            while (names.Length > MostLists && count > 0)
            {
                count /= 2;
                (first, last, names) = Some(map, low, high, count);
            }

            steps.Add(new(first, last, names));
            (low, high) = (descending ? first <= low : last >= high) ? (1, 0) : descending ? (low, first - 1) : (last + 1, high);
        }

        steps.Add(new(low, high, null));
        return steps;
    }

    /// <summary>To the last number before the chunk that many further on, or to the first of the one that many back.</summary>
    private (long First, long Last, long[] Names) Some(Chunks.Map map, long low, long high, int count)
    {
        var end = descending ? map.Step(high, -count) : map.Step(low, count + 1) - 1;
        var (first, last) = descending ? (Math.Max(end ?? low, low), high) : (low, Math.Min(end ?? high, high));
        return (first, last, first <= last ? map.Between(first, last) : []);
    }

    /// <summary>The page's rows, each with whether it is doubtful. The doubt's parameters come behind those of the page, to be bound last.</summary>
    private (NpgsqlBatchCommand Command, TermCondition? Marked) Add(NpgsqlBatch batch, TermCondition? condition, int parameters, string page)
    {
        var isMarked = columns != "number";
        var marked = isMarked && doubt is not (TermQuery.NoRecord or TermQuery.AllRecords) ? new TermCondition(doubt, parameters) : null;
        var mark = marked?.Text ?? (doubt is TermQuery.AllRecords ? "TRUE" : "FALSE");
        var command = batch.Add(isMarked ? $"SELECT {columns}, {mark} FROM ({page}) p" : page);
        condition?.Bind(command);
        return (command, marked);
    }

    private readonly record struct Step(long Low, long High, long[]? Chunks);
}
