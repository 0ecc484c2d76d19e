using Kangqiao.Access;
using Kangqiao.Access.Facts;
using Kangqiao.Access.Roles;
using Kangqiao.Audit.Trail;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Fhir.Validation;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex;
using Kangqiao.PatientIndex.Reading;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Records;
using Kangqiao.Rest.Subscriptions;
using Kangqiao.Standard.Making;
using Kangqiao.Standard.Sensitivity;
using Kangqiao.Store;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Terms;
using Kangqiao.Terminology;

namespace Kangqiao.Rest;

/// <summary>What every interaction works with: the store, the rules, the clock. One for the life of the server.</summary>
internal sealed class RestRoom
{
    private readonly Workshop workshop;

    public RestRoom(
        IRecordStore store, Validator validator, TerminologyService terminology, SensitivityRules sensitivity, RoleBook roles, TimeProvider time, RestOptions options,
        AuditTrail trail, PersonIndex? persons = null)
    {
        Platform = store;
        Validator = validator;
        Terminology = terminology;
        Time = time;
        Options = options;
        Trail = trail;
        Persons = persons;
        Ids = new Identifiers(time);
        Book = new TermBook(store);
        workshop = new Workshop(Book, validator, sensitivity);
        Access = new AccessRoom(store, workshop, roles, new StoredResidents(store, workshop), time);
        Coverage = new PatientCoverage(store);
        Planner = new SearchPlanner(store, Book, time, new ConceptLists(terminology), coverage: Coverage);
        Index = new IndexWatch(store, workshop.Form, time);
        Topics = options.Subscriptions.TopicFolder is { } folder ? TopicBook.Load(this, folder).Value : TopicBook.None;
    }

    /// <summary>
    /// The store itself, for the platform's own bookkeeping and for <see cref="Callers.Sight"/>, which is everybody's way to records. A test
    /// lists the files that may name it.
    /// </summary>
    public IRecordStore Platform { get; }

    public AccessRoom Access { get; }

    /// <summary>The form of the index: see <see cref="Workshop.Form"/>.</summary>
    public string Form => workshop.Form;

    public Validator Validator { get; }

    public TerminologyService Terminology { get; }

    public TimeProvider Time { get; }

    public RestOptions Options { get; }

    public Identifiers Ids { get; }

    /// <summary>What is shown or changed goes here first.</summary>
    public AuditTrail Trail { get; }

    /// <summary>Who is who; null on a server without an index of persons.</summary>
    public PersonIndex? Persons { get; }

    /// <summary>Which Patients a resident stands for.</summary>
    public PatientCoverage Coverage { get; }

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
