using Kangqiao.Kernel;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Queries;

/// <summary>How far one search may go. Each bound is met with a refusal that says so, never with a shorter answer.</summary>
public sealed record PlannerBounds
{
    public static readonly PlannerBounds Default = new();

    /// <summary>Records on the smaller side of a chain or _has.</summary>
    public int MostChained { get; init; } = 20_000;

    /// <summary>References of a chain that are asked as terms; more are compared record by record.</summary>
    public int MostChainTerms { get; init; } = 200;

    /// <summary>Records included with a page.</summary>
    public int MostIncluded { get; init; } = 10_000;

    /// <summary>Records read to put them in order.</summary>
    public int MostSorted { get; init; } = 10_000;

    /// <summary>Time for all of one search.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for a total that need not be exact.</summary>
    public TimeSpan EstimatePatience { get; init; } = TimeSpan.FromMilliseconds(200);
}

/// <summary>One run of a search: for whom, and until when.</summary>
internal sealed class Run(ReaderPredicate reader, PlannerBounds bounds, TimeProvider time, string? ownBase, CancellationToken cancel)
{
    private readonly long began = time.GetTimestamp();

    public ReaderPredicate Reader { get; } = reader;

    public PlannerBounds Bounds { get; } = bounds;

    public string? OwnBase { get; } = ownBase;

    public CancellationToken Cancel { get; } = cancel;

    /// <summary>What is left of the time; at least a moment, so that the store and not we say that it is over.</summary>
    public TimeSpan Patience
    {
        get
        {
            var left = Bounds.Patience - time.GetElapsedTime(began);
            return left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
        }
    }

    public bool IsOver => time.GetElapsedTime(began) > Bounds.Patience;
}

/// <summary>Where somebody searches.</summary>
/// <param name="Compartment">Null for everywhere.</param>
internal sealed record SearchPlace(CompartmentAsk? Compartment)
{
    /// <summary>Composed Patients among those whose compartment it is.</summary>
    public IReadOnlyCollection<string> Composed { get; init; } = [];
}

/// <summary>The records that a search finds: by a question to the index, or, where keys were asked for, one by one.</summary>
internal sealed class Selection(IRecordStore store, SearchFilter? filter, long[] numbers)
{
    /// <summary>Null where <see cref="Numbers"/> are all there are.</summary>
    public SearchFilter? Filter { get; } = filter;

    /// <summary>Found by their keys; ascending.</summary>
    public long[] Numbers { get; } = numbers;

    public static Selection Union(IRecordStore store, IReadOnlyList<(string Type, Selection One)> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0].One;
        }

        var filters = parts.Where(p => p.One.Filter is not null).Select(p => (p.Type, Filter: p.One.Filter!)).ToList();
        long[] numbers = [.. parts.SelectMany(p => p.One.Numbers).Order().Distinct()];
        if (filters.Count == 0)
        {
            return new(store, null, numbers);
        }

        var rechecks = new Dictionary<string, Func<StoredRecord, bool>>(StringComparer.Ordinal);
        foreach (var (type, filter) in filters)
        {
            if (filter.Recheck is { } recheck)
            {
                rechecks[type] = recheck;
            }
        }

        var union = new SearchFilter(TermQuery.AnyOf([.. filters.Select(f => f.Filter.Query)]))
        {
            // A doubt of one type is about records of that type alone.
            Doubtful = TermQuery.AnyOf([.. filters.Select(f => f.Filter.Doubtful is TermQuery.NoRecord
                ? TermQuery.Nothing
                : TermQuery.AllOf(TermQuery.Is(Terms.TypeTerms.TermOf(f.Type)), f.Filter.Doubtful))]),
            IsDoubtfulWithin = filters.TrueForAll(f => f.Filter.IsDoubtfulWithin || f.Filter.Doubtful is TermQuery.NoRecord),
            Recheck = record => !rechecks.TryGetValue(record.Key.Type, out var recheck) || recheck(record),
        };
        return new(store, union, numbers);
    }

    /// <summary>A page of numbers behind one, in their order.</summary>
    public async ValueTask<Outcome<SearchPage>> PageAsync(long? after, int limit, bool withRecords, Run run)
    {
        var page = new SearchPage([], [], false);
        if (Filter is not null)
        {
            var ask = new SearchAsk(Filter)
            {
                After = after,
                Limit = limit,
                WithRecords = withRecords && Numbers.Length == 0,
                Patience = run.Patience,
            };
            if (!(await store.SearchAsync(ask, run.Cancel)).Try(out page, out var problem) || Numbers.Length == 0)
            {
                return problem is null ? page! : problem;
            }
        }

        var own = Numbers.Where(n => after is null || n > after).ToList();
        var merged = own.Concat(page!.Numbers).Order().Distinct().ToList();
        var chosen = merged.Take(limit).ToList();
        var hasMore = merged.Count > limit || (page.HasMore && page.Numbers.Count > 0);
        if (!withRecords)
        {
            return new SearchPage(chosen, [], hasMore);
        }

        return (await ReadAsync(store, chosen, run)).Try(out var records, out var refused)
            ? new SearchPage(chosen, records, hasMore)
            : refused;
    }

    public async ValueTask<Outcome<long>> CountAsync(TimeSpan patience, Run run)
    {
        if (Filter is null)
        {
            return (long)Numbers.Length;
        }

        return (await store.CountAsync(Filter, patience, run.Cancel)).Try(out var count, out var problem)
            ? count + Numbers.Length
            : problem;
    }

    /// <summary>Those of the filter's records that the terms find too.</summary>
    public static SearchFilter Narrowed(SearchFilter filter, TermQuery by) =>
        new(TermQuery.AllOf(by, filter.Query))
        {
            Doubtful = filter.IsDoubtfulWithin ? TermQuery.AllOf(by, filter.Doubtful) : filter.Doubtful,
            IsDoubtfulWithin = filter.IsDoubtfulWithin,
            Recheck = filter.Recheck,
        };

    /// <summary>Live records by their numbers, in pieces.</summary>
    public static async ValueTask<Outcome<List<StoredRecord>>> ReadAsync(IRecordStore store, IReadOnlyList<long> numbers, Run run)
    {
        var records = new List<StoredRecord>(numbers.Count);
        foreach (var piece in numbers.Chunk(500))
        {
            if (run.IsOver)
            {
                return QueryProblems.TookTooLong();
            }

            if (!(await store.ReadAsync(piece, run.Cancel)).Try(out var read, out var problem))
            {
                return problem;
            }

            foreach (var record in read)
            {
                if (record is { State: RecordState.Live })
                {
                    records.Add(record);
                }
            }
        }

        return records;
    }

    /// <summary>Which of these, ascending, the filter finds. Skips ahead on whichever side has fewer.</summary>
    public static async ValueTask<Outcome<long[]>> AmongAsync(IRecordStore store, SearchFilter filter, long[] numbers, Run run)
    {
        var found = new List<long>();
        var at = 0;
        while (at < numbers.Length)
        {
            if (run.IsOver)
            {
                return QueryProblems.TookTooLong();
            }

            var ask = new SearchAsk(filter) { After = numbers[at] - 1, Limit = Math.Min(numbers.Length - at, 256), Patience = run.Patience };
            if (!(await store.SearchAsync(ask, run.Cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            foreach (var number in page.Numbers)
            {
                while (at < numbers.Length && numbers[at] < number)
                {
                    at++;
                }

                if (at < numbers.Length && numbers[at] == number)
                {
                    found.Add(number);
                    at++;
                }
            }

            if (!page.HasMore)
            {
                break;
            }
        }

        return found.ToArray();
    }
}
