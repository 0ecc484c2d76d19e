using Kangqiao.Audit;
using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Http;
using Kangqiao.Audit.Trail;
using Kangqiao.Audit.Watching;
using Kangqiao.Crypto.Keys;
using Kangqiao.Kernel;
using Kangqiao.Registry.Senders;
using Kangqiao.Rest.Callers;
using Kangqiao.Store;

namespace Kangqiao.Host.Serving;

/// <summary>The audit trail of a server, with those who read along and clear away.</summary>
internal sealed class AuditMaking : IAsyncDisposable
{
    private static readonly TimeSpan RetentionEvery = TimeSpan.FromHours(6);

    private readonly CancellationTokenSource stop = new();
    private readonly ILogger log;
    private readonly Task retaining;

    private AuditMaking(AuditTrail trail, Watcher watcher, KeyRing ring, TimeProvider time, ILogger log)
    {
        Trail = trail;
        Watcher = watcher;
        Ring = ring;
        this.log = log;
        retaining = RetainAsync(new Retention(trail, ring, time), time);
    }

    public AuditTrail Trail { get; }

    public Watcher Watcher { get; }

    public KeyRing Ring { get; }

    public static Outcome<AuditMaking> Open(AuditOptions options, IRecordStore records, TimeProvider time, ILogger log)
    {
        if (!KeyRing.Open(options.DataFolder, time).Try(out var ring, out var problem)
            || !WatchRule.Load(Path.Combine(AppContext.BaseDirectory, "content", "rules", "audit")).Try(out var rules, out problem)
            || !AuditTrail.Open(options, ring, time, log).Try(out var trail, out problem))
        {
            return problem;
        }

        var kin = new StaffKin(records);
        return new AuditMaking(trail, new Watcher(trail, rules, kin.MayBeFamilyAsync), ring, time, log);
    }

    /// <summary>What the pages of the trail ask of other rooms.</summary>
    public static AuditNeighbours Neighbours(BearerTokens tokens, PatientsOfPerson patients, SenderRegistry senders) => new(http => WhoAsync(http, tokens))
    {
        PatientsOf = patients.OfAsync,
        InstitutionName = async (code, cancel) => (await senders.FindAsync(code, cancel)).Try(out var sender, out _) ? sender?.Name : null,
    };

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await retaining;
        await Watcher.DisposeAsync();
        await Trail.DisposeAsync();
        stop.Dispose();
    }

    private static async ValueTask<AuditActor?> WhoAsync(HttpContext http, BearerTokens tokens) =>
        await tokens.OfAsync(http.Request) is { } caller ? Rest.Auditing.Actors.Of(caller) with { Address = http.Connection.RemoteIpAddress?.ToString() } : null;

    private async Task RetainAsync(Retention retention, TimeProvider time)
    {
        try
        {
            while (true)
            {
                if ((await retention.RunAsync()).Problem is { } problem)
                {
                    ServingLog.RetentionFailed(log, problem.Message);
                }

                await Task.Delay(RetentionEvery, time, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}

internal static partial class ServingLog
{
    [LoggerMessage(20, LogLevel.Error, "Parts of the audit trail whose time is over could not be deleted; it is tried again: {Why}")]
    public static partial void RetentionFailed(ILogger log, string why);
}
