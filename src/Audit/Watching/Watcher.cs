using System.Threading.Channels;
using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Index;
using Kangqiao.Audit.Trail;

namespace Kangqiao.Audit.Watching;

/// <summary>Whether a member of staff may be of a patient's family, or be the patient: by Practitioner's and Patient's id.</summary>
public delegate ValueTask<bool> MayBeFamily(string practitioner, string patient, CancellationToken cancel);

/// <summary>
/// Reads along behind the trail and writes warnings into it, for the security officer: nothing waits for it. Who is under special watch stands in the
/// trail too.
/// </summary>
public sealed class Watcher : IAsyncDisposable
{
    private const int MostWaiting = 65_536;
    private const int MostWatched = 1000;

    private readonly AuditTrail trail;
    private readonly IReadOnlyList<WatchRule> rules;
    private readonly MayBeFamily? family;
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<AuditedEntry> heard = Channel.CreateBounded<AuditedEntry>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly WatchState state;
    private readonly Task work;

    /// <param name="family">Null where nobody can tell; then that kind of rule finds nothing.</param>
    public Watcher(AuditTrail trail, IReadOnlyList<WatchRule> rules, MayBeFamily? family)
    {
        this.trail = trail;
        this.rules = rules;
        this.family = family;
        state = new WatchState(rules);

        // Before it begins to listen: who listens must not wait for the index.
        foreach (var one in WatchEntries())
        {
            state.Take(one);
        }

        trail.Index.Hear(Hear);
        work = Task.Run(RunAsync);
    }

    public string? TitleOf(string rule) => rules.FirstOrDefault(r => r.Id == rule)?.Title;

    /// <summary>Warnings, newest first.</summary>
    public AuditPage Warnings(AuditPlace? after, int limit) => trail.Index.Search(new AuditQuery { Actions = [AuditAction.Warning], After = after, Limit = limit });

    /// <summary>Who is under special watch now, by their Patient's id.</summary>
    public IReadOnlyCollection<string> Watched()
    {
        var watched = new HashSet<string>(StringComparer.Ordinal);
        foreach (var one in WatchEntries())
        {
            if (one.Entry.Action == AuditAction.Watch)
            {
                watched.UnionWith(one.Entry.Patients);
            }
            else
            {
                watched.ExceptWith(one.Entry.Patients);
            }
        }

        return watched;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        heard.Writer.TryComplete();
        await work;
        stop.Dispose();
    }

    // Called by the reader of the index, which may wait; the trail's writer does not wait for that one.
    private void Hear(AuditedEntry one)
    {
        if (!heard.Writer.TryWrite(one) && !stop.IsCancellationRequested)
        {
            heard.Writer.WaitToWriteAsync(stop.Token).AsTask().ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            heard.Writer.TryWrite(one);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var one in heard.Reader.ReadAllAsync(stop.Token))
            {
                foreach (var suspicion in state.Take(one))
                {
                    await WarnAsync(suspicion);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async ValueTask WarnAsync(Suspicion suspicion)
    {
        var patients = suspicion.Patients;
        if (suspicion.Rule.Kind == WatchKind.Family)
        {
            var kin = new List<string>();
            foreach (var patient in patients)
            {
                if (family is not null && await family(suspicion.Actor.Practitioner!, patient, stop.Token))
                {
                    kin.Add(patient);
                }
            }

            if (kin.Count == 0)
            {
                return;
            }

            patients = kin;
        }

        await trail.AppendAsync(new AuditEntry(AuditAction.Warning, suspicion.Actor) { Code = suspicion.Rule.Id, Detail = suspicion.What, Patients = patients });
    }

    private IEnumerable<AuditedEntry> WatchEntries()
    {
        var all = new List<AuditedEntry>();
        AuditPlace? after = null;
        do
        {
            var page = trail.Index.Search(new AuditQuery { Actions = [AuditAction.Watch, AuditAction.Unwatch], Limit = MostWatched, After = after });
            all.AddRange(page.Entries);
            after = page.Next;
        }
        while (after is not null);

        all.Reverse();
        return all;
    }
}
