using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Online;
using Kangqiao.PatientIndex.Residents;
using Kangqiao.PatientIndex.Reviews;
using Kangqiao.PatientIndex.Sources;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Outboxes;
using Kangqiao.Store.Search;
using Kangqiao.Store.Writes;

namespace Kangqiao.PatientIndex.Linking;

/// <summary>
/// The record store with residents: whatever writes a Patient, through whichever door, links it before it is stored and writes the
/// resident in the same transaction. Records of a source Patient get the place of its resident.
/// </summary>
internal sealed class LinkingStore(IRecordStore inner, LiveIndex index, ResidentWriting writing, FeedFollower follower, TimeProvider time) : IRecordStore
{
    private const int Attempts = 8;

    private static readonly HashSet<string> Overtaken = new(StringComparer.Ordinal)
    {
        Store.Problems.NoLongerSo().Code,
        Store.Problems.AlreadyExists(default).Code,
        Store.Problems.VersionConflict(default, 0, 0).Code,
    };

    private readonly Identifiers ids = new(time);
    private readonly SemaphoreSlim planning = new(1);

    /// <summary>Where doubts are laid; null while there is nowhere.</summary>
    public ReviewShelf? Reviews { get; set; }

    public IChangeFeed Changes => inner.Changes;

    public IJobs Jobs => inner.Jobs;

    public IOutboxes Outboxes => inner.Outboxes;

    public async ValueTask<Outcome<WriteReceipt>> WriteAsync(WriteRequest request, CancellationToken cancel = default)
    {
        if (!request.Operations.Any(Concerns))
        {
            lock (index.Gate)
            {
                request = request with { Operations = Placed(request.Operations) };
            }

            return await inner.WriteAsync(request, cancel);
        }

        if (request.Operations.Select(Refusal).FirstOrDefault(r => r is not null) is { } refused)
        {
            return refused;
        }

        return await RunAsync(request, null, cancel);
    }

    /// <summary>Writes a request and what it does to the residents.</summary>
    /// <param name="wanted">Residents as a person has decided that they shall be.</param>
    public async ValueTask<Outcome<WriteReceipt>> RunAsync(WriteRequest request, IReadOnlyList<Resident>? wanted, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (await PlanAsync(request, wanted ?? [], cancel) is not var (plan, placed, claim))
            {
                _ = await follower.CatchUpAsync(cancel);
                return Store.Problems.NoLongerSo();
            }

            var outcome = default(Outcome<WriteReceipt>);
            var isWritten = false;
            try
            {
                outcome = await CarryOutAsync(request, placed, plan, isClaiming: attempt < Attempts / 2, cancel);
                isWritten = outcome.IsSuccess;
            }
            finally
            {
                // A wait that was given up may still end in a write: then the feed tells of it.
                if (!isWritten)
                {
                    lock (index.Gate)
                    {
                        plan.Undo();
                    }
                }

                claim.End();
            }

            if (isWritten || wanted is not null || !Overtaken.Contains(outcome.Problem!.Code) || !await follower.CatchUpAsync(cancel))
            {
                return outcome;
            }

            if (attempt == Attempts)
            {
                return Problems.StillChanging();
            }
        }
    }

    public ValueTask<Outcome<StoredRecord?>> ReadAsync(RecordKey key, CancellationToken cancel = default) => inner.ReadAsync(key, cancel);

    public ValueTask<Outcome<StoredRecord?>> ReadAsync(RecordKey key, long version, CancellationToken cancel = default) => inner.ReadAsync(key, version, cancel);

    public ValueTask<Outcome<IReadOnlyList<StoredRecord?>>> ReadAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancel = default) => inner.ReadAsync(keys, cancel);

    public ValueTask<Outcome<IReadOnlyList<StoredRecord?>>> ReadAsync(IReadOnlyList<long> numbers, CancellationToken cancel = default) => inner.ReadAsync(numbers, cancel);

    public ValueTask<Outcome<IReadOnlyList<long>>> FindAsync(Identity identity, CancellationToken cancel = default) => inner.FindAsync(identity, cancel);

    public ValueTask<Outcome<HistoryPage>> HistoryAsync(HistoryAsk ask, CancellationToken cancel = default) => inner.HistoryAsync(ask, cancel);

    public ValueTask<Outcome<SearchPage>> SearchAsync(SearchAsk ask, CancellationToken cancel = default) => inner.SearchAsync(ask, cancel);

    public ValueTask<Outcome<long>> CountAsync(SearchFilter filter, TimeSpan? patience = null, CancellationToken cancel = default) => inner.CountAsync(filter, patience, cancel);

    public ValueTask<Outcome<IReadOnlyList<string>>> ParameterCodesAsync(IReadOnlyList<(string Type, string Parameter)> parameters, CancellationToken cancel = default) =>
        inner.ParameterCodesAsync(parameters, cancel);

    public ValueTask<Outcome<StoreStatistics>> StatisticsAsync(CancellationToken cancel = default) => inner.StatisticsAsync(cancel);

    public ValueTask<Outcome<BackupReport>> BackupAsync(string folder, CancellationToken cancel = default) => inner.BackupAsync(folder, cancel);

    /// <summary>The store underneath is its owner's to close.</summary>
    public ValueTask DisposeAsync()
    {
        planning.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool Concerns(WriteOperation operation) =>
        operation is not WriteOperation.Reindex && operation.Target.Type is "Patient" or "Person" or "RelatedPerson";

    /// <summary>What is composed is nobody's to write.</summary>
    private Problem? Refusal(WriteOperation operation)
    {
        if (operation is WriteOperation.Reindex || operation.Target.Type is not ("Patient" or "Person"))
        {
            return null;
        }

        lock (index.Gate)
        {
            if (index.FindResident(operation.Target.Id) >= 0)
            {
                return Problems.IsComposed(operation.Target.ToString());
            }
        }

        if (operation is not WriteOperation.Put { Record: var record } || record.Body.Span.IndexOf(TagSystem) < 0)
        {
            return null;
        }

        using var document = JsonSaid.Parse(record.Body);
        return document.RootElement.Member("meta").Items("tag").Any(t => t.Text("system") == ResidentTag.System && t.Text("code") == ResidentTag.Code)
            ? Problems.TagIsOurs()
            : null;
    }

    private static ReadOnlySpan<byte> TagSystem => "CodeSystem/record-kind"u8;

    /// <summary>Decides, in the order of asking, and waits for those who are writing one of the residents concerned.</summary>
    /// <returns>Null where a resident is not as it was when a person decided on it.</returns>
    private async ValueTask<(LinkPlan Plan, IReadOnlyList<WriteOperation> Placed, InFlight.Claim Claim)?> PlanAsync(
        WriteRequest request, IReadOnlyList<Resident> wanted, CancellationToken cancel)
    {
        await planning.WaitAsync(cancel);
        try
        {
            while (true)
            {
                Task? other;
                lock (index.Gate)
                {
                    var plan = new LinkPlan(index, ids.NextId);
                    var isKept = false;
                    try
                    {
                        // Whoever stands for a patient is known before the patient is looked at.
                        foreach (var operation in request.Operations.Where(o => o is not WriteOperation.Reindex).OrderBy(o => o.Target.Type == "RelatedPerson" ? 0 : 1))
                        {
                            plan.Take(operation);
                        }

                        if (!wanted.All(plan.TryTake))
                        {
                            return null;
                        }

                        plan.Close(time.GetUtcNow());
                        isKept = follower.InFlight.TryClaim(plan.Touched.Keys, out var claim, out other);
                        if (isKept)
                        {
                            return (plan, Placed(request.Operations), claim!);
                        }
                    }
                    finally
                    {
                        if (!isKept)
                        {
                            plan.Undo();
                        }
                    }
                }

                await other!.WaitAsync(cancel);
            }
        }
        finally
        {
            planning.Release();
        }
    }

    private async ValueTask<Outcome<WriteReceipt>> CarryOutAsync(
        WriteRequest request, IReadOnlyList<WriteOperation> placed, LinkPlan plan, bool isClaiming, CancellationToken cancel)
    {
        if (plan.Reviews.Count > 0 && Reviews is { } shelf && await NoteAsync(shelf, plan.Reviews, cancel) is { } unnoted)
        {
            return unnoted;
        }

        if (plan.Touched.Count == 0)
        {
            return await inner.WriteAsync(request with { Operations = placed }, cancel);
        }

        if (!(await new ResidentDrafts(inner, writing, index, time).OfAsync(plan, placed, cancel)).Try(out var drafts, out var problem))
        {
            return problem;
        }

        var whole = request with
        {
            Operations = [.. placed, .. drafts.SelectMany(d => new WriteOperation[] { d.Person, d.Patient })],
            Expectations = isClaiming ? [.. request.Expectations, .. ResidentDrafts.Claims(drafts, plan)] : request.Expectations,
        };
        if (!(await inner.WriteAsync(whole, cancel)).Try(out var receipt, out problem))
        {
            return problem;
        }

        lock (index.Gate)
        {
            for (var i = 0; i < placed.Count; i++)
            {
                var done = receipt.Operations[i];
                if (done.Key.Type == "Patient" && index.FindSource(done.Key.Id) is >= 0 and var row)
                {
                    index.SetVersion(row, done.Version);
                }
            }

            for (var i = placed.Count; i < receipt.Operations.Count; i += 2)
            {
                var done = receipt.Operations[i];
                var resident = index.FindResident(done.Key.Id);
                index.SetResidentVersion(resident, done.Version);
                if (plan.Touched[resident].Wanted is { } decided)
                {
                    index.Take(resident, decided);
                }
            }
        }

        return new WriteReceipt([.. receipt.Operations.Take(placed.Count)]);
    }

    /// <summary>Lays doubts where a steward sees them, each with the institutions of both sides. Before the write: a doubt must not be lost.</summary>
    private async ValueTask<Problem?> NoteAsync(ReviewShelf shelf, IReadOnlyList<Review> reviews, CancellationToken cancel)
    {
        if (!(await inner.ReadAsync([.. reviews.Select(r => new RecordKey("Patient", r.OtherSource.Length > 0 ? r.OtherSource : r.Source))], cancel)).Try(out var others, out var problem))
        {
            return problem;
        }

        return await shelf.NoteAsync([.. reviews.Select((r, i) => others[i] is { Sender.Length: > 0 } other ? r with { Institutions = [.. r.Institutions.Append(other.Sender).Distinct(StringComparer.Ordinal)] } : r)], cancel);
    }

    /// <summary>The operations with every record of a linked source at its resident's place.</summary>
    private List<WriteOperation> Placed(IReadOnlyList<WriteOperation> operations)
    {
        var placed = new List<WriteOperation>(operations.Count);
        string? last = null;
        Shard place = default;
        foreach (var operation in operations)
        {
            if (operation is not WriteOperation.Put { Record: { SourcePatient: { } patient } record } put)
            {
                placed.Add(operation);
                continue;
            }

            if (patient != last)
            {
                last = patient;
                place = index.FindSource(patient) is >= 0 and var row && index.ResidentOf(row) is >= 0 and var resident
                    ? Shard.OfPatient(index.ResidentId(resident))
                    : Shard.OfPatient(patient);
            }

            placed.Add(place == record.Shard ? operation : put with { Record = record.At(place) });
        }

        return placed;
    }
}
