using System.Buffers;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;
using Kangqiao.Standard.RealName;
using Kangqiao.Standard.Rules;
using Kangqiao.Standard.Standing;
using Kangqiao.Store;
using Kangqiao.Store.Terms;
using Kangqiao.Store.Writes;

namespace Kangqiao.Standard.Making;

/// <summary>What is known of a record besides what it says itself.</summary>
/// <param name="Sender">Code of the sending institution; empty for our own.</param>
/// <param name="Flags">Kept by the store with the version.</param>
public sealed record Provenance(string Sender = "", int Flags = 0)
{
    public static readonly Provenance Own = new();
}

/// <summary>
/// Where records are read, checked and made ready for the store, whoever brings them. Its tables and buffers are used again, so a
/// busy server settles on a few of them. For one thread at a time; give it back to its <see cref="Workshop"/> by disposing it.
/// </summary>
public sealed class Workbench : IDisposable
{
    /// <summary>Elements beyond which a table is let go rather than kept: one huge bundle must not hold memory for ever.</summary>
    private const int MostKept = 600_000;

    private const int LargestKept = 4 * 1024 * 1024;

    private readonly Workshop shop;
    private readonly IndexValues values = new();
    private readonly TermWriter terms = new();
    private readonly FhirPathEnvironment environment = new();
    private readonly ArrayBufferWriter<byte> json = new(4096);
    private readonly List<MissingEdition> editions = [];

    internal Workbench(Workshop shop) => this.shop = shop;

    /// <summary>What was read last by <see cref="TryRead"/>.</summary>
    public FhirDocument Document { get; } = new();

    /// <summary>What was found in it.</summary>
    public FindingList Findings { get; } = new();

    /// <summary>Logical id of the Patient that the record prepared last belongs to, or null.</summary>
    public string? SourcePatient { get; private set; }

    /// <summary>Reads a resource and checks its structure.</summary>
    /// <returns>False where it cannot be read or has a wrong structure; why is in <see cref="Findings"/>.</returns>
    public bool TryRead(ReadOnlyMemory<byte> json, ReadOptions? options = null)
    {
        Findings.Clear();
        Document.ReadInto(json, Findings, options);
        return !Findings.HasErrors && Document.IsUsable;
    }

    /// <summary>Checks what was read for all that validation knows.</summary>
    /// <param name="askedProfiles">Canonical URLs of profiles besides those that the record claims.</param>
    /// <returns>False where anything is wrong.</returns>
    public bool TryCheck(IReadOnlyList<string>? askedProfiles = null)
    {
        shop.Validator.Validate(Document, Findings, askedProfiles);
        return !Findings.HasErrors;
    }

    /// <summary>Checks what was read for what the national and the city's standard ask beyond FHIR: real name, plausibility.</summary>
    /// <param name="owesRealName">The sender is under the duty of real name (ordinance art. 10).</param>
    public void CheckStandard(bool owesRealName)
    {
        environment.Time = shop.Validator.Options.Time;
        shop.Rules.Check(Document.Root, environment, Findings);
        if (Document.Root.Type.Name == "Patient")
        {
            RealNameCheck.Check(Document.Root, Findings, owesRealName);
        }

        editions.Clear();
        shop.Domains?.Check(Document.Root, Findings, editions);
    }

    /// <summary>
    /// What was read last, with the edition of its table written beside each national code that says none; null where nothing is to be
    /// added. Follows <see cref="CheckStandard"/>.
    /// </summary>
    public byte[]? WithEditions() => editions.Count == 0 ? null : EditionStamp.Write(Document.Utf8, editions);

    /// <summary>Makes the resource read last ready for the store.</summary>
    public async ValueTask<Outcome<PreparedRecord>> PrepareAsync(RecordKey key, CancellationToken cancel, Provenance? provenance = null) =>
        (await shop.Book.OfAsync(key.Type, cancel)).Try(out var type, out var problem)
            ? Prepare(type, key, Document.Root, Document.Utf8, provenance)
            : problem;

    /// <summary>Makes a resource ready for the store.</summary>
    /// <param name="type">Of its type.</param>
    /// <param name="key">What it shall be called; an id in the resource does not count.</param>
    /// <param name="resource">Sound.</param>
    /// <param name="json">Its bytes, from brace to brace.</param>
    /// <param name="provenance">Null for a record of our own.</param>
    public Outcome<PreparedRecord> Prepare(TypeTerms type, RecordKey key, Element resource, ReadOnlySpan<byte> json, Provenance? provenance = null)
    {
        if (!RecordBody.From(json).Try(out var body, out var problem))
        {
            return problem;
        }

        var from = provenance ?? Provenance.Own;
        type.Plan.Index(resource, values);
        var links = RecordLinks.Of(type);
        var patient = links.SourcePatient(values, key);
        SourcePatient = patient;
        return terms.Write(type, values, key.Id, new RecordLabels(patient, LabelsOf(resource, from.Sender))).Try(out var written, out problem)
            ? new PreparedRecord
            {
                Key = key,
                Body = body,
                Terms = written,
                Shard = patient is null ? Shard.OfRecord(key) : Shard.OfPatient(patient),
                SourcePatient = patient,
                Sender = from.Sender,
                Flags = from.Flags,

                // A composed Patient has its sources' numbers: whoever asks by a number means one of those.
                Identities = ResidentTag.IsOn(resource) ? [] : links.Identities(values, key.Type),
            }
            : problem;
    }

    /// <summary>
    /// Who sent it, the day on which it counts among what was sent, and what makes it sensitive. Only from what is stored with the record:
    /// the index written anew has to say the same.
    /// </summary>
    private IReadOnlyList<string> LabelsOf(Element resource, string sender)
    {
        var sensitive = shop.Sensitivity.TermsOf(resource);
        List<string>? labels = null;
        StandingTerms.Add(resource, sender, ref labels);
        if (sender.Length > 0)
        {
            (labels ??= []).Add(SenderLabel.Of(sender));
            if (CollectionDomains.Default.LabelOf(resource) is { } day)
            {
                labels.Add(day);
            }
        }

        if (sensitive.Count > 0)
        {
            (labels ??= []).AddRange(sensitive);
        }

        return labels ?? sensitive;
    }

    /// <summary>Makes a version that is stored ready again: its terms as this program writes them.</summary>
    public async ValueTask<Outcome<PreparedRecord>> AgainAsync(StoredRecord record, CancellationToken cancel)
    {
        if (!(await shop.Book.OfAsync(record.Key.Type, cancel)).Try(out var type, out var problem))
        {
            return problem;
        }

        Load(record);
        return Document.IsUsable ? Prepare(type, record.Key, Document.Root, Document.Utf8, new(record.Sender, Flags: record.Flags)) : Store.Problems.NotAnObject();
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
            shop.Return(this);
        }
    }
}
