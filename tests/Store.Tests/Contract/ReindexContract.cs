using Kangqiao.Kernel;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Reindexing;
using Kangqiao.Store.Search;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Contract;

public abstract class ReindexContract : StoreContract
{
    private const string OldTerms = "tobservation kold";
    private const string NewTerms = "tobservation knew";

    [Fact]
    public async Task Every_record_is_found_by_its_new_terms_and_progress_ends_where_the_records_do()
    {
        await FillAsync(1200);
        await WriteAsync(new WriteOperation.Delete(Sample.Key("r7")));
        (await Reindex.StateAsync(Store, "b", Cancel).Must()).IsCurrent.ShouldBeFalse();

        (await RunAsync("b")).State.ShouldBe(JobState.Done);

        var state = await Reindex.StateAsync(Store, "b", Cancel).Must();
        (state.IsCurrent, state.Done, state.Total).ShouldBe((true, 1199, 1199));
        (await CountAsync(TermQuery.Is("knew"))).ShouldBe(1199);
        (await CountAsync(TermQuery.Is("kold"))).ShouldBe(0);
        (await ReadAsync("r8"))!.Version.ShouldBe(1);
        (await Store.Changes.ReadAsync(default, 10_000, Cancel).Must()).Changes.Count.ShouldBe(1201, "no version, no word in the feed");
    }

    [Fact]
    public async Task It_starts_by_itself_when_the_form_changes_and_only_then()
    {
        await FillAsync(3);
        (await Reindex.EnsureAsync(Store, "a", Cancel).Must()).ShouldBeTrue();
        (await Reindex.EnsureAsync(Store, "a", Cancel).Must()).ShouldBeFalse("it waits already");
        await WorkAsync(NewIndex("a"));

        (await Reindex.EnsureAsync(Store, "a", Cancel).Must()).ShouldBeFalse("it is done");
        (await Reindex.EnsureAsync(Store, "b", Cancel).Must()).ShouldBeTrue();
        await WorkAsync(NewIndex("b"));
        (await Reindex.StateAsync(Store, "a", Cancel).Must()).IsCurrent.ShouldBeFalse();
        (await Reindex.EnsureAsync(Store, "a", Cancel).Must()).ShouldBeTrue("back to the older program");
        (await Reindex.StartAsync(Store, "a", Cancel).Must()).ShouldBeFalse("one under way is enough");
        await WorkAsync(NewIndex("a"));
        (await Reindex.StartAsync(Store, "a", Cancel).Must()).ShouldBeTrue("the operator wishes it");
    }

    [Fact]
    public async Task A_run_that_was_cut_goes_on_where_it_stood()
    {
        await FillAsync(1200);
        await Reindex.EnsureAsync(Store, "b", Cancel).Must();
        var prepared = 0;
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var first = NewIndex("b", record =>
        {
            if (++prepared == 700)
            {
                cut.Cancel();
                cut.Token.ThrowIfCancellationRequested();
            }
        });
        await using (var run = await ClaimAsync(first))
        {
            await Should.ThrowAsync<OperationCanceledException>(() => first.WorkAsync(run, cut.Token));
        }

        (await Reindex.StateAsync(Store, "b", Cancel).Must()).Done.ShouldBe(500);
        await ReopenAsync();
        Clock.Move(TimeSpan.FromMinutes(5));
        prepared = 0;
        (await WorkAsync(NewIndex("b", _ => prepared++))).State.ShouldBe(JobState.Done);

        prepared.ShouldBe(700, "the first 500 are not done again");
        (await CountAsync(TermQuery.Is("knew"))).ShouldBe(1200);
        (await Reindex.StateAsync(Store, "b", Cancel).Must()).Done.ShouldBe(1200);
    }

    [Fact]
    public async Task What_others_write_meanwhile_keeps_its_own_terms_and_is_counted_right()
    {
        await FillAsync(1200);
        await Reindex.EnsureAsync(Store, "b", Cancel).Must();
        var at = 0;
        var index = NewIndex("b", record =>
        {
            if (++at % 100 == 0)
            {
                // Before the page is written: an update, a deletion and a creation of the moment.
                WriteAsync(
                    Sample.Put(record.Key.Id, "tobservation kfresh", "fresh"),
                    new WriteOperation.Delete(Sample.Key($"r{at - 50}")),
                    Sample.Put($"more{at}", "tobservation kfresh")).GetAwaiter().GetResult();
            }
        });

        (await WorkAsync(index)).State.ShouldBe(JobState.Done);

        (await CountAsync(TermQuery.Is("kold"))).ShouldBe(0);
        var live = (await Store.StatisticsAsync(Cancel).Must()).Types.Single().Live;
        ((await CountAsync(TermQuery.Is("knew"))) + (await CountAsync(TermQuery.AllOf(TermQuery.Is("kfresh"), TermQuery.Without(TermQuery.Is("knew")))))).ShouldBe(live);
    }

    [Fact]
    public async Task A_record_whose_terms_cannot_be_made_fails_the_run_and_is_named()
    {
        await FillAsync(10);
        await Reindex.EnsureAsync(Store, "b", Cancel).Must();
        var index = new Reindex(
            Store, "b",
            (record, _) => new(record.Key.Id == "r4" ? Problems.NotAnObject() : Sample.Record(record.Key.Id, NewTerms)),
            TimeProvider.System);

        var job = await WorkAsync(index);

        job.State.ShouldBe(JobState.Failed);
        job.Result.ShouldContain("Observation/r4");
        (await CountAsync(TermQuery.Is("kold"))).ShouldBe(1);
        (await Reindex.StateAsync(Store, "b", Cancel).Must()).IsCurrent.ShouldBeFalse();
        (await Reindex.EnsureAsync(Store, "b", Cancel).Must()).ShouldBeTrue("it is tried again at the next start");
    }

    [Fact]
    public async Task A_run_never_succeeds_when_the_index_lacks_a_record()
    {
        await FillAsync(10);
        await Reindex.EnsureAsync(Store, "b", Cancel).Must();
        var index = new Reindex(
            Store, "b",
            (record, _) => new(Sample.Record(record.Key.Id, record.Key.Id == "r4" ? "kwithouttype" : NewTerms)),
            TimeProvider.System);

        var job = await WorkAsync(index);

        job.State.ShouldBe(JobState.Failed);
        job.Result.ShouldContain("of 10 records of Observation, 9");
    }

    private async Task FillAsync(int count) =>
        await WriteAsync([.. Enumerable.Range(0, count).Select(i => Sample.Put($"r{i}", OldTerms))]);

    private Reindex NewIndex(string form, Action<StoredRecord>? meanwhile = null) => new(
        Store, form,
        (record, _) =>
        {
            meanwhile?.Invoke(record);
            return new(Sample.Record(record.Key.Id, NewTerms));
        },
        TimeProvider.System);

    private async Task<Job> RunAsync(string form)
    {
        await Reindex.EnsureAsync(Store, form, Cancel).Must();
        return await WorkAsync(NewIndex(form));
    }

    private async Task<JobRun> ClaimAsync(Reindex index)
    {
        var claimed = (await Store.Jobs.ClaimAsync([index.Kind], JobWorkers.Lease, Cancel).Must()).ShouldNotBeNull();
        return new JobRun(Store.Jobs, claimed, JobWorkers.Lease, TimeProvider.System);
    }

    /// <summary>Has the waiting job done as a server would, and answers with what became of it.</summary>
    private async Task<Job> WorkAsync(Reindex index)
    {
        var id = (await Reindex.StateAsync(Store, index.Kind["reindex:".Length..], Cancel).Must()).Job!;
        var faults = new List<Exception>();
        var workers = new JobWorkers(Store.Jobs, [index], TimeProvider.System, (_, fault) => faults.Add(fault));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = workers.RunAsync(stop.Token);
        Job? job;
        do
        {
            await Task.Delay(10, Cancel);
            job = await Store.Jobs.FindAsync(id, Cancel).Must();
        }
        while (job!.State is JobState.Waiting or JobState.Running);

        await stop.CancelAsync();
        await running;
        faults.ShouldBeEmpty();
        return job;
    }
}
