using Kangqiao.Fhir.Search.Query;
using Kangqiao.Fhir.Validation;
using Kangqiao.Kernel;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Records;
using Kangqiao.Rest.Subscriptions;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Terms;
using Kangqiao.Terminology;

namespace Kangqiao.Rest;

/// <summary>What every interaction works with: the store, the rules, the clock. One for the life of the server.</summary>
internal sealed class RestRoom
{
    private readonly Workshop workshop;

    public RestRoom(IRecordStore store, Validator validator, TerminologyService terminology, TimeProvider time, RestOptions options)
    {
        Store = store;
        Validator = validator;
        Terminology = terminology;
        Time = time;
        Options = options;
        Ids = new Identifiers(time);
        Book = new TermBook(store);
        workshop = new Workshop(Book, validator);
        Planner = new SearchPlanner(store, Book, time, new ConceptLists(terminology));
        Index = new IndexWatch(store, time);
        Topics = options.Subscriptions.TopicFolder is { } folder ? TopicBook.Load(this, folder).Value : TopicBook.None;
    }

    public IRecordStore Store { get; }

    public Validator Validator { get; }

    public TerminologyService Terminology { get; }

    public TimeProvider Time { get; }

    public RestOptions Options { get; }

    public Identifiers Ids { get; }

    public TermBook Book { get; }

    public SearchPlanner Planner { get; }

    public IndexWatch Index { get; }

    /// <summary>What can be subscribed to.</summary>
    public TopicBook Topics { get; }

    /// <summary>Called when there is a new job, so that nobody waits for the workers' next look.</summary>
    public Action WakeWorkers { get; set; } = () => { };

    public SearchContext SearchContext(string baseAddress) => new(Time.GetUtcNow(), baseAddress, Validator.Options.Terminology);

    /// <summary>A place to read and prepare records; give it back by disposing it.</summary>
    public Workbench Rent() => workshop.Rent();
}
