using Kangqiao.Kernel;

namespace Kangqiao.Store.Jobs;

/// <summary>The code that can do the jobs of one kind.</summary>
public interface IJobWork
{
    string Kind { get; }

    /// <summary>
    /// Does the job, from its checkpoint on. It may be cut at any moment and is then called again, here or in another process.
    /// </summary>
    /// <returns>
    /// The job's result. A problem of kind Unavailable or Throttled is the world's, not the job's: the job is tried again later.
    /// Any other ends it as failed.
    /// </returns>
    Task<Outcome<string>> WorkAsync(JobRun run, CancellationToken cancel);

    /// <summary>The job was cancelled while it ran: what it has made so far may go.</summary>
    Task CancelledAsync(Job job, CancellationToken cancel) => Task.CompletedTask;
}
