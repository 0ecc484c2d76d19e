using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Linking;
using Kangqiao.PatientIndex.Online;
using Kangqiao.PatientIndex.Residents;
using Kangqiao.PatientIndex.Reviews;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.PatientIndex.Stewarding;

/// <summary>
/// Carries out what persons decide about residents: each decision is one transaction of new Person versions with its Provenance, and
/// can be taken back.
/// </summary>
public sealed class Steward
{
    private const int Attempts = 8;
    private const int MostVersions = 1_000;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly LinkingStore store;
    private readonly LiveIndex index;
    private readonly Workshop shop;
    private readonly TimeProvider time;
    private readonly Identifiers ids;

    internal Steward(LinkingStore store, LiveIndex index, Workshop shop, TimeProvider time)
    {
        this.store = store;
        this.index = index;
        this.shop = shop;
        this.time = time;
        ids = new Identifiers(time);
    }

    /// <summary>
    /// Two residents are one. Where both have verified numbers it waits as a proposal until another person asks for the same.
    /// </summary>
    public async ValueTask<Outcome<StewardResult>> MergeAsync(string survivor, string retired, StewardAct act, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(act);
        Review? proposal = null;
        if (AreBothVerified(survivor, retired))
        {
            if (!(await ProposedAsync(survivor, retired, act, cancel)).Try(out proposal, out var problem))
            {
                return problem;
            }

            if (proposal.State != ReviewState.Decided)
            {
                return new StewardResult([survivor, retired], proposal.Id, null);
            }
        }

        var done = await ChangeAsync("merge", act, async () =>
            (await ReadAsync([survivor, retired], cancel)).Then(r => ResidentChanges.Merge(r[0], r[1])), cancel);
        if (done.IsSuccess && proposal is not null && store.Reviews is { } shelf)
        {
            _ = await shelf.PutAsync(proposal, null, cancel);
        }

        return done;
    }

    /// <summary>The two are two again, each as it was.</summary>
    public ValueTask<Outcome<StewardResult>> UnmergeAsync(string retired, StewardAct act, CancellationToken cancel = default) =>
        ChangeAsync("unmerge", act, () => UnmergedAsync(retired, cancel), cancel);

    /// <summary>Some of a resident's sources are somebody else.</summary>
    public ValueTask<Outcome<StewardResult>> SplitAsync(string resident, IReadOnlyCollection<string> sources, StewardAct act, CancellationToken cancel = default)
    {
        var newId = ids.NextId();
        return ChangeAsync("split", act, async () =>
            (await ReadAsync([resident], cancel)).Then(r => ResidentChanges.Split(r[0], sources, newId, time.GetUtcNow())), cancel);
    }

    /// <summary>The two are never the same, whatever the weights say.</summary>
    public ValueTask<Outcome<StewardResult>> NeverSameAsync(string one, string other, StewardAct act, CancellationToken cancel = default) =>
        ChangeAsync("never-same", act, async () => (await ReadAsync([one, other], cancel)).Then(r => ResidentChanges.NeverSame(r[0], r[1])), cancel);

    private async ValueTask<Outcome<StewardResult>> ChangeAsync(
        string what, StewardAct act, Func<ValueTask<Outcome<IReadOnlyList<Resident>>>> decide, CancellationToken cancel)
    {
        if (act.Actor.Length == 0 || act.Reason.Length == 0)
        {
            return Problems.NeedsActorAndReason();
        }

        for (var attempt = 0; ; attempt++)
        {
            if (!(await decide()).Try(out var wanted, out var problem) || !(await ProvenanceAsync(what, act, wanted, cancel)).Try(out var provenance, out problem))
            {
                return problem;
            }

            var written = await store.RunAsync(new WriteRequest([new WriteOperation.Put(provenance)]), wanted, cancel);
            if (written.IsSuccess)
            {
                return new StewardResult([.. wanted.Select(r => r.Id)], null, provenance.Key.Id);
            }

            if (written.Problem!.Kind is not (ProblemKind.Conflict or ProblemKind.PreconditionFailed))
            {
                return written.Problem;
            }

            if (attempt == Attempts)
            {
                return Problems.StillChanging();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2 << attempt), time, cancel);
        }
    }

    private async ValueTask<Outcome<IReadOnlyList<Resident>>> UnmergedAsync(string retiredId, CancellationToken cancel)
    {
        if (!(await ReadAsync([retiredId], cancel)).Try(out var read, out var problem))
        {
            return problem;
        }

        var retired = read[0];
        if (retired.Survivor is null)
        {
            return Problems.NotRetired(retiredId);
        }

        if (!(await BeforeAsync(retired, r => r.Survivor is null, cancel)).Try(out var before, out problem)
            || !(await ReadAsync([retired.Survivor], cancel)).Try(out var survivors, out problem))
        {
            return problem;
        }

        var survivor = survivors[0];
        if (survivor.Survivor is not null)
        {
            // Who was merged last goes first: else the links would have to be sought through the chain.
            return Problems.RetiredSince(survivor.Id, survivor.Survivor);
        }

        var moved = before.Links.Select(l => l.Source).ToHashSet(StringComparer.Ordinal);
        return (await BeforeAsync(survivor, r => !r.Links.Any(l => moved.Contains(l.Source)), cancel)).Try(out var survivorBefore, out problem)
            ? ResidentChanges.Unmerge(survivor, retired, before, survivorBefore)
            : problem;
    }

    /// <summary>The newest version that is so; the oldest where none is.</summary>
    private async ValueTask<Outcome<Resident>> BeforeAsync(Resident resident, Func<Resident, bool> isSo, CancellationToken cancel)
    {
        var last = resident;
        for (var version = resident.Version - 1; version > 0 && resident.Version - version < MostVersions; version--)
        {
            if (!(await store.ReadAsync(new RecordKey("Person", resident.Id), version, cancel)).Try(out var record, out var problem))
            {
                return problem;
            }

            if (ResidentJson.Read(record) is not { } earlier)
            {
                continue;
            }

            last = earlier;
            if (isSo(earlier))
            {
                break;
            }
        }

        return last;
    }

    private async ValueTask<Outcome<IReadOnlyList<Resident>>> ReadAsync(string[] residents, CancellationToken cancel)
    {
        RecordKey[] keys = [.. residents.Select(id => new RecordKey("Person", id))];
        if (Array.Find(keys, k => !k.IsWellFormed) is { Type: not null } bad)
        {
            return Problems.NoSuchResident(bad.Id);
        }

        if (!(await store.ReadAsync(keys, cancel)).Try(out var records, out var problem))
        {
            return problem;
        }

        var found = new List<Resident>(keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            if (ResidentJson.Read(records[i]) is not { } resident)
            {
                return Problems.NoSuchResident(residents[i]);
            }

            found.Add(resident);
        }

        return found;
    }

    private bool AreBothVerified(string one, string other)
    {
        lock (index.Gate)
        {
            return IsVerified(one) && IsVerified(other);
        }

        bool IsVerified(string id) => index.FindResident(id) is >= 0 and var resident
            && index.RowsOf(resident).Any(row => !index[row].IsNumberDoubted && index.Table.Numbers[index[row].Number]?.IsVerified == true);
    }

    /// <summary>The proposal as it is now: decided where another person than the one who proposed asks for it.</summary>
    private async ValueTask<Outcome<Review>> ProposedAsync(string survivor, string retired, StewardAct act, CancellationToken cancel)
    {
        if (act.Actor.Length == 0 || act.Reason.Length == 0)
        {
            return Problems.NeedsActorAndReason();
        }

        if (store.Reviews is not { } shelf)
        {
            return Problems.NoLedger();
        }

        var id = Review.IdOf(DoubtKind.MergeProposal, survivor, retired);
        if (!(await shelf.FindAsync(id, cancel)).Try(out var found, out var problem))
        {
            return problem;
        }

        var now = time.GetUtcNow();
        if (found is var (there, _) && there.State == ReviewState.Proposed && (there.Resident, there.OtherResident) == (survivor, retired))
        {
            return there.ProposedBy == act.Actor
                ? Problems.OtherPersonNeeded()
                : there with { State = ReviewState.Decided, Decision = "same", DecidedBy = act.Actor, DecidedAt = now };
        }

        var proposal = new Review(id, DoubtKind.MergeProposal, "", "", survivor, retired, now) { State = ReviewState.Proposed, ProposedBy = act.Actor, Reason = act.Reason };
        return await shelf.PutAsync(proposal, found?.Version ?? 0, cancel) is { } refused ? refused : proposal;
    }

    private async ValueTask<Outcome<PreparedRecord>> ProvenanceAsync(string what, StewardAct act, IReadOnlyList<Resident> residents, CancellationToken cancel)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(output, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "Provenance");
            writer.WriteStartArray("target");
            foreach (var resident in residents)
            {
                writer.WriteStartObject();
                writer.WriteString("reference", "Person/" + resident.Id);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("recorded", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            writer.WriteStartArray("reason");
            writer.WriteStartObject();
            writer.WriteString("text", act.Reason);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteStartObject("activity");
            writer.WriteStartArray("coding");
            writer.WriteStartObject();
            writer.WriteString("system", "https://kangqiao.dev/fhir/CodeSystem/steward-act");
            writer.WriteString("code", what);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteStartArray("agent");
            writer.WriteStartObject();
            writer.WriteStartObject("who");
            writer.WriteStartObject("identifier");
            writer.WriteString("value", act.Actor);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        using var bench = shop.Rent();
        return bench.TryRead(output.WrittenMemory)
            ? await bench.PrepareAsync(new RecordKey("Provenance", ids.NextId()), cancel)
            : Problems.NotComposed("Provenance", bench.Findings.Items[0].English);
    }
}
