using Kangqiao.Access.Deciding;
using Kangqiao.Access.Roles;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Kernel;
using Kangqiao.Standard.Making;
using Kangqiao.Standard.Standing;
using Kangqiao.Store;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Access.Facts;

/// <summary>Finds in the store what bears on who may see whose records.</summary>
internal sealed class FactsReader(IRecordStore store, Workshop shop, IResidents residents, RoleBook roles, TimeProvider time)
{
    private const int PageSize = 500;

    /// <summary>Consents and open treatments of the persons asked about together.</summary>
    private const int MostStandings = 20_000;

    private const string RegionExtension = "https://kangqiao.dev/fhir/StructureDefinition/institution-region";

    private readonly ConsentReader consents = new(shop.Sensitivity.Codes);

    /// <summary>What is known of the human behind each of these Patients.</summary>
    public async ValueTask<Outcome<IReadOnlyDictionary<string, PersonFacts>>> OfAsync(IReadOnlyCollection<string> patients, CancellationToken cancel)
    {
        if (!(await residents.OfAsync(patients, cancel)).Try(out var humans, out var problem))
        {
            return problem;
        }

        var drafts = new Dictionary<string, Draft>(StringComparer.Ordinal);
        foreach (var human in humans.Values.Distinct())
        {
            var draft = new Draft(human);
            foreach (var id in human.Patients)
            {
                drafts.TryAdd(id, draft);
            }
        }

        if (await SendersAsync(drafts, cancel) is { } unread || (unread = await StandingsAsync(drafts, cancel)) is not null)
        {
            return unread;
        }

        var found = new Dictionary<string, PersonFacts>(StringComparer.Ordinal);
        var made = new Dictionary<Draft, PersonFacts>();
        foreach (var patient in patients)
        {
            var draft = drafts[patient];
            if (!made.TryGetValue(draft, out var facts))
            {
                made.Add(draft, facts = draft.Facts());
            }

            found[patient] = facts;
        }

        return found;
    }

    /// <summary>Patients whom an institution is treating; null where there are more than may be asked together.</summary>
    public async ValueTask<Outcome<string[]?>> TreatedByAsync(string institution, CancellationToken cancel)
    {
        var most = roles.Treatment.MostPersons;
        var patients = new HashSet<string>(StringComparer.Ordinal);
        long? after = null;
        for (var pages = 0; pages < 4; pages++)
        {
            var ask = new SearchAsk(StandingTerms.TreatedBy(institution)) { After = after, Limit = most + 1, WithRecords = true };
            if (!(await store.SearchAsync(ask, cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            foreach (var record in page.Records)
            {
                if (!(await PatientOfAsync(record, cancel)).Try(out var read, out problem))
                {
                    return problem;
                }

                if (read.Patient is { } patient)
                {
                    patients.Add(patient);
                }
            }

            if (patients.Count > most)
            {
                return (string[]?)null;
            }

            if (!page.HasMore)
            {
                return patients.ToArray();
            }

            after = page.Numbers[^1];
        }

        return (string[]?)null;
    }

    /// <summary>Codes of the institutions of a region.</summary>
    public async ValueTask<Outcome<string[]>> InstitutionsOfAsync(string region, CancellationToken cancel)
    {
        // 100100 is the city, and all that begins with 1001 is in it.
        var start = region.EndsWith("0000", StringComparison.Ordinal) && region.Length == 6 ? region[..2] : region.EndsWith("00", StringComparison.Ordinal) && region.Length == 6 ? region[..4] : region;
        var codes = new List<string>();
        long? after = null;
        while (true)
        {
            var ask = new SearchAsk(RecordLabels.OfType("Organization")) { After = after, Limit = PageSize, WithRecords = true };
            if (!(await store.SearchAsync(ask, cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            foreach (var record in page.Records)
            {
                using var bench = shop.Rent();
                bench.Load(record);
                if (bench.Document.IsUsable && RegionOf(bench.Document.Root)?.StartsWith(start, StringComparison.Ordinal) == true)
                {
                    codes.Add(record.Key.Id);
                }
            }

            if (!page.HasMore)
            {
                return codes.ToArray();
            }

            after = page.Numbers[^1];
        }
    }

    /// <summary>Whose a record is: the first Patient it names.</summary>
    public async ValueTask<Outcome<(string? Patient, ReadOnlyMemory<byte> Terms)>> PatientOfAsync(StoredRecord record, CancellationToken cancel)
    {
        using var bench = shop.Rent();
        return (await bench.AgainAsync(record, cancel)).Try(out var prepared, out var problem) ? (bench.SourcePatient, prepared.Terms) : problem;
    }

    private static string? RegionOf(Fhir.Reading.Element organization)
    {
        foreach (var extension in organization.ChildrenNamed("extension"))
        {
            if (extension.ChildText("url") == RegionExtension && extension.Child("value") is { Exists: true } value)
            {
                return value.Text();
            }
        }

        return null;
    }

    /// <summary>Who sent each Patient: what an institution says of a patient that is not its own treats nobody.</summary>
    private async ValueTask<Problem?> SendersAsync(Dictionary<string, Draft> drafts, CancellationToken cancel)
    {
        RecordKey[] keys = [.. drafts.Keys.Select(p => new RecordKey("Patient", p)).Where(k => k.IsWellFormed)];
        foreach (var piece in keys.Chunk(PageSize))
        {
            if (!(await store.ReadAsync(piece, cancel)).Try(out var read, out var problem))
            {
                return problem;
            }

            foreach (var record in read.OfType<StoredRecord>().Where(r => r.State == RecordState.Live))
            {
                var draft = drafts[record.Key.Id];
                draft.Senders[record.Key.Id] = record.Sender;
                if (draft.Born is null)
                {
                    using var bench = shop.Rent();
                    bench.Load(record);
                    draft.Born = bench.Document.IsUsable ? StoredResidents.BirthDate(bench.Document.Root) : null;
                }
            }
        }

        return null;
    }

    private async ValueTask<Problem?> StandingsAsync(Dictionary<string, Draft> drafts, CancellationToken cancel)
    {
        foreach (var piece in drafts.Keys.Chunk(200))
        {
            var query = TermQuery.AllOf(StandingTerms.Bearing, TermQuery.AnyOf([.. piece.Select(RecordLabels.OfPatient)]));
            long? after = null;
            for (var read = 0; ; read += PageSize)
            {
                if (read >= MostStandings)
                {
                    return Problems.TooManyStandings();
                }

                if (!(await store.SearchAsync(new(query) { After = after, Limit = PageSize, WithRecords = true }, cancel)).Try(out var page, out var problem))
                {
                    return problem;
                }

                foreach (var record in page.Records)
                {
                    if (await TakeAsync(record, drafts, cancel) is { } refused)
                    {
                        return refused;
                    }
                }

                if (!page.HasMore)
                {
                    break;
                }

                after = page.Numbers[^1];
            }
        }

        return null;
    }

    private async ValueTask<Problem?> TakeAsync(StoredRecord record, Dictionary<string, Draft> drafts, CancellationToken cancel)
    {
        using var bench = shop.Rent();
        if (!(await bench.AgainAsync(record, cancel)).Try(out _, out var problem))
        {
            return problem;
        }

        if (bench.SourcePatient is not { } patient || !drafts.TryGetValue(patient, out var draft))
        {
            return null;
        }

        var root = bench.Document.Root;
        var isTrusted = record.Sender.Length == 0 || !draft.Senders.TryGetValue(patient, out var sender) || sender.Length == 0 || sender == record.Sender;
        switch (record.Key.Type)
        {
            case "Consent":
                // A refusal counts whoever tells of it.
                if (consents.Read(record, root) is { } agreement && (isTrusted || !agreement.Root.IsPermit))
                {
                    if (!(await DatedAsync(agreement, cancel)).Try(out var dated, out problem))
                    {
                        return problem;
                    }

                    draft.Agreements.Add(dated);
                }

                break;
            case "Communication":
                if (StandingReader.Opening(record, root) is { } opening)
                {
                    draft.Openings.Add(opening);
                }

                break;
            default:
                if (isTrusted)
                {
                    draft.Treatments.AddRange(StandingReader.Treatments(record, root, roles.Treatment));
                }

                break;
        }

        return null;
    }

    private async ValueTask<Outcome<Agreement>> DatedAsync(Agreement agreement, CancellationToken cancel)
    {
        if (!(await DatedAsync(agreement.Root, cancel)).Try(out var root, out var problem))
        {
            return problem;
        }

        var exceptions = new List<Provision>();
        foreach (var one in agreement.Exceptions)
        {
            if (!(await DatedAsync(one, cancel)).Try(out var dated, out problem))
            {
                return problem;
            }

            exceptions.Add(dated);
        }

        return agreement with { Root = root, Exceptions = exceptions };
    }

    private async ValueTask<Outcome<Provision>> DatedAsync(Provision provision, CancellationToken cancel)
    {
        if (provision.Data is not { } data)
        {
            return provision;
        }

        var context = new SearchContext(time.GetUtcNow(), null);
        var byType = new Dictionary<string, (TermQuery Surely, TermQuery Perhaps)>(StringComparer.Ordinal);
        foreach (var type in R4.Facts.Types.Where(t => t is { IsResource: true, IsAbstract: false }))
        {
            if (!(await RecordDays.WithinAsync(shop.Book, type.Name, data.Start, data.End, context, cancel)).Try(out var days, out var problem))
            {
                // A date that cannot be read.
                return problem.Kind == ProblemKind.Invalid ? provision with { IsUnclear = true } : problem;
            }

            byType.Add(type.Name, days);
        }

        return provision with { Days = type => byType[type] };
    }

    private sealed class Draft(Human human)
    {
        public DateOnly? Born { get; set; } = human.Born;

        public Dictionary<string, string> Senders { get; } = new(StringComparer.Ordinal);

        public List<Treatment> Treatments { get; } = [];

        public List<Agreement> Agreements { get; } = [];

        public List<Opening> Openings { get; } = [];

        public PersonFacts Facts() => new(human.Person, human.Patients, Born) { Treatments = Treatments, Agreements = Agreements, Openings = Openings };
    }
}
