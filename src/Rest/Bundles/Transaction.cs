using System.Runtime.InteropServices;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Auditing;
using Kangqiao.Rest.Callers;
using Kangqiao.Rest.Interactions;
using Kangqiao.Rest.Records;
using Kangqiao.Standard.Making;
using Kangqiao.Standard.Naming;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Bundles;

/// <summary>
/// All or none (R4 http.html#trules): every entry is checked and given its id, references between them are rewritten, and one request
/// goes to the store together with what the conditions saw. Where that has changed meanwhile, it is all thought over again.
/// </summary>
internal sealed class Transaction(RestRoom room, Ask ask, Workbench bench, int count)
{
    private const int Attempts = 12;

    private readonly TransactionEntry[] entries = new TransactionEntry[count];
    private readonly NewNames names = new();
    private readonly List<ReferenceSpot> spots = [];
    private readonly FhirDocument rewritten = new();
    private readonly FindingList rewrittenFindings = new();
    private readonly List<Expectation> expectations = [];
    private readonly HashSet<RecordKey> taken = [];
    private HashSet<string>? conditionalReferences;
    private Dictionary<string, string>? ownReferences;

    public async ValueTask<Answer> RunAsync(CancellationToken cancel)
    {
        if (ReadEntries() is { } unfit)
        {
            return unfit;
        }

        if (bench.Check(room) is { } unsound)
        {
            return unsound;
        }

        FindSpots();
        for (var i = 0; i < Attempts; i++)
        {
            var (answer, again) = await OnceAsync(cancel);
            if (!again)
            {
                return answer!;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1 << Math.Min(i, 6)), room.Time, cancel);
        }

        return Answer.Refused(Problems.CannotGoOn());
    }

    private Answer? ReadEntries()
    {
        var i = 0;
        foreach (var element in bench.Document.Root.ChildrenNamed("entry"))
        {
            if (!EntryAsk.Of(ask, element).Try(out var one, out var problem))
            {
                return Refused(i, problem);
            }

            if (one.Method is not ("DELETE" or "POST" or "PUT" or "PATCH" or "GET" or "HEAD"))
            {
                return Refused(i, Problems.BadEntryMethod(one.Method));
            }

            if (InteractionTable.Find(one.Method, one.Target, out var refused) is not { } interaction)
            {
                return Refused(i, refused!.Problem!, refused.Status);
            }

            if (Gate.Refusal(room, interaction, one) is { } closed)
            {
                return Refused(i, closed);
            }

            if (one.Method is "POST" && one.Target.Shape != Shape.Type)
            {
                return Refused(i, Problems.NotInBundle($"POST {one.Address}"));
            }

            entries[i] = new TransactionEntry(one, interaction, element);
            if (Misfit(entries[i]) is { } misfit)
            {
                return Refused(i, misfit);
            }

            i++;
        }

        return null;
    }

    private static Problem? Misfit(TransactionEntry entry)
    {
        if (!entry.IsPut && !entry.IsPost)
        {
            return null;
        }

        var (target, resource) = (entry.Ask.Target, entry.Resource);
        if (resource.Type.Name != target.Type)
        {
            return Problems.OtherType(resource.Type.Name, target.Type!);
        }

        return entry.IsPut && target.Id is { } due
            ? resource.ChildText("id") switch
            {
                null => Problems.IdMissing(due),
                var sent when sent != due => Problems.OtherId(sent, due),
                _ => null,
            }
            : null;
    }

    private void FindSpots()
    {
        var finder = new ReferenceSpots(Array.Exists(entries, e => e.FullUrl?.StartsWith("http", StringComparison.OrdinalIgnoreCase) == true));
        foreach (var entry in entries)
        {
            entry.FirstSpot = spots.Count;
            if (entry.IsPut || entry.IsPost)
            {
                finder.Collect(entry.Resource, spots);
            }

            entry.Spots = spots.Count - entry.FirstSpot;
        }

        foreach (var spot in spots)
        {
            var raw = bench.Document.Utf8.Slice(spot.Start, spot.Length);
            if (spot.IsReference && raw.Contains((byte)'?') && !raw.StartsWith("http"u8) && !raw.StartsWith("urn:"u8))
            {
                (conditionalReferences ??= new(StringComparer.Ordinal)).Add(NewNames.TextOf(raw));
            }
            else if (spot.IsReference && raw.StartsWith("http"u8) && NewNames.TextOf(raw) is var text && References.Relative(text, ask.Base) is { } relative)
            {
                (ownReferences ??= new(StringComparer.Ordinal))[text] = relative;
            }
        }
    }

    /// <summary>One try; to be repeated when what a condition saw has changed.</summary>
    private async ValueTask<(Answer? Answer, bool Again)> OnceAsync(CancellationToken cancel)
    {
        names.Clear();
        expectations.Clear();
        taken.Clear();
        if (await NameAsync(cancel) is { } refused || (refused = await ResolveConditionalReferencesAsync(cancel)) is not null)
        {
            return (refused, false);
        }

        // What an entry's fullUrl names comes before what the address says.
        foreach (var (reference, relative) in ownReferences ?? [])
        {
            names.TryAdd(reference, relative);
        }

        var operations = new List<WriteOperation>(entries.Length);

        // R4 http.html#trules: deletions, then creations, then updates and patches.
        foreach (var phase in (string[])["DELETE", "POST", "PUT", "PATCH"])
        {
            for (var i = 0; i < entries.Length; i++)
            {
                if (entries[i].Ask.Method == phase && await PrepareAsync(i, operations, cancel) is { } unfit)
                {
                    return (unfit, false);
                }
            }
        }

        if (operations.Count > 0)
        {
            var request = new WriteRequest(operations) { Expectations = [.. expectations] };
            if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out var problem) || !(await sight.WriteAsync(request, cancel)).Try(out var receipt, out problem))
            {
                var isOurOwn = problem.Code == Store.Problems.NoLongerSo().Code
                    || (problem.Kind == ProblemKind.PreconditionFailed && Array.Exists(entries, e => e.Doomed is not null || (e.IsPatch && e.Ask.IfMatch is null)));
                return (Answer.Refused(problem), isOurOwn);
            }

            foreach (var entry in entries)
            {
                if (entry.Operation >= 0)
                {
                    entry.Answer = Done(sight, entry, receipt.Operations[entry.Operation]);
                    if (entry.Ask.Method == "DELETE")
                    {
                        entry.Answer = entry.Answer with { Touched = [await Touched.OfDeletedAsync(sight, receipt.Operations[entry.Operation], cancel)] };
                    }
                }
            }
        }

        foreach (var entry in entries)
        {
            if (entry.SameAs is { } first)
            {
                entry.Answer = first.Answer! with { Status = 200 };
            }
            else if (entry.Ask.Method is "GET" or "HEAD")
            {
                entry.Answer = Batch.Cut(entry.Ask, await entry.Interaction.Handle(room, entry.Ask, cancel));
            }
        }

        return (new Answer(200) { Body = new ResponseBundle("transaction-response", ask.Base, Array.ConvertAll(entries, e => e.Answer!)) }, false);
    }

    /// <summary>Finds out what each entry is about, and what it will be called.</summary>
    private async ValueTask<Answer?> NameAsync(CancellationToken cancel)
    {
        Dictionary<string, TransactionEntry>? conditions = null;
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = entries[i];
            entry.Reset();
            var target = entry.Ask.Target;
            var criteria = entry.IsPost ? entry.Ask.IfNoneExist : target.Shape == Shape.Type && entry.IsChange ? QueryOf(entry.Ask) : null;
            if (criteria is not null)
            {
                if (entry.IsPost && !(conditions ??= new(StringComparer.Ordinal)).TryAdd($"{target.Type}?{criteria}", entry))
                {
                    // The same condition twice in one bundle means the same record twice.
                    entry.SameAs = conditions[$"{target.Type}?{criteria}"];
                    entry.Key = entry.SameAs.Key;
                }
                else if (await MatchAsync(i, target.Type!, criteria, cancel) is { } refused)
                {
                    return refused;
                }
            }
            else if (entry.IsPost)
            {
                entry.Key = new RecordKey(target.Type!, room.Ids.NextId());
            }
            else if (entry.IsChange)
            {
                entry.Key = target.Key;
            }

            if (entry.Key is { } key && (entry.IsPost || entry.IsPut))
            {
                if (entry.FullUrl is { } fullUrl && !names.TryAdd(fullUrl, key.ToString()) && names[fullUrl] != key.ToString())
                {
                    return Refused(i, Problems.FullUrlTwice(fullUrl));
                }
            }

            if (entry.Key is { } own && entry.IsChange && entry.SameAs is null && !entry.IsThere && !taken.Add(own))
            {
                return Refused(i, Problems.TwiceInBundle(own));
            }
        }

        return null;
    }

    private async ValueTask<Answer?> MatchAsync(int i, string type, string criteria, CancellationToken cancel)
    {
        var entry = entries[i];
        var isDelete = entry.Ask.Method == "DELETE";
        if (!(await Condition.FindAsync(room, entry.Ask, type, criteria, cancel, isDelete ? ConditionalDelete.Most + 1 : 2)).Try(out var condition, out var problem))
        {
            return Refused(i, problem);
        }

        if ((isDelete ? ConditionalDelete.Unfit(condition, entry.Ask, criteria) : Written.TooMany(condition, type, criteria)) is { } tooMany)
        {
            return Refused(i, tooMany);
        }

        if (isDelete && condition.Matches.Count > 1)
        {
            entry.Doomed = condition.Matches;
            return condition.Matches.FirstOrDefault(m => !taken.Add(m.Key)) is { } twice ? Refused(i, Problems.TwiceInBundle(twice.Key)) : null;
        }

        expectations.AddRange(condition.Expectations);
        var match = condition.Matches is [var one] ? one : null;
        if (entry.IsPost)
        {
            entry.Existing = match;
            entry.Key = match?.Key ?? new RecordKey(type, room.Ids.NextId());
        }
        else if (entry.IsPut)
        {
            var sent = entry.Resource.ChildText("id");
            if (match is not null && sent is not null && sent != match.Key.Id)
            {
                return Refused(i, Problems.OtherId(sent, match.Key.Id));
            }

            if (match is null && sent is not null && !ask.MayName)
            {
                return Refused(i, Problems.NamedByServer());
            }

            entry.Mode = match is null ? PutMode.CreateOnly : PutMode.UpdateOnly;
            entry.Key = match?.Key ?? new RecordKey(type, sent ?? room.Ids.NextId());
        }
        else if (match is not null)
        {
            entry.Key = match.Key;
        }
        else if (entry.IsPatch)
        {
            return Refused(i, Problems.NothingMatches(type, criteria));
        }
        else
        {
            entry.Answer = new Answer(204);
        }

        return null;
    }

    /// <summary>"Practitioner?identifier=…" as a reference: among the bundle's own records, else in the store.</summary>
    private async ValueTask<Answer?> ResolveConditionalReferencesAsync(CancellationToken cancel)
    {
        foreach (var reference in conditionalReferences ?? [])
        {
            var query = reference.IndexOf('?', StringComparison.Ordinal);
            var type = reference[..query];
            if (R4.Facts.Type(type) is not { IsResource: true, IsAbstract: false })
            {
                return Answer.Refused(Problems.NoSuchType(type), 400);
            }

            var parameters = new AskParameters();
            if (parameters.Add(reference.AsSpan(query + 1)) is { } problem
                || !(await Condition.FindAsync(room, ask, type, parameters, cancel)).Try(out var condition, out problem))
            {
                return Answer.Refused(problem);
            }

            var found = condition.Matches.Select(m => m.Key).ToHashSet();
            if (condition.Identity is { } identity && !(await OwnAsync(type, identity, found, cancel)).Try(out _, out problem))
            {
                return Answer.Refused(problem);
            }

            if (found.Count != 1)
            {
                return Answer.Refused(found.Count == 0 ? Problems.ReferenceNotFound(reference) : Problems.ManyMatches(type, reference));
            }

            names.TryAdd(reference, found.First().ToString());
        }

        return null;
    }

    private async ValueTask<Outcome<int>> OwnAsync(string type, Identity identity, HashSet<RecordKey> found, CancellationToken cancel)
    {
        if (!(await room.Book.OfAsync(type, cancel)).Try(out var terms, out var problem))
        {
            return problem;
        }

        foreach (var entry in entries)
        {
            if ((entry.IsPost || entry.IsPut) && entry.Key is { } key && key.Type == type && bench.Identities(terms, entry.Resource).Contains(identity))
            {
                found.Add(key);
            }
        }

        return found.Count;
    }

    private async ValueTask<Answer?> PrepareAsync(int i, List<WriteOperation> operations, CancellationToken cancel)
    {
        var entry = entries[i];
        if (entry.SameAs is not null || entry.Answer is not null)
        {
            return null;
        }

        if (entry.Doomed is { } doomed)
        {
            operations.AddRange(ConditionalDelete.Operations(doomed));
            entry.Answer = new Answer(204) { Touched = [.. doomed.Select(Touched.Doomed)] };
            return null;
        }

        if (entry.Existing is { } existing)
        {
            if (!(await entry.Ask.SightAsync(room, cancel)).Try(out var sight, out var blind))
            {
                return Refused(i, blind);
            }

            entry.Answer = Written.Existing(entry.Ask, sight.Shown(existing), bench.Findings);
            return null;
        }

        if (!EntityTag.Expected(entry.Ask.IfMatch).Try(out var expected, out var problem))
        {
            return Refused(i, problem);
        }

        var key = entry.Key!.Value;
        switch (entry.Ask.Method)
        {
            case "DELETE":
                operations.Add(new WriteOperation.Delete(key, ask.Caller.Institution ?? "") { ExpectedVersion = expected });
                break;
            case "PATCH":
                using (var own = room.Rent())
                {
                    var (put, refused) = await Patch.PrepareAsync(room, entry.Ask, own, key, cancel);
                    if (put is null)
                    {
                        return refused;
                    }

                    entry.Record = put.Record;
                    operations.Add(put);
                }

                break;
            default:
                if (!(await room.Book.OfAsync(key.Type, cancel)).Try(out var type, out problem) || !Prepare(entry, type, key).Try(out var record, out problem))
                {
                    return Refused(i, problem);
                }

                entry.Record = record;
                operations.Add(new WriteOperation.Put(record)
                {
                    ExpectedVersion = expected,
                    Mode = entry.IsPost ? PutMode.CreateOnly : entry.Mode,
                    SkipIfIdentical = entry.IsPut,
                });
                break;
        }

        entry.Operation = operations.Count - 1;
        return null;
    }

    private Outcome<PreparedRecord> Prepare(TransactionEntry entry, Store.Terms.TypeTerms type, RecordKey key)
    {
        var own = CollectionsMarshal.AsSpan(spots).Slice(entry.FirstSpot, entry.Spots);
        if (names.Rewrite(bench.Document.Utf8, entry.Resource, own, entry.FullUrl) is not { } changed)
        {
            return bench.Prepare(type, key, entry.Resource, entry.Resource.Raw, ask.Provenance);
        }

        rewrittenFindings.Clear();
        rewritten.ReadInto(changed, rewrittenFindings);
        return bench.Prepare(type, key, rewritten.Root, changed, ask.Provenance);
    }

    private Answer Done(Sight sight, TransactionEntry entry, in OperationReceipt receipt)
    {
        var status = receipt.Result switch { WriteResult.Created => 201, WriteResult.Deleted => 204, _ => 200 };
        var answer = Answer.Changed(receipt, status, Touched.Of(receipt, entry.Record is { } changed ? changed.Body.Span : [], entry.IsPatch));
        return entry.Record is { } record && ask.Prefer.Return == ReturnPreference.Representation
            ? answer with { Body = new RecordBodyAnswer(sight.Shown(Written.Record(record, receipt))) }
            : answer;
    }

    private static string QueryOf(Ask entry)
    {
        var query = entry.Address.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? "" : entry.Address[(query + 1)..];
    }

    private static Answer Refused(int entry, Problem problem, int? status = null) =>
        Answer.Refused(problem with { Message = $"Bundle.entry[{entry}]: {problem.Message}" }, status);
}

/// <summary>One entry of a transaction and what has become of it so far.</summary>
internal sealed class TransactionEntry(Ask ask, Interaction interaction, Element entry)
{
    public Ask Ask { get; } = ask;

    public Interaction Interaction { get; } = interaction;

    public Element Resource { get; } = entry.Child("resource");

    public string? FullUrl { get; } = entry.ChildText("fullUrl");

    public bool IsPost => Ask.Method == "POST";

    public bool IsPut => Ask.Method == "PUT";

    public bool IsPatch => Ask.Method == "PATCH";

    public bool IsChange => IsPost || IsPut || IsPatch || Ask.Method == "DELETE";

    public int FirstSpot { get; set; }

    public int Spots { get; set; }

    /// <summary>What it is about; null for a reading, and for a deletion that found nothing.</summary>
    public RecordKey? Key { get; set; }

    public PutMode Mode { get; set; }

    /// <summary>A conditional creation found this.</summary>
    public StoredRecord? Existing { get; set; }

    public bool IsThere => Existing is not null;

    /// <summary>An entry before it has the same condition.</summary>
    public TransactionEntry? SameAs { get; set; }

    public PreparedRecord? Record { get; set; }

    /// <summary>A conditional deletion found several.</summary>
    public IReadOnlyList<StoredRecord>? Doomed { get; set; }

    /// <summary>Place among the operations, or -1.</summary>
    public int Operation { get; set; } = -1;

    public Answer? Answer { get; set; }

    public void Reset()
    {
        Key = null;
        Mode = PutMode.Either;
        Existing = null;
        SameAs = null;
        Record = null;
        Doomed = null;
        Operation = -1;
        Answer = null;
    }
}
