using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Search;
using Kangqiao.Store.Tests.Contract;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Postgres;

/// <summary>Two servers on one database: what one has answered, the other knows.</summary>
public sealed class PostgresTwoStoresTests : TwoStoresContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 1);
}

public sealed class SpreadPostgresTwoStoresTests : TwoStoresContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 64);
}

public abstract class TwoStoresContract : StoreContract
{
    private static readonly Identity CardNumber = Identity.Of("Patient", "urn:oid:2.16.156.10011.1.3", "330102194912010026");

    [Fact]
    public async Task What_one_has_written_the_other_reads_finds_and_hears_of_at_once()
    {
        await using var other = await Place.Maker(Clock).OpenAsync(Cancel).Must();
        var end = await other.Changes.EndAsync(Cancel).Must();
        var waiting = other.Changes.WaitAsync(end, Cancel);

        await WriteAsync(Sample.Put("a", "tobs kaaa1"));

        (await other.ReadAsync(Sample.Key("a"), Cancel).Must())!.BodyText().ShouldContain("calm");
        (await other.CountAsync(TermQuery.Is("kaaa1"), cancel: Cancel).Must()).ShouldBe(1);
        (await other.StatisticsAsync(Cancel).Must()).Types.ShouldHaveSingleItem().Live.ShouldBe(1);
        await waiting;
        (await other.Changes.ReadAsync(end, 10, Cancel).Must()).Changes.ShouldHaveSingleItem().Key.ShouldBe(Sample.Key("a"));
        (await other.WriteAsync(Sample.Request(Sample.Put("a", word: "second") with { ExpectedVersion = 1 }), Cancel)).IsSuccess.ShouldBeTrue();
        (await ReadAsync("a"))!.ShouldSatisfyAllConditions(r => r.Version.ShouldBe(2), r => r.BodyText().ShouldContain("second"));
    }

    [Fact]
    public async Task Creating_the_same_person_on_both_makes_one_record()
    {
        await using var other = await Place.Maker(Clock).OpenAsync(Cancel).Must();
        IRecordStore[] both = [Store, other];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => both[i % 2].WriteAsync(
            new([new WriteOperation.Put(Sample.Record($"p{i}", "tpat", type: "Patient", identities: CardNumber))])
            {
                Expectations = [new Expectation.OfIdentity(CardNumber, null)],
            },
            Cancel).AsTask()));

        outcomes.Count(o => o.IsSuccess).ShouldBe(1);
        outcomes.Where(o => !o.IsSuccess).ShouldAllBe(o => o.Problem!.Kind == ProblemKind.Conflict);
        (await CountAsync(TermQuery.Is("tpat"))).ShouldBe(1);
        (await other.FindAsync(CardNumber, Cancel).Must()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_condition_by_search_holds_against_the_other_too()
    {
        await using var other = await Place.Maker(Clock).OpenAsync(Cancel).Must();
        IRecordStore[] both = [Store, other];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => both[i % 2].WriteAsync(
            new([Sample.Put($"r{i}", "tobs konly")]) { Expectations = [new Expectation.OfSearch(TermQuery.Is("konly"), null)] }, Cancel).AsTask()));

        outcomes.Count(o => o.IsSuccess).ShouldBe(1);
        (await CountAsync(TermQuery.Is("konly"))).ShouldBe(1);
    }

    [Fact]
    public async Task Both_changing_the_same_records_lose_no_change_and_show_no_caller_a_deadlock()
    {
        await using var other = await Place.Maker(Clock).OpenAsync(Cancel).Must();
        IRecordStore[] both = [Store, other];
        const int Rounds = 25;
        string[] ids = ["a", "b", "c", "d"];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(
            async () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    // Each in another order: without care two transactions would wait for each other in a ring.
                    var puts = ids.Skip(w % 4).Concat(ids.Take(w % 4)).Select(id => (WriteOperation)Sample.Put(id, word: $"w{w}i{i}")).ToArray();
                    (await both[w % 2].WriteAsync(new(puts), Cancel)).Problem.ShouldBeNull();
                }
            },
            Cancel)));

        foreach (var id in ids)
        {
            (await ReadAsync(id))!.Version.ShouldBe(8 * Rounds);
            (await Store.HistoryAsync(new() { Key = Sample.Key(id), Limit = 1000 }, Cancel).Must()).Records
                .Select(r => r.Version).ShouldBe(Enumerable.Range(1, 8 * Rounds).Reverse().Select(v => (long)v));
        }
    }

    [Fact]
    public async Task A_follower_of_both_skips_nothing_and_hears_each_records_versions_in_order()
    {
        await using var other = await Place.Maker(Clock).OpenAsync(Cancel).Must();
        IRecordStore[] both = [Store, other];
        const int Writers = 6;
        const int Each = 40;
        var heard = new List<Change>();
        var following = FollowAsync();

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(
            async () =>
            {
                for (var i = 0; i < Each; i++)
                {
                    (await both[w % 2].WriteAsync(Sample.Request(Sample.Put($"shared{i % 5}", word: $"w{w}"), Sample.Put($"w{w}n{i}")), Cancel))
                        .Problem.ShouldBeNull();
                }
            },
            Cancel)));
        await following;

        heard.Select(c => c.Sequence).ShouldBeUnique();
        foreach (var record in heard.GroupBy(c => c.Number))
        {
            record.Select(c => c.Version).ShouldBe(Enumerable.Range(1, record.Count()).Select(v => (long)v));
        }

        async Task FollowAsync()
        {
            var cursor = ChangeCursor.Start;
            while (heard.Count < Writers * Each * 2)
            {
                await other.Changes.WaitAsync(cursor, Cancel);
                var page = await other.Changes.ReadAsync(cursor, 7, Cancel).Must();
                heard.AddRange(page.Changes);
                cursor = page.Next;
            }
        }
    }

    [Fact]
    public async Task A_job_and_a_followers_place_are_shared()
    {
        await using var other = await Place.Maker(Clock).OpenAsync(Cancel).Must();
        await Store.Jobs.AddAsync("j1", "export", "{}", Cancel).Must();
        var claims = await Task.WhenAll(new[] { Store, other }.Select(s => s.Jobs.ClaimAsync(["export"], TimeSpan.FromMinutes(1), Cancel).AsTask()));
        claims.Count(c => c.Must() is { State: JobState.Running }).ShouldBe(1);

        await Store.Changes.MoveAsync("rules", default, new(5), Cancel).Must();
        (await other.Changes.PositionAsync("rules", Cancel).Must()).ShouldBe(new ChangeCursor(5));
        (await other.Changes.MoveAsync("rules", default, new(6), Cancel).Refused()).Kind.ShouldBe(ProblemKind.Conflict);
    }

    [Fact]
    public async Task Several_writers_of_one_server_keep_all_promises_too()
    {
        await using var many = await new Store.Postgres.PostgresStoreMaker(((PostgresPlace)Place).Options with { Writers = 3 }, Clock).OpenAsync(Cancel).Must();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => many.WriteAsync(
            Sample.Request(Sample.Put($"r{i}", $"tobs k{i}"), Sample.Put($"shared{i % 3}", word: $"{i}")), Cancel).AsTask()));

        (await many.CountAsync(TermQuery.Is("tobs"), cancel: Cancel).Must()).ShouldBe(203);
        (await many.CountAsync(TermQuery.Everything, cancel: Cancel).Must()).ShouldBe(203);
        var versions = (await many.ReadAsync([Sample.Key("shared0"), Sample.Key("shared1"), Sample.Key("shared2")], Cancel).Must()).Sum(r => r!.Version);
        versions.ShouldBe(200);
        var feed = await many.Changes.ReadAsync(default, 1000, Cancel).Must();
        feed.Changes.Count.ShouldBe(400);
        feed.Changes.Select(c => c.Sequence).ShouldBe(feed.Changes.Select(c => c.Sequence).Order());
    }
}
