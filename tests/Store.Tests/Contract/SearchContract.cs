using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Contract;

public abstract class SearchContract : StoreContract
{
    [Fact]
    public async Task Terms_meet_join_and_exclude()
    {
        var n = await PutAsync("saaa1 kbbb1", "saaa1 kbbb2", "saaa2 kbbb1", "saaa12");

        (await FindAsync(TermQuery.Is("saaa1"))).ShouldBe([n[0], n[1]]);
        (await FindAsync(TermQuery.StartsWith("saaa1"))).ShouldBe([n[0], n[1], n[3]]);
        (await FindAsync(TermQuery.AllOf(TermQuery.Is("saaa1"), TermQuery.Is("kbbb1")))).ShouldBe([n[0]]);
        (await FindAsync(TermQuery.AnyOf(TermQuery.Is("saaa2"), TermQuery.Is("kbbb2")))).ShouldBe([n[1], n[2]]);
        (await FindAsync(TermQuery.AllOf(TermQuery.Is("saaa1"), TermQuery.Without(TermQuery.Is("kbbb1"))))).ShouldBe([n[1]]);
        (await FindAsync(TermQuery.Without(TermQuery.Is("saaa1")))).ShouldBe([n[2], n[3]]);
        (await FindAsync(TermQuery.AllOf(
            TermQuery.AnyOf(TermQuery.Is("saaa1"), TermQuery.Is("saaa2")),
            TermQuery.Without(TermQuery.AllOf(TermQuery.Is("saaa1"), TermQuery.Is("kbbb2")))))).ShouldBe([n[0], n[2]]);
        (await FindAsync(TermQuery.Everything)).ShouldBe(n);
        (await FindAsync(TermQuery.Nothing)).ShouldBeEmpty();
        (await CountAsync(TermQuery.Everything)).ShouldBe(4);
    }

    [Fact]
    public async Task Terms_are_taken_whole_whatever_letters_they_hold()
    {
        var n = await PutAsync("saaa张伟", "saaa张", "saaa\U00020BB7", "saaaé", "saaazhang wei");

        (await FindAsync(TermQuery.Is("saaa张"))).ShouldBe([n[1]]);
        (await FindAsync(TermQuery.StartsWith("saaa张"))).ShouldBe([n[0], n[1]]);
        (await FindAsync(TermQuery.Is("saaa\U00020BB7"))).ShouldBe([n[2]]);
        (await FindAsync(TermQuery.Is("saaae"))).ShouldBeEmpty();
        (await FindAsync(TermQuery.Is("saaaé"))).ShouldBe([n[3]]);
        (await FindAsync(TermQuery.Is("saaazhangwei"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Words_of_the_database_language_are_only_terms()
    {
        var n = await PutAsync("or", "not", "and", "near");

        (await FindAsync(TermQuery.AnyOf(TermQuery.Is("or"), TermQuery.Is("near")))).ShouldBe([n[0], n[3]]);
        (await FindAsync(TermQuery.AllOf(TermQuery.Is("tobs"), TermQuery.Without(TermQuery.Is("not"))))).ShouldBe([n[0], n[2], n[3]]);
    }

    [Fact]
    public async Task After_an_update_the_old_terms_match_no_more()
    {
        await WriteAsync(Sample.Put("a", "tobs kaaa1"), Sample.Put("b", "tobs kaaa1"));
        await WriteAsync(Sample.Put("a", "tobs kaaa2"));

        (await FindAsync(TermQuery.Is("kaaa1"))).Count.ShouldBe(1);
        (await FindAsync(TermQuery.Is("kaaa2"))).Count.ShouldBe(1);
        (await CountAsync(TermQuery.Is("tobs"))).ShouldBe(2);
    }

    [Fact]
    public async Task A_count_of_one_term_is_exact_whatever_was_changed_deleted_or_purged()
    {
        await WriteAsync([.. Enumerable.Range(0, 40).Select(i => Sample.Put($"r{i}", "tobs kaaa1"))]);
        (await CountAsync(TermQuery.Is("kaaa1"))).ShouldBe(40);

        await WriteAsync([.. Enumerable.Range(0, 10).Select(i => Sample.Put($"r{i}", "tobs kaaa2"))]);
        await WriteAsync([.. Enumerable.Range(8, 7).Select(i => new WriteOperation.Delete(Sample.Key($"r{i}")))]);
        await WriteAsync(new WriteOperation.Purge(Sample.Key("r20")));
        await WriteAsync(Sample.Put("r8", "tobs kaaa1"));

        (await CountAsync(TermQuery.Is("kaaa1"))).ShouldBe(25);
        (await CountAsync(TermQuery.Is("kaaa2"))).ShouldBe(8);
        (await CountAsync(TermQuery.Is("tobs"))).ShouldBe(33);
        (await FindAsync(TermQuery.Is("kaaa1"))).Count.ShouldBe(25);
    }

    [Fact]
    public async Task A_record_can_be_indexed_anew_without_a_new_version()
    {
        var identity = Identity.Of(Sample.Type, "urn:x", "1");
        await WriteAsync(Sample.Put("a", "tobs kaaa1"), Sample.Put("b", "tobs kaaa1"));
        await WriteAsync(Sample.Put("b", "tobs kaaa3"));
        var end = await Store.Changes.EndAsync(Cancel).Must();
        Clock.Move(TimeSpan.FromHours(1));

        var receipt = await WriteAsync(
            new WriteOperation.Reindex(Sample.Record("a", "tobs kaaa2", identities: identity), 1),
            new WriteOperation.Reindex(Sample.Record("b", "tobs kaaa2"), 1),
            new WriteOperation.Reindex(Sample.Record("none", "tobs kaaa2"), 1));

        receipt.Operations.Select(o => o.Result).ShouldBe([WriteResult.Reindexed, WriteResult.Unchanged, WriteResult.Unchanged]);
        (await FindAsync(TermQuery.Is("kaaa1"))).ShouldBeEmpty();
        (await FindAsync(TermQuery.Is("kaaa2"))).ShouldBe([receipt.Operations[0].Number]);
        (await FindAsync(TermQuery.AllOf(TermQuery.Is("kaaa2"), StoreTerms.UpdatedIn("2026030508")))).Count.ShouldBe(1);
        (await Store.FindAsync(identity, Cancel).Must()).ShouldBe([receipt.Operations[0].Number]);
        (await ReadAsync("a"))!.ShouldSatisfyAllConditions(r => r.Version.ShouldBe(1), r => r.BodyText().ShouldContain("calm"));
        (await Store.Changes.EndAsync(Cancel).Must()).ShouldBe(end);
    }

    [Fact]
    public async Task Doubtful_matches_are_checked_on_the_record_and_sure_ones_are_not()
    {
        var n = await PutAsync("kaaa1", "kaaa1 kedge", "kaaa1 kedge", "kedge", "kaaa1");
        var checkedNumbers = new List<long>();
        var filter = new SearchFilter(TermQuery.Is("kaaa1"))
        {
            Doubtful = TermQuery.Is("kedge"),
            Recheck = record =>
            {
                checkedNumbers.Add(record.Number);
                return record.Number == n[1];
            },
        };

        (await FindAsync(filter)).ShouldBe([n[0], n[1], n[4]]);
        checkedNumbers.ShouldBe([n[1], n[2]]);
        (await Store.CountAsync(filter, cancel: Cancel).Must()).ShouldBe(3);
        var page = await Store.SearchAsync(new(filter) { Descending = true, Limit = 2, WithRecords = true }, Cancel).Must();
        page.Numbers.ShouldBe([n[4], n[1]]);
        page.Records.Select(r => r.Number).ShouldBe(page.Numbers);
        page.HasMore.ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_neither_repeat_nor_drop_a_record_while_records_change(bool descending)
    {
        const int Count = 300;
        for (var i = 0; i < Count; i += 50)
        {
            await WriteAsync([.. Enumerable.Range(i, 50).Select(k => Sample.Put($"r{k}"))]);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var changing = ChangeUntilAsync(stop.Token);
        var seen = new List<long>();
        long? after = null;
        bool hasMore;
        do
        {
            var page = await Store.SearchAsync(
                new(TermQuery.Is("tobs")) { After = after, Limit = 7, Descending = descending, WithRecords = true }, Cancel).Must();
            page.Records.Count.ShouldBe(page.Numbers.Count);
            seen.AddRange(page.Records.Where(r => r.Key.Id[0] == 'r').Select(r => r.Number));
            after = page.Numbers[^1];
            hasMore = page.HasMore;
            await Task.Yield();
        }
        while (hasMore && seen.Count < 2 * Count);

        await stop.CancelAsync();
        (await changing).ShouldBeGreaterThan(0);
        seen.Count.ShouldBe(Count);
        seen.ShouldBeUnique();
        seen.ShouldBe(descending ? seen.OrderDescending() : seen.Order());

        async Task<int> ChangeUntilAsync(CancellationToken token)
        {
            var random = new Random(1);
            var changes = 0;
            while (!token.IsCancellationRequested || changes == 0)
            {
                await WriteAsync(Sample.Put($"r{random.Next(Count)}", word: $"w{changes}"), Sample.Put($"new{changes}", "tother"));
                changes++;
            }

            return changes;
        }
    }

    [Fact]
    public async Task Records_are_found_by_the_minute_of_their_last_change()
    {
        await WriteAsync(Sample.Put("a"), Sample.Put("b"));
        Clock.Move(TimeSpan.FromMinutes(1));
        await WriteAsync(Sample.Put("b", word: "later"));

        (await FindAsync(StoreTerms.UpdatedIn("202603050815"))).Count.ShouldBe(1);
        (await FindAsync(StoreTerms.UpdatedIn("202603050816"))).Count.ShouldBe(1);
        (await FindAsync(StoreTerms.UpdatedIn("20260305"))).Count.ShouldBe(2);
        (await FindAsync(StoreTerms.UpdatedIn("2025"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_question_that_costs_too_much_is_refused()
    {
        var wide = TermQuery.AnyOf(Enumerable.Range(0, 6000).Select(i => TermQuery.Is($"k{i}")).ToArray());
        (await Store.CountAsync(wide, cancel: Cancel).Refused()).Kind.ShouldBe(ProblemKind.TooCostly);

        var deep = TermQuery.Is("k");
        for (var i = 0; i < 100; i++)
        {
            deep = i % 2 == 0 ? TermQuery.AllOf(TermQuery.Is("x"), deep) : TermQuery.AnyOf(TermQuery.Is("y"), deep);
        }

        (await Store.CountAsync(deep, cancel: Cancel).Refused()).Kind.ShouldBe(ProblemKind.TooCostly);
        (await Store.SearchAsync(new(TermQuery.Everything) { Limit = 0 }, Cancel).Refused()).Kind.ShouldBe(ProblemKind.Invalid);
    }

    [Fact]
    public async Task A_deep_and_wide_question_within_the_bounds_is_answered()
    {
        var n = await PutAsync("kaaa1");
        var query = TermQuery.Is("kaaa1");
        for (var i = 0; i < 7; i++)
        {
            query = TermQuery.AnyOf(TermQuery.AllOf(query, TermQuery.Is("tobs")), TermQuery.Is($"k{i}"));
        }

        (await FindAsync(query)).ShouldBe(n);
        (await CountAsync(TermQuery.AnyOf(Enumerable.Range(0, 4000).Select(i => TermQuery.Is($"kaaa{i}")).ToArray()))).ShouldBe(1);
    }

    [Fact]
    public async Task A_count_stops_when_patience_or_the_caller_ends()
    {
        await PutAsync("kaaa1", "kaaa1");
        var slow = new SearchFilter(TermQuery.Is("kaaa1")) { Doubtful = TermQuery.Everything, Recheck = _ => true };
        (await Store.CountAsync(slow, TimeSpan.FromMilliseconds(-1), Cancel).Refused()).Kind.ShouldBe(ProblemKind.TooCostly);

        using var cut = new CancellationTokenSource();
        var cutting = new SearchFilter(TermQuery.Is("kaaa1"))
        {
            Doubtful = TermQuery.Everything,
            Recheck = _ =>
            {
                cut.Cancel();
                return true;
            },
        };
        await Should.ThrowAsync<OperationCanceledException>(async () => await Store.CountAsync(cutting, null, cut.Token));
        (await CountAsync(TermQuery.Is("kaaa1"))).ShouldBe(2);
    }

    private async Task<IReadOnlyList<long>> PutAsync(params string[] terms)
    {
        var receipt = await WriteAsync([.. terms.Select((t, i) => Sample.Put($"r{i}", $"tobs {t}"))]);
        return [.. receipt.Operations.Select(o => o.Number)];
    }
}
