using Kangqiao.Kernel;
using Kangqiao.Store.Jobs;

namespace Kangqiao.Store.Tests.Contract;

/// <summary>How jobs are had done; the store only keeps them.</summary>
public abstract class JobWorkersContract : StoreContract
{
    private readonly List<Exception> faults = [];

    [Fact]
    public async Task A_process_that_ends_well_gives_its_job_up_at_once_and_the_next_goes_on()
    {
        await Store.Jobs.AddAsync("j", "count", "{}", Cancel).Must();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var first = Workers(async (run, cancel) =>
        {
            await run.ReportAsync(new(5, 10, "5"), cancel);
            reached.SetResult();
            await Task.Delay(Timeout.Infinite, cancel);
            return "";
        }).RunAsync(stop.Token);
        await reached.Task;
        await stop.CancelAsync();
        await first;

        // The clock stands still, so only a lease that was given up can be claimed.
        var (job, _) = await RunAsync("j", (run, _) => Task.FromResult((Outcome<string>)$"from {run.Job.Checkpoint}"));

        (job.State, job.Result).ShouldBe((JobState.Done, "from 5"));
    }

    [Fact]
    public async Task A_job_asked_to_stop_stops_at_its_next_report_and_is_cancelled()
    {
        await Store.Jobs.AddAsync("j", "count", "{}", Cancel).Must();
        var (job, cancelled) = await RunAsync("j", async (run, cancel) =>
        {
            await Store.Jobs.CancelAsync("j", cancel).Must();
            return await run.ReportAsync(new(1, 2, ""), cancel) is { } stop ? stop : "went on";
        });

        job.State.ShouldBe(JobState.Cancelled);
        cancelled.ShouldBeTrue();
    }

    [Fact]
    public async Task What_nobody_expected_ends_the_job_as_failed_and_is_told()
    {
        await Store.Jobs.AddAsync("j", "count", "{}", Cancel).Must();
        var (job, _) = await RunAsync("j", (_, _) => throw new InvalidOperationException("boom"));

        job.State.ShouldBe(JobState.Failed);
        job.Result.ShouldNotContain("boom");
        faults.ShouldHaveSingleItem().ShouldBeOfType<InvalidOperationException>();
    }

    [Fact]
    public async Task A_job_that_the_world_hinders_is_tried_again_when_its_lease_has_ended()
    {
        await Store.Jobs.AddAsync("j", "count", "{}", Cancel).Must();
        var tries = 0;
        var (job, _) = await RunAsync("j", (_, _) =>
        {
            if (++tries == 1)
            {
                Clock.Move(JobWorkers.Lease + JobWorkers.Lease);
                return Task.FromResult((Outcome<string>)Problems.DiskFull());
            }

            return Task.FromResult((Outcome<string>)"done");
        });

        (job.State, tries).ShouldBe((JobState.Done, 2));
    }

    private JobWorkers Workers(Func<JobRun, CancellationToken, Task<Outcome<string>>> work, Action? cancelled = null) =>
        new(Store.Jobs, [new Work(work, cancelled)], TimeProvider.System, (_, fault) => faults.Add(fault));

    private async Task<(Job Job, bool IsCancelled)> RunAsync(string id, Func<JobRun, CancellationToken, Task<Outcome<string>>> work)
    {
        var isCancelled = false;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = Workers(work, () => isCancelled = true).RunAsync(stop.Token);
        Job? job;
        do
        {
            await Task.Delay(10, Cancel);
            job = await Store.Jobs.FindAsync(id, Cancel).Must();
        }
        while (job!.State is JobState.Waiting or JobState.Running);

        await stop.CancelAsync();
        await running;
        return (job, isCancelled);
    }

    private sealed class Work(Func<JobRun, CancellationToken, Task<Outcome<string>>> work, Action? cancelled) : IJobWork
    {
        public string Kind => "count";

        public Task<Outcome<string>> WorkAsync(JobRun run, CancellationToken cancel) => work(run, cancel);

        public Task CancelledAsync(Job job, CancellationToken cancel)
        {
            cancelled?.Invoke();
            return Task.CompletedTask;
        }
    }
}
