using Kangqiao.Kernel;

namespace Kangqiao.Store.Jobs;

/// <summary>
/// Durable background jobs. A worker claims one for a while and says how far it is; when it dies, its lease ends and
/// another goes on from the last checkpoint.
/// </summary>
public interface IJobs
{
    /// <summary>A new waiting job.</summary>
    ValueTask<Outcome<Job>> AddAsync(string id, string kind, string parametersJson, CancellationToken cancel = default);

    /// <summary>The oldest job of these kinds that waits, or whose lease has ended; null when there is none.</summary>
    ValueTask<Outcome<Job?>> ClaimAsync(IReadOnlyList<string> kinds, TimeSpan lease, CancellationToken cancel = default);

    /// <summary>Keeps progress and renews the lease. A conflict when the claim is no longer ours: stop working.</summary>
    ValueTask<Outcome<Job>> ReportAsync(Job claimed, JobProgress progress, TimeSpan lease, CancellationToken cancel = default);

    /// <summary>Ends the job: done, failed or cancelled. A conflict when the claim is no longer ours.</summary>
    ValueTask<Outcome<Job>> EndAsync(Job claimed, JobState state, string result, CancellationToken cancel = default);

    /// <summary>Asks a running job to stop; a waiting one is cancelled at once.</summary>
    ValueTask<Outcome<Job>> CancelAsync(string id, CancellationToken cancel = default);

    /// <summary>Null when there is no such job.</summary>
    ValueTask<Outcome<Job?>> FindAsync(string id, CancellationToken cancel = default);

    /// <summary>Newest first; of one kind, or of all (null).</summary>
    ValueTask<Outcome<IReadOnlyList<Job>>> ListAsync(string? kind, int limit, CancellationToken cancel = default);

    /// <summary>Forgets a job that has ended. A conflict while it has not.</summary>
    ValueTask<Outcome<Job>> RemoveAsync(string id, CancellationToken cancel = default);
}
