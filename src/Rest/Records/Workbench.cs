using System.Buffers;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Store;
using Kangqiao.Store.Terms;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Records;

/// <summary>
/// Where one request's records are read, checked and made ready for the store. Its tables and buffers are used again, so a
/// busy server settles on a few of them.
/// </summary>
internal sealed class Workbench(RestRoom room) : IDisposable
{
    /// <summary>Elements beyond which a table is let go rather than kept: one huge bundle must not hold memory for ever.</summary>
    private const int MostKept = 600_000;

    private const int LargestKept = 4 * 1024 * 1024;

    private readonly IndexValues values = new();
    private readonly TermWriter terms = new();
    private readonly ArrayBufferWriter<byte> json = new(4096);

    /// <summary>What was read last by <see cref="Read"/>.</summary>
    public FhirDocument Document { get; } = new();

    public FindingList Findings { get; } = new();

    /// <summary>Reads a resource and checks its structure.</summary>
    /// <returns>Null, or the answer that refuses it: 400, as R4 http.html#create has it for what cannot be read.</returns>
    public Answer? Read(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
        {
            return Answer.Refused(Problems.NoBody());
        }

        Findings.Clear();
        Document.ReadInto(json, Findings);
        return Findings.HasErrors || !Document.IsUsable ? Answer.Findings(Findings, 400) : null;
    }

    /// <summary>Checks what was read for all that validation knows.</summary>
    /// <returns>Null, or 422 with everything found.</returns>
    public Answer? Check()
    {
        room.Validator.Validate(Document, Findings);
        return Findings.HasErrors ? Answer.Findings(Findings, 422)
            : Subscriptions.SubscriptionRules.Refusal(room, Document) is { } unserved ? Answer.Refused(unserved, 422)
            : null;
    }

    /// <summary>Reads and checks a resource of a type.</summary>
    public Answer? Take(ReadOnlyMemory<byte> json, string type)
    {
        if (Read(json) is { } unreadable)
        {
            return unreadable;
        }

        return Document.Root.Type.Name != type
            ? Answer.Refused(Problems.OtherType(Document.Root.Type.Name, type))
            : Check();
    }

    /// <summary>Makes the resource read last ready for the store.</summary>
    public async ValueTask<Outcome<PreparedRecord>> PrepareAsync(RecordKey key, CancellationToken cancel) =>
        (await room.Book.OfAsync(key.Type, cancel)).Try(out var type, out var problem)
            ? Prepare(type, key, Document.Root, Document.Utf8)
            : problem;

    /// <summary>Makes a resource ready for the store.</summary>
    /// <param name="type">Of its type.</param>
    /// <param name="key">What it shall be called; an id in the resource does not count.</param>
    /// <param name="resource">Sound.</param>
    /// <param name="json">Its bytes, from brace to brace.</param>
    public Outcome<PreparedRecord> Prepare(TypeTerms type, RecordKey key, Element resource, ReadOnlySpan<byte> json)
    {
        if (!RecordBody.From(json).Try(out var body, out var problem))
        {
            return problem;
        }

        type.Plan.Index(resource, values);
        var links = RecordLinks.Of(type);
        var patient = links.SourcePatient(values, key);
        return terms.Write(type, values, key.Id, new RecordLabels(patient)).Try(out var written, out problem)
            ? new PreparedRecord
            {
                Key = key,
                Body = body,
                Terms = written,
                Shard = patient is null ? Shard.OfRecord(key) : Shard.OfPatient(patient),
                Identities = links.Identities(values, key.Type),
            }
            : problem;
    }

    /// <summary>Makes a version that is stored ready again: its terms as this program writes them.</summary>
    public async ValueTask<Outcome<PreparedRecord>> AgainAsync(StoredRecord record, CancellationToken cancel)
    {
        if (!(await room.Book.OfAsync(record.Key.Type, cancel)).Try(out var type, out var problem))
        {
            return problem;
        }

        Load(record);
        return Document.IsUsable ? Prepare(type, record.Key, Document.Root, Document.Utf8) : Store.Problems.NotAnObject();
    }

    /// <summary>Reads a version that is stored, as a client sees it, into <see cref="Document"/>.</summary>
    public void Load(StoredRecord record)
    {
        json.ResetWrittenCount();
        Findings.Clear();
        record.WriteResource(json);
        Document.ReadInto(json.WrittenMemory, Findings);
    }

    /// <summary>Index values of <see cref="Document"/>, valid until the next are taken.</summary>
    public IndexValues Values(SearchPlan plan)
    {
        plan.Index(Document.Root, values);
        return values;
    }

    /// <summary>The business identifiers of a resource, as references by identifier find it.</summary>
    public IReadOnlyList<Identity> Identities(TypeTerms type, Element resource)
    {
        type.Plan.Index(resource, values);
        return RecordLinks.Of(type).Identities(values, type.Plan.Type.Name);
    }

    public void Dispose()
    {
        if (Document.Count <= MostKept && json.Capacity <= LargestKept)
        {
            room.Return(this);
        }
    }
}
