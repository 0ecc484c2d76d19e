using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Contract;

public abstract class WriteContract : StoreContract
{
    [Fact]
    public async Task A_record_that_was_put_is_read_back_as_it_was()
    {
        var receipt = await WriteAsync(Sample.Put("a", word: "康桥"));

        var record = (await ReadAsync("a")).ShouldNotBeNull();
        receipt.Operations[0].ShouldBe(new(WriteResult.Created, Sample.Key("a"), record.Number, 1, record.Instant, record.Sequence));
        record.BodyText().ShouldBe("""{"word":"康桥"}""");
        record.ResourceText().ShouldBe(
            """{"resourceType":"Observation","id":"a","meta":{"versionId":"1","lastUpdated":"2026-03-05T08:15:00.000Z"},"word":"康桥"}""");
        (record.State, record.IsCreation, record.Sender, record.Shard).ShouldBe((RecordState.Live, true, "H1", Shard.OfPatient("p1")));
    }

    [Fact]
    public async Task Either_all_operations_of_a_request_happen_or_none()
    {
        await WriteAsync(Sample.Put("there"));

        var problem = await Store.WriteAsync(
            Sample.Request(Sample.Put("new"), Sample.Put("there", word: "changed"), Sample.Put("there2") with { Mode = PutMode.UpdateOnly }), Cancel).Refused();

        problem.Kind.ShouldBe(ProblemKind.NotFound);
        (await ReadAsync("new")).ShouldBeNull();
        (await ReadAsync("there"))!.Version.ShouldBe(1);
        (await CountAsync(TermQuery.Is("tobs"))).ShouldBe(1);
    }

    [Fact]
    public async Task An_update_on_an_old_version_is_refused()
    {
        await WriteAsync(Sample.Put("a"));
        await WriteAsync(Sample.Put("a", word: "second") with { ExpectedVersion = 1 });

        var problem = await Store.WriteAsync(Sample.Request(Sample.Put("a", word: "third") with { ExpectedVersion = 1 }), Cancel).Refused();

        problem.Kind.ShouldBe(ProblemKind.PreconditionFailed);
        (await ReadAsync("a"))!.BodyText().ShouldContain("second");
    }

    [Fact]
    public async Task Of_many_updates_that_expect_the_same_version_one_wins()
    {
        await WriteAsync(Sample.Put("a"));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Store.WriteAsync(
            Sample.Request(Sample.Put("a", word: $"w{i}") with { ExpectedVersion = 1 }), Cancel).AsTask()));

        outcomes.Count(o => o.IsSuccess).ShouldBe(1);
        (await ReadAsync("a"))!.Version.ShouldBe(2);
    }

    [Fact]
    public async Task What_must_be_new_cannot_be_there_and_what_must_be_there_cannot_be_new()
    {
        await WriteAsync(Sample.Put("a"));

        (await Store.WriteAsync(Sample.Request(Sample.Put("a") with { Mode = PutMode.CreateOnly }), Cancel).Refused())
            .Kind.ShouldBe(ProblemKind.Conflict);
        (await Store.WriteAsync(Sample.Request(Sample.Put("b") with { Mode = PutMode.UpdateOnly }), Cancel).Refused())
            .Kind.ShouldBe(ProblemKind.NotFound);
    }

    [Fact]
    public async Task The_same_again_makes_no_new_version_when_asked_so()
    {
        var first = await WriteAsync(Sample.Put("a"));

        var again = await WriteAsync(Sample.Put("a") with { SkipIfIdentical = true });
        var other = await WriteAsync(Sample.Put("a", word: "other") with { SkipIfIdentical = true });

        again.Operations[0].ShouldBe(first.Operations[0] with { Result = WriteResult.Unchanged });
        (other.Operations[0].Result, other.Operations[0].Version).ShouldBe((WriteResult.Updated, 2));
    }

    [Fact]
    public async Task The_same_again_is_seen_within_one_commit_and_in_large_requests()
    {
        var puts = Enumerable.Range(0, 50).Select(i => (WriteOperation)(Sample.Put($"r{i}", word: $"w{i}") with { SkipIfIdentical = true })).ToArray();
        Task<Outcome<WriteReceipt>>[] sent;
        await using (await HoldWriterAsync())
        {
            sent = [.. Enumerable.Range(0, 3).Select(_ => Store.WriteAsync(new(puts), Cancel).AsTask())];
        }

        var receipts = (await Task.WhenAll(sent)).Select(o => o.Must()).ToArray();
        receipts[0].Operations.ShouldAllBe(o => o.Result == WriteResult.Created);
        receipts[1].Operations.ShouldAllBe(o => o.Result == WriteResult.Unchanged);

        // One of them changes: its neighbours of the same group keep their bodies.
        puts[7] = Sample.Put("r7", word: "new") with { SkipIfIdentical = true };
        (await WriteAsync(puts)).Operations.Count(o => o.Result == WriteResult.Updated).ShouldBe(1);
        for (var i = 0; i < 50; i++)
        {
            (await ReadAsync($"r{i}"))!.BodyText().ShouldBe($$"""{"word":"{{(i == 7 ? "new" : $"w{i}")}}"}""");
        }
    }

    [Fact]
    public async Task A_deleted_record_is_found_no_more_and_can_come_back_under_its_number()
    {
        var born = (await WriteAsync(Sample.Put("a"))).Operations[0];
        var gone = (await WriteAsync(new WriteOperation.Delete(Sample.Key("a")))).Operations[0];

        (gone.Result, gone.Version).ShouldBe((WriteResult.Deleted, 2));
        var deleted = (await ReadAsync("a")).ShouldNotBeNull();
        (deleted.State, deleted.Body.Length).ShouldBe((RecordState.Deleted, 0));
        (await CountAsync(TermQuery.Is("tobs"))).ShouldBe(0);
        (await WriteAsync(new WriteOperation.Delete(Sample.Key("a")))).Operations[0].Result.ShouldBe(WriteResult.Unchanged);

        var back = (await WriteAsync(Sample.Put("a") with { Mode = PutMode.CreateOnly })).Operations[0];
        (back.Result, back.Version, back.Number).ShouldBe((WriteResult.Created, 3, born.Number));
        (await CountAsync(TermQuery.Is("tobs"))).ShouldBe(1);
    }

    [Fact]
    public async Task Deleting_what_never_was_changes_nothing() =>
        (await WriteAsync(new WriteOperation.Delete(Sample.Key("never")))).Operations[0].ShouldSatisfyAllConditions(
            o => o.Result.ShouldBe(WriteResult.Unchanged), o => o.Version.ShouldBe(0));

    [Fact]
    public async Task No_key_may_occur_twice_in_a_request() =>
        (await Store.WriteAsync(Sample.Request(Sample.Put("a"), new WriteOperation.Delete(Sample.Key("a"))), Cancel).Refused())
            .Kind.ShouldBe(ProblemKind.Invalid);

    [Theory]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("a/b")]
    public async Task A_key_outside_the_alphabet_is_refused(string id) =>
        (await Store.WriteAsync(Sample.Request(Sample.Put(id)), Cancel).Refused()).Kind.ShouldBe(ProblemKind.Invalid);

    [Theory]
    [InlineData("tobs Upper")]
    [InlineData("tobs a\"b")]
    [InlineData("tobs a-b")]
    public async Task Terms_outside_the_alphabet_are_refused(string terms) =>
        (await Store.WriteAsync(Sample.Request(Sample.Put("a", terms)), Cancel).Refused()).Kind.ShouldBe(ProblemKind.Invalid);

    [Fact]
    public async Task Ids_that_differ_only_in_case_are_different_records()
    {
        const string Lower = "0b5c7a52-8f3e-4c6a-9f62-1de1a9b0c111";
        await WriteAsync(Sample.Put(Lower, word: "lower"), Sample.Put(Lower.ToUpperInvariant(), word: "upper"));

        (await ReadAsync(Lower))!.BodyText().ShouldContain("lower");
        (await ReadAsync(Lower.ToUpperInvariant()))!.BodyText().ShouldContain("upper");
        (await ReadAsync(Lower))!.Key.Id.ShouldBe(Lower);
    }

    [Fact]
    public async Task Instants_never_go_back_even_when_the_clock_does()
    {
        await WriteAsync(Sample.Put("a"));
        Clock.Move(TimeSpan.FromHours(-3));
        await WriteAsync(Sample.Put("b"));
        await ReopenAsync();
        await WriteAsync(Sample.Put("c"));

        var a = (await ReadAsync("a"))!.Instant;
        (await ReadAsync("b"))!.Instant.ShouldBe(a);
        (await ReadAsync("c"))!.Instant.ShouldBe(a);
    }

    [Fact]
    public async Task A_refused_request_does_not_harm_those_committed_with_it()
    {
        await WriteAsync(Sample.Put("there"));
        Task<Outcome<WriteReceipt>>[] sent;
        await using (await HoldWriterAsync())
        {
            sent =
            [
                Store.WriteAsync(Sample.Request(Sample.Put("before")), Cancel).AsTask(),
                Store.WriteAsync(Sample.Request(Sample.Put("half"), Sample.Put("there") with { Mode = PutMode.CreateOnly }), Cancel).AsTask(),
                Store.WriteAsync(Sample.Request(Sample.Put("after")), Cancel).AsTask(),
            ];
        }

        (await Task.WhenAll(sent)).Select(o => o.IsSuccess).ShouldBe([true, false, true]);
        (await ReadAsync("half")).ShouldBeNull();
        (await ReadAsync("before")).ShouldNotBeNull();
        (await ReadAsync("after")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_request_that_breaks_unforeseen_does_not_harm_those_committed_with_it()
    {
        var faulty = new SearchFilter(TermQuery.Is("tobs")) { Doubtful = TermQuery.Everything, Recheck = _ => throw new InvalidOperationException("broken") };
        await WriteAsync(Sample.Put("there"));
        Task<Outcome<WriteReceipt>>[] sent;
        await using (await HoldWriterAsync())
        {
            sent =
            [
                Store.WriteAsync(Sample.Request(new WriteOperation.Put(Sample.Record("before", type: "Basic"))), Cancel).AsTask(),
                Store.WriteAsync(new([Sample.Put("half")]) { Expectations = [new Expectation.OfSearch(faulty, null)] }, Cancel).AsTask(),
                Store.WriteAsync(Sample.Request(new WriteOperation.Put(Sample.Record("after", type: "Flag"))), Cancel).AsTask(),
            ];
        }

        (await Task.WhenAll(sent)).Select(o => o.IsSuccess).ShouldBe([true, false, true]);
        (await ReadAsync("half")).ShouldBeNull();
        (await Store.ReadAsync(new RecordKey("Basic", "before"), Cancel).Must())!.Key.Type.ShouldBe("Basic");
        (await Store.ReadAsync(new RecordKey("Flag", "after"), Cancel).Must())!.Key.Type.ShouldBe("Flag");
        (await CountAsync(TermQuery.Is("tobs"))).ShouldBe(3);
    }

    [Fact]
    public async Task When_too_much_waits_callers_are_told_at_once_and_nothing_accepted_is_lost()
    {
        await ReopenAsync(mostWaitingBytes: 10_000);
        var sent = new List<Task<Outcome<WriteReceipt>>>();
        await using (await HoldWriterAsync())
        {
            for (var i = 0; i < 100; i++)
            {
                sent.Add(Store.WriteAsync(Sample.Request(Sample.Put($"r{i}", word: new('x', 500))), Cancel).AsTask());
            }

            // Those that were turned away know it while the writer still stands.
            sent.Count(s => s.IsCompleted).ShouldBeGreaterThan(80);
        }

        var outcomes = await Task.WhenAll(sent);
        outcomes.Where(o => !o.IsSuccess).ShouldAllBe(o => o.Problem!.Kind == ProblemKind.Throttled);
        var accepted = outcomes.Count(o => o.IsSuccess);
        accepted.ShouldBeInRange(1, 20);
        (await CountAsync(TermQuery.Is("tobs"))).ShouldBe(accepted);
        await WriteAsync(Sample.Put("afterwards"));
    }

    [Fact]
    public async Task A_purged_record_leaves_nothing_but_word_of_it_to_followers()
    {
        var identity = Identity.Of(Sample.Type, "urn:x", "1");
        await WriteAsync(Sample.Put("neighbour", word: "stays"), new WriteOperation.Put(Sample.Record("a", identities: identity)));
        await WriteAsync(Sample.Put("a", "tobs kaaa1", word: "second"));
        var number = (await ReadAsync("a"))!.Number;

        var receipt = (await WriteAsync(new WriteOperation.Purge(Sample.Key("a")))).Operations[0];

        receipt.Result.ShouldBe(WriteResult.Purged);
        (await ReadAsync("a")).ShouldBeNull();
        (await Store.ReadAsync(Sample.Key("a"), 1, Cancel).Must()).ShouldBeNull();
        (await Store.ReadAsync([number], Cancel).Must())[0].ShouldBeNull();
        (await Store.HistoryAsync(new() { Key = Sample.Key("a") }, Cancel).Must()).Records.ShouldBeEmpty();
        (await Store.HistoryAsync(new(), Cancel).Must()).Records.Select(r => r.Key.Id).ShouldBe(["neighbour"]);
        (await FindAsync(TermQuery.Is("kaaa1"))).ShouldBeEmpty();
        (await Store.FindAsync(identity, Cancel).Must()).ShouldBeEmpty();
        (await Store.Changes.ReadAsync(default, 10, Cancel).Must()).Changes.Select(c => (c.Key.Id, c.Kind))
            .ShouldBe([("neighbour", Feed.ChangeKind.Created), ("a", Feed.ChangeKind.Purged)]);
        (await ReadAsync("neighbour"))!.BodyText().ShouldContain("stays");
        (await Store.StatisticsAsync(Cancel).Must()).Types[0].ShouldBe(new(Sample.Type, 1, 0, 1));

        (await WriteAsync(Sample.Put("a", word: "again"))).Operations[0].ShouldSatisfyAllConditions(
            o => o.Result.ShouldBe(WriteResult.Created), o => o.Version.ShouldBe(1));
        (await Store.HistoryAsync(new() { Key = Sample.Key("a") }, Cancel).Must()).Records.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_deleted_record_can_be_purged_too()
    {
        await WriteAsync(Sample.Put("a"));
        await WriteAsync(new WriteOperation.Delete(Sample.Key("a")));
        (await WriteAsync(new WriteOperation.Purge(Sample.Key("a")))).Operations[0].Result.ShouldBe(WriteResult.Purged);

        (await ReadAsync("a")).ShouldBeNull();
        (await WriteAsync(new WriteOperation.Purge(Sample.Key("a")))).Operations[0].Result.ShouldBe(WriteResult.Unchanged);
        (await Store.StatisticsAsync(Cancel).Must()).Types.ShouldBeEmpty();
    }
}
