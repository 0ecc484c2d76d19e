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
    /// <summary>Records of a window that are read at once; a wider window is halved.</summary>
    private const int Window = 1000;

    public async ValueTask<Outcome<(List<Sorted> Page, bool HasMore)>> PageAsync(
        Selection selection, IReadOnlyList<string> types, PagePosition? after, int limit, Run run)
    {
        if (selection.Filter is { } filter && selection.Numbers.Length == 0 && Axis(types) is { } axis)
        {
            // Few records are quicker read at once than walked.
            if (!(await selection.PageAsync(null, Window + 1, withRecords: false, run)).Try(out var some, out var refused))
            {
                return refused;
            }

            if (some.Numbers.Count > Window)
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

        var code = terms.Codes[position];
        return new(
            SlotSet.Between(DayAxis.NoStart, DayAxis.NoEnd),
            DayAxis.Of(time.GetUtcNow().UtcTicks),
            7,
            v => DayAxis.Of(v.Ticks),
            days => terms.IsSingle[position]
                ? DayAxis.Terms("d" + code, days)
                : TermQuery.AnyOf(DayAxis.Terms("d" + code, days), DayAxis.Terms("a" + code, days)),
            terms.Has(position));
    }

    private async ValueTask<Outcome<(List<Sorted> Page, bool HasMore)>> WalkAsync(
        SearchFilter filter, WalkAxis axis, PagePosition? after, int limit, Run run)
    {
        var page = new List<Sorted>();
        var rest = Start(axis, after);
        var width = axis.FirstWidth;
        SlotSet? narrower = null;
        while (!rest.IsEmpty && page.Count <= limit)
        {
            if (run.IsOver)
            {
                return QueryProblems.TookTooLong();
            }

            var window = narrower ?? axis.Next(rest, width, keys[0].IsDescending);
            var question = Selection.Narrowed(filter, axis.Terms(window));
            if (!(await ReadWindowAsync(question, window, run)).Try(out var found, out var problem))
            {
                return problem;
            }

            var (low, high) = window.Intervals[0];
            if (found is null)
            {
                var middle = low + ((high - low) / 2);
                narrower = keys[0].IsDescending ? SlotSet.Between(middle + 1, high) : SlotSet.Between(low, middle);
                continue;
            }

            narrower = null;
            width = Math.Min(width, high - low + 1);
            rest = rest.Except(window);
            width = found.Count < limit ? width * 2 : width;

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
    private async ValueTask<Outcome<List<Sorted>?>> ReadWindowAsync(SearchFilter filter, SlotSet window, Run run)
    {
        var (low, high) = window.Intervals[0];
        var ask = new SearchAsk(filter) { Limit = low == high ? 10_000 : Window, WithRecords = true, Patience = run.Patience };
        if (!(await store.SearchAsync(ask, run.Cancel)).Try(out var page, out var problem))
        {
            return problem;
        }

        if (!page.HasMore)
        {
            return page.Records.Select(Place).ToList();
        }

        return low == high ? QueryProblems.TooManyToSort(10_000) : (List<Sorted>?)null;
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

/// <summary>A line of slots that a sort key lies on.</summary>
/// <param name="All">Every slot there can be.</param>
/// <param name="Today">Where the dense part ends.</param>
/// <param name="FirstWidth">Slots of the first window.</param>
/// <param name="Has">Records that have a value; null if all have.</param>
internal sealed record WalkAxis(
    SlotSet All, long Today, long FirstWidth, Func<SortValue, long> SlotOf, Func<SlotSet, TermQuery> Terms, TermQuery? Has)
{
    /// <summary>The next window from the wanted end: the future and the far past whole, in between so many slots.</summary>
    public SlotSet Next(SlotSet rest, long width, bool isDescending)
    {
        var (low, high) = rest.Intervals[0];
        var earliest = Today - (Today / 16);
        if (isDescending)
        {
            return high > Today && low <= Today ? SlotSet.Between(Today + 1, high)
                : high <= earliest ? rest
                : SlotSet.Between(Math.Max(low, high - width + 1), high);
        }

        return low < earliest ? SlotSet.Between(low, Math.Min(high, earliest - 1))
            : high > Today && low > Today ? rest
            : SlotSet.Between(low, Math.Min(high, low + width - 1));
    }
}
