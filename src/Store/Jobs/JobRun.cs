using Kangqiao.Kernel;

namespace Kangqiao.Store.Jobs;

/// <summary>One worker's hold on a job. The lease is renewed by itself for as long as the run lives.</summary>
public sealed class JobRun : IAsyncDisposable
{
    private readonly IJobs jobs;
    private readonly TimeSpan lease;
    private readonly SemaphoreSlim gate = new(1);
    private readonly CancellationTokenSource ended = new();
    private readonly Task renewing;
    private JobProgress progress;
    private Problem? stopped;

    internal JobRun(IJobs jobs, Job claimed, TimeSpan lease, TimeProvider time)
    {
        this.jobs = jobs;
        this.lease = lease;
        Job = claimed;
        progress = new(claimed.Done, claimed.Total, claimed.Checkpoint);
        renewing = RenewAsync(time);
    }

    /// <summary>As it was claimed.</summary>
    public Job Job { get; }

    /// <summary>Why the work must stop, as far as a renewal of the lease has found out; null to go on.</summary>
    public Problem? Stopped => Volatile.Read(ref stopped);

    /// <summary>Keeps progress durably.</summary>
    /// <returns>Null to go on; else why the work must stop: the claim is lost, or the job was cancelled. Return it.</returns>
    public async ValueTask<Problem?> ReportAsync(JobProgress now, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            progress = now;
            return await SendAsync(lease, cancel);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Gives the job up at once, so that whoever comes next need not wait for the lease to end.</summary>
    internal async ValueTask ReleaseAsync()
    {
        await gate.WaitAsync();
        try
        {
            _ = await SendAsync(TimeSpan.Zero, CancellationToken.None);
            stopped = Problems.ClaimLost(Job.Id);
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await renewing;
        ended.Dispose();
        gate.Dispose();
    }

    private async ValueTask<Problem?> SendAsync(TimeSpan until, CancellationToken cancel)
    {
        if (stopped is not null)
        {
            return stopped;
        }

        var reported = await jobs.ReportAsync(Job, progress, until, cancel);
        stopped = reported.Problem is { Kind: ProblemKind.Conflict } lost ? lost
            : reported.IsSuccess && reported.Value.IsCancelAsked ? Problems.JobCancelled(Job.Id)
            : null;
        return stopped ?? reported.Problem;
    }

    private async Task RenewAsync(TimeProvider time)
    {
        try
        {
            using var timer = new PeriodicTimer(lease / 3, time);
            while (await timer.WaitForNextTickAsync(ended.Token))
            {
                await gate.WaitAsync(ended.Token);
                try
                {
                    _ = await SendAsync(lease, ended.Token);
                }
                finally
                {
                    gate.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }
}
