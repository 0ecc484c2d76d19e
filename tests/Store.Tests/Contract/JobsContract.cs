using Kangqiao.Kernel;
using Kangqiao.Store.Jobs;

namespace Kangqiao.Store.Tests.Contract;

public abstract class JobsContract : StoreContract
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_job_goes_on_from_its_last_checkpoint_after_a_restart()
    {
        await Store.Jobs.AddAsync("j1", "export", """{"type":"Patient"}""", Cancel).Must();
        var claimed = (await Store.Jobs.ClaimAsync(["export"], Lease, Cancel).Must()).ShouldNotBeNull();
        await Store.Jobs.ReportAsync(claimed, new(40, 100, """{"after":40}"""), Lease, Cancel).Must();

        await ReopenAsync();
        (await Store.Jobs.ClaimAsync(["export"], Lease, Cancel).Must()).ShouldBeNull("its worker may still live");
        Clock.Move(Lease + Lease);
        var again = (await Store.Jobs.ClaimAsync(["export"], Lease, Cancel).Must()).ShouldNotBeNull();

        (again.Id, again.Parameters, again.Done, again.Total, again.Checkpoint).ShouldBe(
            ("j1", """{"type":"Patient"}""", 40, 100, """{"after":40}"""));
        (await Store.Jobs.ReportAsync(claimed, new(41, 100, ""), Lease, Cancel).Refused()).Kind.ShouldBe(ProblemKind.Conflict);
        var done = await Store.Jobs.EndAsync(again, JobState.Done, """{"files":1}""", Cancel).Must();
        done.State.ShouldBe(JobState.Done);
        (await Store.Jobs.ClaimAsync(["export"], Lease, Cancel).Must()).ShouldBeNull();
        (await Store.Jobs.EndAsync(again, JobState.Failed, "", Cancel).Refused()).Kind.ShouldBe(ProblemKind.Conflict);
    }

    [Fact]
    public async Task A_job_is_claimed_by_one_worker_only()
    {
        await Store.Jobs.AddAsync("j1", "export", "{}", Cancel).Must();
        await Store.Jobs.AddAsync("j2", "export", "{}", Cancel).Must();
        await Store.Jobs.AddAsync("j3", "import", "{}", Cancel).Must();

        var claims = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Store.Jobs.ClaimAsync(["export"], Lease, Cancel).AsTask()));

        claims.Select(c => c.Must()?.Id).OfType<string>().Order(StringComparer.Ordinal).ShouldBe(["j1", "j2"]);
    }

    [Fact]
    public async Task Cancelling_ends_a_waiting_job_and_asks_a_running_one()
    {
        await Store.Jobs.AddAsync("j1", "export", "{}", Cancel).Must();
        var running = (await Store.Jobs.ClaimAsync(["export"], Lease, Cancel).Must())!;
        await Store.Jobs.AddAsync("j2", "export", "{}", Cancel).Must();

        (await Store.Jobs.CancelAsync("j2", Cancel).Must()).State.ShouldBe(JobState.Cancelled);
        (await Store.Jobs.CancelAsync("j1", Cancel).Must()).State.ShouldBe(JobState.Running);
        (await Store.Jobs.ReportAsync(running, new(1, 2, ""), Lease, Cancel).Must()).IsCancelAsked.ShouldBeTrue();
        (await Store.Jobs.CancelAsync("none", Cancel).Refused()).Kind.ShouldBe(ProblemKind.NotFound);
    }

    [Fact]
    public async Task Jobs_are_listed_newest_first_and_forgotten_only_when_ended()
    {
        await Store.Jobs.AddAsync("j1", "export", "{}", Cancel).Must();
        await Store.Jobs.AddAsync("j2", "import", "{}", Cancel).Must();
        (await Store.Jobs.AddAsync("j1", "export", "{}", Cancel).Refused()).Kind.ShouldBe(ProblemKind.Conflict);

        (await Store.Jobs.ListAsync(null, 10, Cancel).Must()).Select(j => j.Id).ShouldBe(["j2", "j1"]);
        (await Store.Jobs.ListAsync("export", 10, Cancel).Must()).Select(j => j.Id).ShouldBe(["j1"]);
        (await Store.Jobs.RemoveAsync("j1", Cancel).Refused()).Kind.ShouldBe(ProblemKind.Conflict);
        await Store.Jobs.CancelAsync("j1", Cancel).Must();
        await Store.Jobs.RemoveAsync("j1", Cancel).Must();
        (await Store.Jobs.FindAsync("j1", Cancel).Must()).ShouldBeNull();
        (await Store.Jobs.FindAsync("j2", Cancel).Must()).ShouldNotBeNull();
    }
}
