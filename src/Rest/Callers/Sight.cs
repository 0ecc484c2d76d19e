using Kangqiao.Access.Deciding;
using Kangqiao.Access.Masking;
using Kangqiao.Access.Roles;
using Kangqiao.Kernel;
using Kangqiao.Rest.Asking;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Search;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Callers;

/// <summary>
/// The store as one caller may see and change it; interactions have no other way to records. What the caller may not see is not there:
/// it is looked for in the same way and answered with the same words as what never was. Searches carry <see cref="Reader"/>, single
/// versions are asked the same predicate by their terms.
/// </summary>
internal sealed class Sight
{
    private const int MostLooked = 50_000;
    private const int Attempts = 4;

    private static readonly string VersionConflict = Store.Problems.VersionConflict(default, 0, 0).Code;

    private readonly RestRoom room;
    private readonly Caller caller;
    private readonly ReaderDecision decision;

    private Sight(RestRoom room, Caller caller, ReaderDecision decision)
    {
        this.room = room;
        this.caller = caller;
        this.decision = decision;
    }

    /// <summary>For the store's searches.</summary>
    public ReaderPredicate Reader => decision.Reader;

    /// <summary>The question reaches fewer than the caller may see one by one: said in the answer.</summary>
    public bool IsPartial => decision.IsPartial;

    public bool SeesAll => Reader.IsUnrestricted;

    /// <summary>Who is noted as the sender of a record that the caller changes in part: what the platform mends stays its sender's.</summary>
    public Provenance ProvenanceOf(StoredRecord current) => SeesAll ? new Provenance(current.Sender, current.Flags) : new Provenance(caller.Institution ?? "");

    /// <param name="named">Patients that the question names.</param>
    public static async ValueTask<Outcome<Sight>> OfAsync(RestRoom room, Caller caller, IReadOnlyCollection<string> named, CancellationToken cancel) =>
        (await room.Access.DecideAsync(caller.Viewer, named, cancel)).Try(out var decision, out var problem) ? new Sight(room, caller, decision) : problem;

    /// <summary>What the caller is shown of a version that may be seen: masked where the role does not see fields in the clear.</summary>
    public StoredRecord Shown(StoredRecord record) => SeesAll ? record : FieldMask.Of(record, room.Access.MaskOf(caller.Viewer, record.Key.Type));

    /// <summary>A page of a search over what the caller may see.</summary>
    public async ValueTask<Outcome<SearchAnswer>> SearchAsync(SearchRequest request, CancellationToken cancel) =>
        (await room.Planner.SearchAsync(request, Reader, cancel)).Try(out var found, out var problem)
            ? SeesAll ? found : found with { Entries = [.. found.Entries.Select(e => e with { Record = Shown(e.Record) })] }
            : problem;

    /// <inheritdoc cref="SearchPlanner.LastAsync"/>
    public async ValueTask<Outcome<List<StoredRecord>>> LastAsync(SearchRequest request, LastOfEach last, CancellationToken cancel) =>
        (await room.Planner.LastAsync(request, last, Reader, cancel)).Try(out var found, out var problem) ? found.Select(Shown).ToList() : problem;

    /// <summary>The current version as it is shown; null when there is none that the caller may see.</summary>
    public async ValueTask<Outcome<StoredRecord?>> ReadAsync(RecordKey key, CancellationToken cancel) =>
        (await ReadWholeAsync(key, cancel)).Try(out var record, out var problem) ? record is null ? record : Shown(record) : problem;

    /// <summary>The current version, deletion included, with nothing masked: to be changed, not to be shown.</summary>
    public async ValueTask<Outcome<StoredRecord?>> ReadWholeAsync(RecordKey key, CancellationToken cancel)
    {
        if (!(await room.Platform.ReadAsync(key, cancel)).Try(out var record, out var problem))
        {
            return problem;
        }

        if (SeesAll)
        {
            return record;
        }

        if (record is null)
        {
            return await PretendAsync(key, cancel) is { } failed ? failed : (StoredRecord?)null;
        }

        return (await ShowsAsync(record, cancel)).Try(out var shows, out problem) ? (shows ? record : null) : problem;
    }

    /// <summary>Live records that carry an identity and that the caller may see.</summary>
    public async ValueTask<Outcome<List<StoredRecord>>> FindAsync(Identity identity, int most, CancellationToken cancel)
    {
        if (!(await room.Platform.FindAsync(identity, cancel)).Try(out var numbers, out var problem)
            || !(await room.Platform.ReadAsync([.. numbers.Take(most)], cancel)).Try(out var records, out problem))
        {
            return problem;
        }

        var seen = new List<StoredRecord>();
        foreach (var record in records.OfType<StoredRecord>().Where(r => r.State == RecordState.Live))
        {
            if (!(await SeesAsync(record, cancel)).Try(out var sees, out problem))
            {
                return problem;
            }

            if (sees)
            {
                seen.Add(record);
            }
        }

        return seen;
    }

    /// <summary>That version; null when there is none that the caller may see. Who may not see the record as it is now sees none of its past.</summary>
    public async ValueTask<Outcome<StoredRecord?>> ReadAsync(RecordKey key, long version, CancellationToken cancel)
    {
        if (SeesAll)
        {
            return await room.Platform.ReadAsync(key, version, cancel);
        }

        if (!(await ReadWholeAsync(key, cancel)).Try(out var current, out var problem) || current is null)
        {
            return problem is null ? (StoredRecord?)null : problem;
        }

        if (!(await room.Platform.ReadAsync(key, version, cancel)).Try(out var record, out problem) || record is null)
        {
            return problem is null ? (StoredRecord?)null : problem;
        }

        return (await ShowsAsync(record, cancel)).Try(out var shows, out problem) ? (shows ? Shown(record) : null) : problem;
    }

    /// <summary>Versions that the caller may see, newest first.</summary>
    public async ValueTask<Outcome<HistoryPage>> HistoryAsync(HistoryAsk ask, CancellationToken cancel)
    {
        if (SeesAll)
        {
            return await room.Platform.HistoryAsync(ask, cancel);
        }

        var found = new List<StoredRecord>();
        var rest = ask with { Limit = Math.Clamp(ask.Limit * 2, 100, 1000) };
        var current = new Dictionary<RecordKey, bool>();
        for (var looked = 0; looked < MostLooked; looked += rest.Limit)
        {
            if (!(await room.Platform.HistoryAsync(rest, cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            foreach (var version in page.Records)
            {
                if (!current.TryGetValue(version.Key, out var isThere))
                {
                    if (!(await ReadWholeAsync(version.Key, cancel)).Try(out var now, out problem))
                    {
                        return problem;
                    }

                    current.Add(version.Key, isThere = now is not null);
                }

                if (!isThere)
                {
                    continue;
                }

                if (!(await ShowsAsync(version, cancel)).Try(out var shows, out problem))
                {
                    return problem;
                }

                if (shows)
                {
                    found.Add(Shown(version));
                }

                if (found.Count > ask.Limit)
                {
                    return new HistoryPage(found.GetRange(0, ask.Limit), true);
                }
            }

            if (!page.HasMore)
            {
                return new HistoryPage(found, false);
            }

            rest = rest with { Before = page.Records[^1].Sequence };
        }

        return Problems.HistoryTooLong(MostLooked);
    }

    /// <summary>A version that is not deleted may be shown to the caller.</summary>
    public ValueTask<Outcome<bool>> SeesAsync(StoredRecord record, CancellationToken cancel) => MayAsync(record, AccessAction.Read, cancel);

    /// <summary>The caller may do this with the record.</summary>
    public async ValueTask<Outcome<bool>> MayAsync(StoredRecord record, AccessAction action, CancellationToken cancel)
    {
        if (SeesAll)
        {
            return true;
        }

        return (await room.Access.PatientOfAsync(record, cancel)).Try(out var of, out var problem)
            ? await MeetsAsync(record.Key.Type, action, of.Patient, of.Terms, record.Instant, cancel)
            : problem;
    }

    /// <summary>
    /// Writes what the caller may. What the caller does not see cannot be written to, and a deletion of it does as little as one of what never
    /// was; what is seen but not the caller's to change is refused.
    /// </summary>
    public async ValueTask<Outcome<WriteReceipt>> WriteAsync(WriteRequest request, CancellationToken cancel)
    {
        if (SeesAll)
        {
            return await room.Platform.WriteAsync(request, cancel);
        }

        for (var i = 0; ; i++)
        {
            var (allowed, problem) = await AllowedAsync(request, cancel);
            if (allowed is null)
            {
                return problem!;
            }

            var kept = allowed.OfType<WriteOperation>().ToList();
            var receipts = new WriteReceipt([]);
            if (kept.Count > 0 && !(await room.Platform.WriteAsync(request with { Operations = kept }, cancel)).Try(out receipts!, out var refused))
            {
                // The version was ours to name, not the client's: look again.
                if (refused.Code == VersionConflict && request.Operations.All(o => o.ExpectedVersion is null) && i < Attempts)
                {
                    continue;
                }

                return refused;
            }

            var next = 0;
            return new WriteReceipt([.. allowed.Select((o, at) => o is not null
                ? receipts.Operations[next++]
                : new OperationReceipt(WriteResult.Deleted, request.Operations[at].Target, 0, 0, default, 0))]);
        }
    }

    /// <summary>What is left of the operations: null for a deletion of what is not there for the caller.</summary>
    private async ValueTask<(WriteOperation?[]? Allowed, Problem? Refused)> AllowedAsync(WriteRequest request, CancellationToken cancel)
    {
        var allowed = new WriteOperation?[request.Operations.Count];
        for (var i = 0; i < allowed.Length; i++)
        {
            var operation = request.Operations[i];
            if (!(await ReadWholeAsync(operation.Target, cancel)).Try(out var current, out var problem))
            {
                return (null, problem);
            }

            var isNew = current is null && operation is WriteOperation.Put { Mode: PutMode.CreateOnly };
            if (current is null && !isNew)
            {
                if (operation is WriteOperation.Delete)
                {
                    continue;
                }

                return (null, Problems.NotFound(operation.Target));
            }

            if (current is { State: RecordState.Live } && (!(await MayAsync(current, AccessAction.Write, cancel)).Try(out var may, out problem) || !may))
            {
                return (null, problem ?? Problems.NotYours(operation.Target.Type));
            }

            if (operation is WriteOperation.Put put)
            {
                var record = put.Record;
                if (!(await MeetsAsync(record.Key.Type, AccessAction.Write, record.SourcePatient, record.Terms, room.Time.GetUtcNow(), cancel)).Try(out var may2, out problem) || !may2)
                {
                    return (null, problem ?? Problems.NotYours(record.Key.Type));
                }
            }

            allowed[i] = operation switch
            {
                WriteOperation.Delete delete => delete with { Sender = caller.Institution ?? "", ExpectedVersion = delete.ExpectedVersion ?? current!.Version },
                WriteOperation.Put { Mode: not PutMode.CreateOnly } changed => changed with { ExpectedVersion = changed.ExpectedVersion ?? current!.Version },
                _ => operation,
            };
        }

        return (allowed, null);
    }

    private async ValueTask<Outcome<bool>> MeetsAsync(
        string type, AccessAction action, string? patient, ReadOnlyMemory<byte> own, DateTimeOffset instant, CancellationToken cancel)
    {
        var terms = new byte[own.Length + 1 + StoreTerms.UpdatedLength];
        own.CopyTo(terms);
        terms[own.Length] = (byte)' ';
        StoreTerms.WriteUpdated(instant, terms.AsSpan(own.Length + 1));
        if (TermMatch.Matches(decision.For(type, action), terms))
        {
            return true;
        }

        // Whose the record is decides, though the question has not named them.
        if (patient is null || !room.Access.DependsOnPersons(caller.Viewer))
        {
            return false;
        }

        return (await room.Access.DecideAsync(caller.Viewer, [patient], cancel)).Try(out var about, out var problem)
            ? TermMatch.Matches(about.For(type, action), terms)
            : problem;
    }

    /// <summary>Of a deletion what was deleted decides.</summary>
    private async ValueTask<Outcome<bool>> ShowsAsync(StoredRecord record, CancellationToken cancel)
    {
        if (record.State == RecordState.Live)
        {
            return await SeesAsync(record, cancel);
        }

        var before = new HistoryAsk { Key = record.Key, Before = record.Sequence, Limit = 20 };
        if (!(await room.Platform.HistoryAsync(before, cancel)).Try(out var page, out var problem))
        {
            return problem;
        }

        return page.Records.FirstOrDefault(r => r is { State: RecordState.Live, IsLate: false }) is { } last && await SeesAsync(last, cancel) is var sees ? sees : false;
    }

    /// <summary>What is not there costs what it would cost to decide that it may not be seen: the time of an answer does not tell one from the other.</summary>
    private async ValueTask<Problem?> PretendAsync(RecordKey key, CancellationToken cancel) =>
        room.Access.DependsOnPersons(caller.Viewer) ? (await room.Access.DecideAsync(caller.Viewer, [key.Id], cancel)).Problem : null;
}
