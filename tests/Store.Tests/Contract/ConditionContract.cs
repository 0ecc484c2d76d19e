using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Contract;

/// <summary>What was seen when a request was made still holds when it is written.</summary>
public abstract class ConditionContract : StoreContract
{
    private static readonly Identity CardNumber = Identity.Of("Patient", "urn:oid:2.16.156.10011.1.3", "330102194912010026");

    [Fact]
    public async Task Many_who_create_the_same_person_at_once_make_one_record()
    {
        var creators = Enumerable.Range(0, 30).Select(i => CreateUnlessThereAsync($"p{i}"));

        var numbers = await Task.WhenAll(creators);

        numbers.Distinct().Count().ShouldBe(1);
        (await CountAsync(TermQuery.Is("tpat"))).ShouldBe(1);
    }

    [Fact]
    public async Task Two_creations_in_one_commit_see_each_other()
    {
        Task<Outcome<WriteReceipt>>[] sent;
        await using (await HoldWriterAsync())
        {
            sent = [Store.WriteAsync(Create("p1"), Cancel).AsTask(), Store.WriteAsync(Create("p2"), Cancel).AsTask()];
        }

        var outcomes = await Task.WhenAll(sent);
        outcomes[0].IsSuccess.ShouldBeTrue();
        outcomes[1].Problem!.Kind.ShouldBe(ProblemKind.Conflict);
        (await Store.FindAsync(CardNumber, Cancel).Must()).ShouldBe([outcomes[0].Value.Operations[0].Number]);
    }

    [Fact]
    public async Task An_identity_follows_the_current_version()
    {
        var other = Identity.Of("Patient", "urn:x", "2");
        await WriteAsync(new WriteOperation.Put(Sample.Record("p", type: "Patient", identities: CardNumber)));
        await WriteAsync(new WriteOperation.Put(Sample.Record("p", type: "Patient", identities: other)));
        (await Store.FindAsync(CardNumber, Cancel).Must()).ShouldBeEmpty();
        (await Store.FindAsync(other, Cancel).Must()).Count.ShouldBe(1);

        await WriteAsync(new WriteOperation.Delete(new("Patient", "p")));
        (await Store.FindAsync(other, Cancel).Must()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_expected_match_must_be_the_only_one_and_the_same()
    {
        var number = (await WriteAsync(Sample.Put("a", "tobs kaaa1"))).Operations[0].Number;
        var filter = new SearchFilter(TermQuery.Is("kaaa1"));

        (await Store.WriteAsync(On(filter, number), Cancel)).IsSuccess.ShouldBeTrue();
        (await Store.WriteAsync(On(filter, number + 1), Cancel).Refused()).Kind.ShouldBe(ProblemKind.Conflict);
        (await Store.WriteAsync(On(filter, null), Cancel).Refused()).Kind.ShouldBe(ProblemKind.Conflict);

        await WriteAsync(Sample.Put("b", "tobs kaaa1"));
        (await Store.WriteAsync(On(filter, number), Cancel).Refused()).Kind.ShouldBe(ProblemKind.Conflict);
    }

    [Fact]
    public async Task A_search_condition_sees_what_others_put_in_the_same_commit_bodies_included()
    {
        var filter = new SearchFilter(TermQuery.Is("kaaa1"))
        {
            Doubtful = TermQuery.Everything,
            Recheck = record => record.BodyText().Contains("match", StringComparison.Ordinal),
        };
        Task<Outcome<WriteReceipt>>[] sent;
        await using (await HoldWriterAsync())
        {
            sent =
            [
                Store.WriteAsync(Sample.Request(Sample.Put("other", "tobs kaaa1", "different")), Cancel).AsTask(),
                Store.WriteAsync(On(filter, null, "first"), Cancel).AsTask(),
                Store.WriteAsync(Sample.Request(Sample.Put("m", "tobs kaaa1", "match")), Cancel).AsTask(),
                Store.WriteAsync(On(filter, null, "second"), Cancel).AsTask(),
                Store.WriteAsync(Sample.Request(Sample.Put("m", "tobs kaaa2", "match")), Cancel).AsTask(),
                Store.WriteAsync(On(filter, null, "third"), Cancel).AsTask(),
            ];
        }

        (await Task.WhenAll(sent)).Select(o => o.IsSuccess).ShouldBe([true, true, true, false, true, true]);
        (await ReadAsync("second")).ShouldBeNull();
        (await FindAsync(TermQuery.Is("kaaa1"))).Count.ShouldBe(1);
    }

    private static WriteRequest Create(string id) => new(
        [new WriteOperation.Put(Sample.Record(id, "tpat", type: "Patient", identities: CardNumber)) { Mode = PutMode.CreateOnly }])
    {
        Expectations = [new Expectation.OfIdentity(CardNumber, null)],
    };

    private static WriteRequest On(SearchFilter filter, long? number, string id = "result") =>
        new([Sample.Put(id)]) { Expectations = [new Expectation.OfSearch(filter, number)] };

    private async Task<long> CreateUnlessThereAsync(string id)
    {
        while (true)
        {
            if (await Store.FindAsync(CardNumber, Cancel).Must() is [var there, ..])
            {
                return there;
            }

            var outcome = await Store.WriteAsync(Create(id), Cancel);
            if (outcome.IsSuccess)
            {
                return outcome.Value.Operations[0].Number;
            }

            outcome.Problem!.Kind.ShouldBe(ProblemKind.Conflict);
        }
    }
}
