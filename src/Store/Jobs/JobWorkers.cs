using Kangqiao.Kernel;

namespace Kangqiao.Store.Jobs;

/// <summary>
/// Claims jobs and has them done, one of a kind at a time, for as long as the process lives. What a dead process left is taken up
/// when its lease has ended.
/// </summary>
public sealed class JobWorkers
{
    /// <summary>So long after a death does a job wait for its next worker.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private readonly IJobs jobs;
    private readonly Dictionary<string, IJobWork> works;
    private readonly TimeProvider time;
    private readonly Action<Job, Exception> fault;
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="fault">Told what nobody expected; the job is then failed.</param>
    public JobWorkers(IJobs jobs, IEnumerable<IJobWork> works, TimeProvider time, Action<Job, Exception> fault)
    {
        this.jobs = jobs;
        this.works = works.ToDictionary(w => w.Kind, StringComparer.Ordinal);
        this.time = time;
        this.fault = fault;
    }

    /// <summary>There is a new job: look at once.</summary>
    public void Wake() => Volatile.Read(ref news).TrySetResult();

    /// <summary>Works until it is cancelled; then gives up what it holds and returns.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var running = new Dictionary<string, Task>(StringComparer.Ordinal);
        while (!cancel.IsCancellationRequested)
        {
            foreach (var (kind, _) in running.Where(r => r.Value.IsCompleted).ToArray())
            {
                running.Remove(kind);
            }

            // Taken before the look, so that a job added between the two is not slept through.
            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref news, signal);
            string[] idle = [.. works.Keys.Where(k => !running.ContainsKey(k))];
            var claimed = await ClaimAsync(idle, cancel);
            if (claimed is not null)
            {
                running.Add(claimed.Kind, Task.Run(() => WorkAsync(works[claimed.Kind], claimed, cancel), CancellationToken.None));
                continue;
            }

            await WaitAsync(signal.Task, running.Values, cancel);
        }

        await Task.WhenAll(running.Values);
    }

    private async Task<Job?> ClaimAsync(string[] kinds, CancellationToken cancel)
    {
        try
        {
            return kinds.Length > 0 && (await jobs.ClaimAsync(kinds, Lease, cancel)).Try(out var job, out _) ? job : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task WaitAsync(Task signal, IEnumerable<Task> running, CancellationToken cancel)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny([signal, Task.Delay(Look, time, done.Token), .. running]);
        await done.CancelAsync();
    }

    private async Task WorkAsync(IJobWork work, Job job, CancellationToken cancel)
    {
        await using var run = new JobRun(jobs, job, Lease, time);
        try
        {
            var outcome = await work.WorkAsync(run, cancel);
            if (outcome.Problem?.Kind is ProblemKind.Unavailable or ProblemKind.Throttled)
            {
                // Its lease ends by itself: that is the pause before the next try.
                return;
            }

            if (outcome.Problem?.Code == Problems.JobCancelled("").Code)
            {
                await jobs.EndAsync(job, JobState.Cancelled, "", CancellationToken.None);
                await work.CancelledAsync(job, CancellationToken.None);
                return;
            }

            await jobs.EndAsync(
                job, outcome.IsSuccess ? JobState.Done : JobState.Failed, outcome.IsSuccess ? outcome.Value : outcome.Problem!.Message, CancellationToken.None);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await run.ReleaseAsync();
        }
        catch (IOException failure)
        {
            // A full or missing disk: tried again when the lease has ended, until there is room.
            fault(job, failure);
        }
#pragma warning disable CA1031 // The edge of a worker: told, and the job ended, or it would fail for ever.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            fault(job, unexpected);
            await jobs.EndAsync(job, JobState.Failed, "Something went wrong that should not; it was logged.", CancellationToken.None);
        }
    }
}
