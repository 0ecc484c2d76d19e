using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.PatientIndex.Linking;
using Kangqiao.PatientIndex.Matching;
using Kangqiao.PatientIndex.Model;
using Kangqiao.PatientIndex.Online;
using Kangqiao.PatientIndex.Residents;
using Kangqiao.PatientIndex.Reviews;
using Kangqiao.PatientIndex.Sources;
using Kangqiao.PatientIndex.Stewarding;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Writes;
using Microsoft.Extensions.Logging;

namespace Kangqiao.PatientIndex;

/// <summary>What the index decides by: content that health people own.</summary>
/// <param name="Model">Of content/matching/NAME/model.json.</param>
/// <param name="Survivorship">Of content/matching/survivorship.json.</param>
public sealed record IndexContent(MatchModel Model, Survivorship Survivorship)
{
    /// <summary>Reads the content of a folder: <c>general/model.json</c> and <c>survivorship.json</c>.</summary>
    public static Outcome<IndexContent> Load(string folder)
    {
        try
        {
            return MatchModel.Parse(File.ReadAllBytes(Path.Combine(folder, "general", "model.json"))).Try(out var model, out var problem)
                && Survivorship.Parse(File.ReadAllBytes(Path.Combine(folder, "survivorship.json"))).Try(out var rules, out problem)
                    ? new IndexContent(model, rules)
                    : problem;
        }
        catch (IOException fault)
        {
            return Problems.UnreadableModel(fault.Message);
        }
    }
}

/// <summary>
/// Many records, one resident. Writes that go through <see cref="Store"/> are linked before they are stored; whoever is sought is
/// found in memory. Follows the store's change feed, so that several servers on one store agree.
/// </summary>
public sealed partial class PersonIndex : IAsyncDisposable
{
    private readonly LiveIndex index;
    private readonly LinkingStore linking;
    private readonly FeedFollower follower;
    private readonly CancellationTokenSource end = new();
    private readonly ILogger log;
    private readonly Task following;

    private PersonIndex(LiveIndex index, LinkingStore linking, FeedFollower follower, Workshop shop, TimeProvider time, ILogger log)
    {
        Steward = new Steward(linking, index, shop, time);
        Desk = new ReviewDesk(this, time);
        this.index = index;
        this.linking = linking;
        this.follower = follower;
        this.log = log;
        following = Task.Run(() => Task.WhenAll(follower.RunAsync(LogFault, time, end.Token), LinkUnlinkedAsync(shop)));
    }

    /// <summary>The record store whose writes are linked; reads are those of the store underneath.</summary>
    public IRecordStore Store => linking;

    /// <summary>Carries out what persons decide.</summary>
    public Steward Steward { get; }

    /// <summary>Where reviews are read and decided.</summary>
    public ReviewDesk Desk { get; }

    internal ReviewShelf? Reviews => linking.Reviews;

    /// <summary>Doubts are laid into this ledger from here on.</summary>
    public void KeepReviewsIn(LedgerStore ledger) => linking.Reviews = new ReviewShelf(ledger);

    /// <summary>Residents that were ever made.</summary>
    public int Residents
    {
        get
        {
            lock (index.Gate)
            {
                return index.Residents;
            }
        }
    }

    /// <summary>Reads the store's Patients and Persons into memory and goes on from there.</summary>
    /// <param name="store">Stays its owner's to close, after this.</param>
    public static async ValueTask<Outcome<PersonIndex>> OpenAsync(
        IRecordStore store, Workshop shop, IndexContent content, TimeProvider time, ILogger log, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var live = new LiveIndex(content.Model);
        var feed = new FeedFollower(store, live);
        if (await feed.BuildAsync(cancel) is { } problem)
        {
            feed.Dispose();
            return problem;
        }

        return new PersonIndex(live, new LinkingStore(store, live, new ResidentWriting(shop, content.Survivorship), feed, time), feed, shop, time, log);
    }

    /// <summary>Residents who may be the person that a Patient describes, surest first.</summary>
    /// <param name="patient">FHIR JSON of a Patient; what it says need not be whole.</param>
    public IReadOnlyList<PersonMatch> Match(ReadOnlyMemory<byte> patient)
    {
        using var document = JsonSaid.Parse(patient);
        var values = SourceReader.Patient(document.RootElement);
        lock (index.Gate)
        {
            return index.Ask(values, (row, likenesses) => PersonMatch.Of(index, row, likenesses));
        }
    }

    /// <summary>The resident that a source Patient is linked to; of a resident itself, the one. Null where there is none.</summary>
    public string? ResidentOf(string patient)
    {
        lock (index.Gate)
        {
            return index.FindSource(patient) is >= 0 and var row && index.ResidentOf(row) is >= 0 and var resident ? index.ResidentId(resident)
                : index.FindResident(patient) >= 0 ? patient
                : null;
        }
    }

    /// <summary>The source Patients that are linked to a resident.</summary>
    public IReadOnlyList<string> SourcesOf(string resident)
    {
        lock (index.Gate)
        {
            return index.FindResident(resident) is >= 0 and var number ? [.. index.RowsOf(number).Select(index.SourceId)] : [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await following;
        await linking.DisposeAsync();
        follower.Dispose();
        end.Dispose();
    }

    /// <summary>Links Patients that were stored before there was an index, or while it could not be asked.</summary>
    private async Task LinkUnlinkedAsync(Workshop shop)
    {
        string[] unlinked;
        lock (index.Gate)
        {
            unlinked = [.. index.Unlinked().Select(index.SourceId)];
        }

        try
        {
            foreach (var some in unlinked.Chunk(200))
            {
                if (!(await linking.ReadAsync([.. some.Select(id => new RecordKey("Patient", id))], end.Token)).Try(out var records, out var problem))
                {
                    LogUnlinked(problem.Code);
                    return;
                }

                foreach (var record in records.OfType<StoredRecord>().Where(r => r.State == RecordState.Live))
                {
                    using var bench = shop.Rent();
                    if (!(await bench.AgainAsync(record, end.Token)).Try(out var prepared, out problem)
                        || !(await linking.WriteAsync(new WriteRequest([new WriteOperation.Put(prepared) { ExpectedVersion = record.Version, SkipIfIdentical = true }]), end.Token)).Try(out _, out problem))
                    {
                        // Somebody else has changed it meanwhile and linked it with that, or it comes at the next start.
                        LogUnlinked(problem.Code);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The server stops; the rest is linked after the next start.
        }
#pragma warning disable CA1031 // The edge of background work: logged; the rest is linked after the next start.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(fault);
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "A Patient that was stored before could not be linked now ({Code})")]
    private partial void LogUnlinked(string code);

    [LoggerMessage(1, LogLevel.Error, "The person index met what nobody expected in the change feed; it goes on from there")]
    private partial void LogFault(Exception fault);
}
