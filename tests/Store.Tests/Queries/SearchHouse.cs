using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Kernel;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;
using Kangqiao.Store.Tests.Contract;
using Kangqiao.Store.Tests.Sqlite;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Queries;

/// <summary>A store with records in it, a planner before it, and the same records in memory to say what is right.</summary>
internal sealed class SearchHouse : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 4, 0, 0, TimeSpan.Zero);

    private readonly IStorePlace place;
    private readonly Func<TypeFact, SearchPlan> plans;
    private readonly TermWriter writer = new();
    private readonly Dictionary<RecordKey, IndexValues> values = [];

    private SearchHouse(IStorePlace place, IRecordStore store, Func<TypeFact, SearchPlan> plans)
    {
        this.place = place;
        this.plans = plans;
        Store = store;
        Book = new TermBook(store, plans);
    }

    public static SearchContext Context { get; } = new(Now, "https://kangqiao.example/fhir");

    public IRecordStore Store { get; }

    public TermBook Book { get; }

    public TestClock Clock { get; private init; } = new();

    public IReadOnlyDictionary<RecordKey, IndexValues> Values => values;

    public PlannerBounds Bounds { get; set; } = PlannerBounds.Default with { Patience = TimeSpan.FromSeconds(60) };

    public ITermExpansion? Expansion { get; set; }

    /// <summary>Bytes of all terms, terms, and records, by type.</summary>
    public Dictionary<string, (long Records, long Terms, long Bytes)> Written { get; } = [];

    public static Task<SearchHouse> OpenAsync(params IEnumerable<SearchParameter> more) => OpenAsync(new SqlitePlace(), more);

    public static async Task<SearchHouse> OpenAsync(IStorePlace folder, params IEnumerable<SearchParameter> more)
    {
        SearchParameter[] own = [.. more];
        var clock = new TestClock();
        var store = await folder.Maker(clock).OpenAsync().Must();
        return new(folder, store, type => own.Length == 0 ? SearchPlan.Of(type) : SearchPlan.Of(type).With(own)) { Clock = clock };
    }

    public Task AddAsync(params IEnumerable<string> resources) => AddAsync(resources.Select(Encoding.UTF8.GetBytes), null);

    public async Task AddAsync(IEnumerable<byte[]> resources, Func<RecordKey, RecordLabels>? labels = null)
    {
        var waiting = new Dictionary<RecordKey, WriteOperation>();
        foreach (var json in resources)
        {
            var document = FhirDocument.Read(json, new FindingList());
            document.IsUsable.ShouldBeTrue();
            var key = new RecordKey(document.Root.Type.Name, document.Root.ChildText("id") ?? "");
            if (!key.IsWellFormed)
            {
                continue;
            }

            var terms = await Book.OfAsync(key.Type).Must();
            var own = new IndexValues();
            terms.Plan.Index(document.Root, own);
            values[key] = own;
            waiting[key] = new WriteOperation.Put(new PreparedRecord
            {
                Key = key,
                Body = RecordBody.From(json).Must(),
                Terms = Note(key.Type, writer.Write(terms, own, key.Id, labels?.Invoke(key) ?? default).Must()),
                Shard = Shard.OfRecord(key),
            });
            if (waiting.Count == 500)
            {
                await Store.WriteAsync(new([.. waiting.Values])).Must();
                waiting.Clear();
            }
        }

        if (waiting.Count > 0)
        {
            await Store.WriteAsync(new([.. waiting.Values])).Must();
        }
    }

    /// <summary>"Type?name=value&amp;…", decoded.</summary>
    public ValueTask<Outcome<SearchAnswer>> TryAsync(string query, ReaderPredicate? reader = null, string? page = null, CompartmentAsk? compartment = null)
    {
        var (type, parameters) = Split(query);
        if (page is not null)
        {
            parameters.Add(new(SearchRequestParser.PageParameter, page));
        }

        return TryAsync(type, parameters, reader, compartment);
    }

    public ValueTask<Outcome<SearchAnswer>> TryAsync(
        string? type, IReadOnlyList<KeyValuePair<string, string>> parameters, ReaderPredicate? reader = null, CompartmentAsk? compartment = null) =>
        SearchRequestParser.Parse(Book, type, parameters, Context, SearchOptions.Default, compartment).Try(out var request, out var problem)
            ? new SearchPlanner(Store, Book, Clock, Expansion, Bounds).SearchAsync(request, reader ?? ReaderPredicate.Platform)
            : new(problem);

    /// <summary>Ids of the matches, in order.</summary>
    public async Task<string[]> IdsAsync(string query, ReaderPredicate? reader = null)
    {
        var answer = await TryAsync(query, reader);
        answer.Problem.ShouldBeNull(query);
        return [.. answer.Value.Entries.Where(e => e.IsMatch).Select(e => e.Record.Key.Id)];
    }

    public async Task<SearchAnswer> AnswerAsync(string query, ReaderPredicate? reader = null, string? page = null)
    {
        var answer = await TryAsync(query, reader, page);
        answer.Problem.ShouldBeNull(query);
        return answer.Value;
    }

    /// <summary>Which numbers a request finds, without reading the records, and what it asks.</summary>
    public async Task<(IReadOnlyList<long> Numbers, SearchClause Clause)> NumbersAsync(string type, string name, string value)
    {
        var request = Parse(type, [new(name, value)]);
        return (await NumbersAsync(request), request.Asks[0].Clauses[0]);
    }

    public Task<IReadOnlyList<long>> NumbersAsync(string type, IReadOnlyList<KeyValuePair<string, string>> parameters) =>
        NumbersAsync(Parse(type, parameters));

    /// <summary>The number of each record, by key.</summary>
    public async Task<Dictionary<RecordKey, long>> NumbersByKeyAsync()
    {
        var numbers = new Dictionary<RecordKey, long>();
        foreach (var piece in values.Keys.Chunk(500))
        {
            foreach (var record in await Store.ReadAsync(piece).Must())
            {
                numbers.Add(record!.Key, record.Number);
            }
        }

        return numbers;
    }

    /// <summary>What is right, for a query of plain clauses: each record looked at by itself.</summary>
    public string[] Right(string query)
    {
        var (type, parameters) = Split(query);
        var plan = plans(R4.Facts.Type(type!)!);
        var clauses = parameters.ConvertAll(p => SearchClause.Parse(plan, p.Key, p.Value, Context).Must());
        return [.. values.Where(v => v.Key.Type == type && clauses.TrueForAll(c => c.Matches(v.Value))).Select(v => v.Key.Id).Order()];
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await place.DisposeAsync();
    }

    private SearchRequest Parse(string type, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var outcome = SearchRequestParser.Parse(Book, type, parameters, Context, SearchOptions.Default);
        outcome.Problem.ShouldBeNull(string.Join('&', parameters));
        return outcome.Value;
    }

    private async Task<IReadOnlyList<long>> NumbersAsync(SearchRequest request)
    {
        var run = new Run(ReaderPredicate.Platform, Bounds, Clock, Context.OwnBase, default);
        var selection = await new Selector(Store, Book, Expansion).SelectAsync(request.Asks[0], null, run).Must();
        var page = await selection.PageAsync(null, 10_000, withRecords: false, run).Must();
        page.HasMore.ShouldBeFalse();
        (await selection.CountAsync(Bounds.Patience, run).Must()).ShouldBe(page.Numbers.Count);
        return page.Numbers;
    }

    private static (string? Type, List<KeyValuePair<string, string>> Parameters) Split(string query)
    {
        var mark = query.IndexOf('?', StringComparison.Ordinal);
        var type = mark < 0 ? query : query[..mark];
        var parameters = new List<KeyValuePair<string, string>>();
        foreach (var part in mark < 0 ? [] : query[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            parameters.Add(new(part[..equals], part[(equals + 1)..]));
        }

        return (type.Length == 0 ? null : type, parameters);
    }

    private ReadOnlyMemory<byte> Note(string type, ReadOnlyMemory<byte> terms)
    {
        var (records, count, bytes) = Written.GetValueOrDefault(type);
        Written[type] = (records + 1, count + terms.Span.Count((byte)' ') + 1, bytes + terms.Length);
        return terms;
    }
}
