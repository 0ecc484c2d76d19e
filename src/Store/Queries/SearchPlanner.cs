using Kangqiao.Kernel;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <param name="IsMatch">It matches; else it was included.</param>
public readonly record struct FoundRecord(StoredRecord Record, bool IsMatch);

/// <summary>A page of a search.</summary>
/// <param name="Entries">Matches in order, then what is included.</param>
/// <param name="Total">Matches on all pages that the reader may see; null where not asked, or not to be had in time.</param>
/// <param name="Next">For <see cref="SearchRequestParser.PageParameter"/>: the page behind; null on the last.</param>
public sealed record SearchAnswer(IReadOnlyList<FoundRecord> Entries, long? Total, string? Next);

/// <summary>
/// Answers searches from a store: the parameters become terms, chains are resolved from the side that has fewer, what terms
/// cannot decide is read. An answer is whole and right, or refused as too costly.
/// </summary>
public sealed class SearchPlanner(
    IRecordStore store, TermBook book, TimeProvider time, ITermExpansion? expansion = null, PlannerBounds? bounds = null,
    IPatientCoverage? coverage = null)
{
    private readonly PlannerBounds bounds = bounds ?? PlannerBounds.Default;
    private readonly Covering? covering = coverage is null ? null : new(store, book, coverage);

    /// <summary>A page of what the reader may see, with what is to be included.</summary>
    public async ValueTask<Outcome<SearchAnswer>> SearchAsync(
        SearchRequest request, ReaderPredicate reader, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reader);
        var run = Start(request, reader, cancel);
        if (!(await SelectAsync(request, run)).Try(out var selection, out var problem))
        {
            return problem;
        }

        if (!(await TotalAsync(request, selection, run)).Try(out var total, out problem))
        {
            return problem;
        }

        if (request.IsCountOnly)
        {
            return new SearchAnswer([], total, null);
        }

        if (!(await PageAsync(request, selection, run)).Try(out var page, out problem)
            || !(await new Includes(store, book, request, covering).OfAsync(page.Records, run)).Try(out var included, out problem))
        {
            return problem;
        }

        return new SearchAnswer(
            [.. page.Records.Select(r => new FoundRecord(r, true)), .. included.Select(r => new FoundRecord(r, false))],
            total,
            page.Next?.Encode(request.Fingerprint));
    }

    /// <summary>Of the matches the newest of each kind, kinds in the order of their newest: see <see cref="LastOfEach"/>.</summary>
    /// <param name="request">Of one type; its page, order and includes do not count.</param>
    /// <param name="last">What makes the kind, what the age, and how many of each.</param>
    public async ValueTask<Outcome<IReadOnlyList<StoredRecord>>> LastAsync(
        SearchRequest request, LastOfEach last, ReaderPredicate reader, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(last);
        ArgumentNullException.ThrowIfNull(reader);
        var run = Start(request, reader, cancel);
        var type = request.Asks[0].Plan.Type.Name;
        return (await SelectAsync(request, run)).Try(out var selection, out var problem) && (await book.OfAsync(type, cancel)).Try(out var terms, out problem)
            ? await last.OfAsync(store, selection, terms, time, run)
            : problem!;
    }

    /// <summary>How many match that the reader may see, exactly.</summary>
    public async ValueTask<Outcome<long>> CountAsync(SearchRequest request, ReaderPredicate reader, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reader);
        var run = Start(request, reader, cancel);
        return (await SelectAsync(request, run)).Try(out var selection, out var problem)
            ? await selection.CountAsync(run.Patience, run)
            : problem;
    }

    /// <summary>
    /// The question as it stands now, to be asked again inside a write. Null where keys were asked for, which have no question.
    /// </summary>
    public async ValueTask<Outcome<Search.SearchFilter?>> FilterAsync(SearchRequest request, ReaderPredicate reader, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(reader);
        var run = Start(request, reader, cancel);
        return (await SelectAsync(request, run)).Try(out var selection, out var problem)
            ? selection.Numbers.Length == 0 ? selection.Filter : null
            : problem;
    }

    private Run Start(SearchRequest request, ReaderPredicate reader, CancellationToken cancel) =>
        new(reader, bounds, time, request.Context.OwnBase, cancel);

    private async ValueTask<Outcome<Selection>> SelectAsync(SearchRequest request, Run run)
    {
        var selector = new Selector(store, book, expansion, covering);
        var parts = new List<(string Type, Selection One)>();
        var place = new SearchPlace(request.Compartment);
        if (covering is not null && request.Compartment is { } compartment)
        {
            if (!(await covering.CoveredAsync(compartment, run)).Try(out var covered, out var refused))
            {
                return refused;
            }

            place = new(covered.Ask) { Composed = covered.Composed };
        }

        foreach (var ask in request.Asks)
        {
            if (!(await selector.SelectAsync(ask, place, run)).Try(out var one, out var problem))
            {
                return problem;
            }

            parts.Add((ask.Plan.Type.Name, one));
        }

        return Selection.Union(store, parts);
    }

    private static async ValueTask<Outcome<long?>> TotalAsync(SearchRequest request, Selection selection, Run run)
    {
        if (request.IsCountOnly || request.Total == TotalMode.Accurate)
        {
            return (await selection.CountAsync(run.Patience, run)).Try(out var exact, out var problem) ? exact : problem;
        }

        if (request.Total == TotalMode.None)
        {
            return (long?)null;
        }

        var estimate = await selection.CountAsync(run.Bounds.EstimatePatience, run);
        return estimate.Try(out var count, out var refused) ? count
            : refused.Kind == ProblemKind.TooCostly ? (long?)null
            : refused;
    }

    private async ValueTask<Outcome<(IReadOnlyList<StoredRecord> Records, PagePosition? Next)>> PageAsync(
        SearchRequest request, Selection selection, Run run)
    {
        PagePosition? after = null;
        if (request.Page is not null
            && !PagePosition.Decode(request.Page, request.Fingerprint, request.Sort.Count).Try(out after, out var bad))
        {
            return bad;
        }

        if (request.Sort.Count == 0)
        {
            if (!(await selection.PageAsync(after?.Number, request.Count, withRecords: true, run)).Try(out var page, out var problem))
            {
                return problem;
            }

            return (page.Records, page.HasMore ? new PagePosition([], page.Numbers[^1]) : null);
        }

        var known = new Dictionary<string, TypeTerms>(StringComparer.Ordinal);
        foreach (var type in request.Types)
        {
            if (!(await book.OfAsync(type, run.Cancel)).Try(out var terms, out var problem))
            {
                return problem;
            }

            known.Add(type, terms);
        }

        var pages = new SortedPages(store, type => known[type], request.Sort, time);
        if (!(await pages.PageAsync(selection, [.. request.Types], after, request.Count, run)).Try(out var sorted, out var refused))
        {
            return refused;
        }

        var last = sorted.Page.Count > 0 ? sorted.Page[^1] : default;
        return (
            (IReadOnlyList<StoredRecord>)[.. sorted.Page.Select(s => s.Record)],
            sorted.HasMore ? new PagePosition(last.Values, last.Record.Number) : null);
    }
}
