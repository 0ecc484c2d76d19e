using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>
/// Pages in the order asked. What is few is read and sorted. What is many is walked in windows of days (or minutes, for
/// _lastUpdated) from the wanted end, until a page is full; each window is few enough to be read and sorted.
/// </summary>
internal sealed class SortedPages(IRecordStore store, Func<string, TypeTerms> termsOf, IReadOnlyList<SortKey> keys, TimeProvider time)
{
    /// <summary>Records of a window that are read at once; a wider window is divided.</summary>
    private static int Window(int limit) => Math.Clamp(limit * 4, 100, 1000);

    public async ValueTask<Outcome<(List<Sorted> Page, bool HasMore)>> PageAsync(
        Selection selection, IReadOnlyList<string> types, PagePosition? after, int limit, Run run)
    {
        if (selection.Filter is { } filter && selection.Numbers.Length == 0 && Axis(types) is { } axis)
        {
            // Few records are quicker read at once than walked.
            if (!(await selection.PageAsync(null, Window(limit) + 1, withRecords: false, run)).Try(out var some, out var refused))
            {
                return refused;
            }

            if (some.Numbers.Count > Window(limit))
            {
                return await WalkAsync(filter, axis, after, limit, run);
            }
        }

        return (await ReadAllAsync(selection, run)).Try(out var all, out var problem) ? Cut(all, after, limit) : problem;
    }

    private (List<Sorted> Page, bool HasMore) Cut(List<Sorted> all, PagePosition? after, int limit)
    {
        all.Sort((a, b) => Sorted.Compare(a, b, keys));
        if (after is not null)
        {
            all.RemoveAll(s => Sorted.Compare(s.Values, s.Record.Number, after.Values, after.Number, keys) <= 0);
        }

        return all.Count > limit ? (all.GetRange(0, limit), true) : (all, false);
    }

    private async ValueTask<Outcome<List<Sorted>>> ReadAllAsync(Selection selection, Run run)
    {
        var all = new List<Sorted>();
        long? after = null;
        while (true)
        {
            if (run.IsOver)
            {
                return QueryProblems.TookTooLong();
            }

            if (!(await selection.PageAsync(after, 1000, withRecords: true, run)).Try(out var page, out var problem))
            {
                return problem;
            }

            all.AddRange(page.Records.Select(Place));
            if (all.Count > run.Bounds.MostSorted)
            {
                return QueryProblems.TooManyToSort(run.Bounds.MostSorted);
            }

            if (!page.HasMore || page.Numbers.Count == 0)
            {
                return all;
            }

            after = page.Numbers[^1];
        }
    }

    private Sorted Place(StoredRecord record)
    {
        if (keys.All(k => k.By != SortBy.Parameter))
        {
            return new(record, [.. keys.Select(k => SortValue.Of(record, k, null!))]);
        }

        return RecordReader.Ask(
            record,
            termsOf(record.Key.Type).Plan,
            new Sorted(record, [.. keys.Select(_ => SortValue.Missing)]),
            values => new Sorted(record, [.. keys.Select(k => SortValue.Of(record, k, values))]));
    }

    /// <summary>How the first key can be walked; null if it cannot.</summary>
    private WalkAxis? Axis(IReadOnlyList<string> types)
    {
        if (keys[0].By == SortBy.LastUpdated)
        {
            var now = MinuteAxis.Of(time.GetUtcNow().UtcTicks);
            return new(SlotSet.Between(0, MinuteAxis.Latest), now, 60, v => MinuteAxis.Of(v.Ticks), MinuteAxis.Terms, null);
        }

        if (keys[0].By != SortBy.Parameter || keys[0].Type != SearchType.Date || types.Count != 1)
        {
            return null;
        }

        var terms = termsOf(types[0]);
        var position = terms.Plan.Find(keys[0].Code);
        if (terms.Parts[position] is not null)
        {
            return null;
        }

        return new(
            SlotSet.Between(DayAxis.NoStart, DayAxis.NoEnd),
            DayAxis.Of(time.GetUtcNow().UtcTicks),
            7,
            v => DayAxis.Of(v.Ticks),
            days => BeginningIn(terms, position, days),
            terms.Has(position));
    }

    /// <summary>Records with a date that begins on one of these days; of those with several dates some more.</summary>
    private static TermQuery BeginningIn(TypeTerms terms, int position, SlotSet days)
    {
        var code = terms.Codes[position];
        var first = days.Intervals[0].Low;
        var any = DayAxis.Terms("d" + code, days);

        // What began before reaches into these days by its end, and then holds the day before them.
        any = first > DayAxis.NoStart
            ? TermQuery.AllOf(any, TermQuery.Without(DayAxis.Holding("j" + code, DayAxis.Before(first), out _)))
            : any;
        return terms.IsSingle[position] ? any : TermQuery.AnyOf(any, DayAxis.Terms("a" + code, days));
    }

    private async ValueTask<Outcome<(List<Sorted> Page, bool HasMore)>> WalkAsync(
        SearchFilter filter, WalkAxis axis, PagePosition? after, int limit, Run run)
    {
        var page = new List<Sorted>();
        var rest = Start(axis, after);
        var walk = keys[0].By == SortBy.LastUpdated ? (IWindows)new GrowingWindows(axis, rest, keys[0].IsDescending) : new DaySpans(rest, keys[0].IsDescending);
        while (page.Count <= limit && walk.Next() is { } window)
        {
            if (run.IsOver)
            {
                return QueryProblems.TookTooLong();
            }

            var question = Selection.Narrowed(filter, axis.Terms(window));
            if (!(await ReadWindowAsync(question, window, limit, run)).Try(out var found, out var problem))
            {
                return problem;
            }

            if (found is null)
            {
                walk.Split();
                continue;
            }

            walk.Took(found.Count < limit);

            // A record with several dates stands in several windows; it belongs where its first is.
            found.RemoveAll(s => !window.Has(axis.SlotOf(s.Values[0])));
            page.AddRange(Cut(found, after, int.MaxValue).Page);
        }

        if (page.Count <= limit && axis.Has is { } has)
        {
            var missing = Selection.Narrowed(filter, TermQuery.Without(has));
            if (!(await ReadMissingAsync(missing, after, limit + 1 - page.Count, run)).Try(out var more, out var problem))
            {
                return problem;
            }

            page.AddRange(more);
        }

        return page.Count > limit ? (page.GetRange(0, limit), true) : (page, false);
    }

    private SlotSet Start(WalkAxis axis, PagePosition? after) =>
        after is null ? axis.All
        : after.Values[0].IsMissing ? SlotSet.None
        : axis.All.And(keys[0].IsDescending ? SlotSet.UpTo(axis.SlotOf(after.Values[0])) : SlotSet.From(axis.SlotOf(after.Values[0])));

    /// <summary>Null if the window has to be narrower.</summary>
    private async ValueTask<Outcome<List<Sorted>?>> ReadWindowAsync(SearchFilter filter, SlotSet window, int limit, Run run)
    {
        var (low, high) = window.Intervals[0];
        var most = low == high ? 10_000 : Window(limit);
        var ask = new SearchAsk(filter) { Limit = most, Patience = run.Patience };
        if (!(await store.SearchAsync(ask, run.Cancel)).Try(out var page, out var problem))
        {
            return problem;
        }

        if (page.HasMore)
        {
            return low == high ? QueryProblems.TooManyToSort(10_000) : (List<Sorted>?)null;
        }

        if (page.Numbers.Count == 0)
        {
            return new List<Sorted>();
        }

        // Asked again, so that what is read is what is found.
        return (await store.SearchAsync(ask with { Limit = StoreLimits.MostInPage, WithRecords = true }, run.Cancel)).Try(out page, out problem)
            ? page.Records.Select(Place).ToList()
            : problem;
    }

    /// <summary>Those without a value come last; among themselves by the other keys if there are any.</summary>
    private async ValueTask<Outcome<List<Sorted>>> ReadMissingAsync(SearchFilter filter, PagePosition? after, int limit, Run run)
    {
        if (keys.Count > 1)
        {
            return (await ReadAllAsync(new Selection(store, filter, []), run)).Try(out var all, out var tooMany)
                ? Cut(all, after, limit).Page
                : tooMany;
        }

        var ask = new SearchAsk(filter)
        {
            After = after is { } position && position.Values[0].IsMissing ? position.Number : null,
            Limit = limit,
            WithRecords = true,
            Patience = run.Patience,
        };
        return (await store.SearchAsync(ask, run.Cancel)).Try(out var page, out var problem) ? page.Records.Select(Place).ToList() : problem;
    }
}
