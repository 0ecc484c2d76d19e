using System.Collections.Concurrent;
using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Contract;

public abstract class FeedContract : StoreContract
{
    [Fact]
    public async Task The_feed_tells_every_change_in_order()
    {
        await WriteAsync(Sample.Put("a"));
        await WriteAsync(Sample.Put("a", word: "second"), new WriteOperation.Put(Sample.Record("p", type: "Patient")));
        await WriteAsync(new WriteOperation.Delete(Sample.Key("a")));
        await WriteAsync(Sample.Put("a"));

        var page = await Store.Changes.ReadAsync(ChangeCursor.Start, 100, Cancel).Must();
        page.Changes.Select(c => (c.Key.ToString(), c.Version, c.Kind)).ShouldBe(
        [
            ("Observation/a", 1, ChangeKind.Created),
            ("Observation/a", 2, ChangeKind.Updated),
            ("Patient/p", 1, ChangeKind.Created),
            ("Observation/a", 3, ChangeKind.Deleted),
            ("Observation/a", 4, ChangeKind.Created),
        ]);
        page.Next.ShouldBe(await Store.Changes.EndAsync(Cancel).Must());
        (await Store.Changes.ReadAsync(page.Next, 100, Cancel).Must()).ShouldSatisfyAllConditions(
            p => p.Changes.ShouldBeEmpty(), p => p.Next.ShouldBe(page.Next));
    }

    [Fact]
    public async Task A_follower_beside_many_writers_skips_nothing_and_hears_nothing_twice()
    {
        const int Writers = 6;
        const int Each = 40;
        var written = new ConcurrentBag<(long Number, long Version)>();
        var heard = new List<Change>();

        var following = FollowAsync();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(
            async () =>
            {
                for (var i = 0; i < Each; i++)
                {
                    var receipt = await WriteAsync(Sample.Put($"w{w}r{i % 10}", word: $"{i}"), Sample.Put($"w{w}n{i}"));
                    foreach (var operation in receipt.Operations)
                    {
                        written.Add((operation.Number, operation.Version));
                    }
                }
            },
            Cancel)));
        await following;

        heard.Select(c => c.Sequence).ShouldBeUnique();
        heard.Select(c => (c.Number, c.Version)).Order().ShouldBe(written.Order());
        foreach (var record in heard.GroupBy(c => c.Number))
        {
            record.Select(c => c.Version).ShouldBe(Enumerable.Range(1, record.Count()).Select(v => (long)v));
        }

        async Task FollowAsync()
        {
            var cursor = ChangeCursor.Start;
            while (heard.Count < Writers * Each * 2)
            {
                await Store.Changes.WaitAsync(cursor, Cancel);
                var page = await Store.Changes.ReadAsync(cursor, 7, Cancel).Must();
                heard.AddRange(page.Changes);
                cursor = page.Next;
            }
        }
    }

    [Fact]
    public async Task A_followers_place_survives_a_restart_and_moves_only_from_where_it_stands()
    {
        (await Store.Changes.PositionAsync("rules", Cancel).Must()).ShouldBe(ChangeCursor.Start);
        await Store.Changes.MoveAsync("rules", ChangeCursor.Start, new(5), Cancel).Must();
        await ReopenAsync();

        (await Store.Changes.PositionAsync("rules", Cancel).Must()).ShouldBe(new(5));
        (await Store.Changes.MoveAsync("rules", ChangeCursor.Start, new(9), Cancel).Refused()).Kind.ShouldBe(ProblemKind.Conflict);
        await Store.Changes.MoveAsync("rules", new(5), new(9), Cancel).Must();
        (await Store.Changes.PositionAsync("rules", Cancel).Must()).ShouldBe(new(9));
        (await Store.Changes.PositionAsync("others", Cancel).Must()).ShouldBe(ChangeCursor.Start);
    }

    [Fact]
    public async Task A_waiting_follower_is_woken_by_news_and_released_by_closing()
    {
        var end = await Store.Changes.EndAsync(Cancel).Must();
        var waiting = Store.Changes.WaitAsync(end, Cancel);
        waiting.IsCompleted.ShouldBeFalse();

        await WriteAsync(Sample.Put("a"));
        await waiting;

        var atEnd = Store.Changes.WaitAsync(await Store.Changes.EndAsync(Cancel).Must(), Cancel);
        await Store.DisposeAsync();
        await atEnd;
    }

    [Fact]
    public async Task Parameter_codes_are_given_once_and_for_ever()
    {
        var first = await Store.ParameterCodesAsync([("Patient", "name"), ("Patient", "birthdate"), ("Observation", "code")], Cancel).Must();
        await ReopenAsync();
        var later = await Store.ParameterCodesAsync([("Observation", "date"), ("Observation", "code"), ("Patient", "name")], Cancel).Must();

        first.ShouldBeUnique();
        first.ShouldAllBe(code => code.Length == 3 && code.All(char.IsAsciiLetterLower));
        later[1].ShouldBe(first[2]);
        later[2].ShouldBe(first[0]);
        first.ShouldNotContain(later[0]);
    }

    [Fact]
    public async Task Many_who_ask_for_codes_at_once_get_the_same()
    {
        var asked = Enumerable.Range(0, 50).Select(i => ("Patient", $"p{i}")).ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Store.ParameterCodesAsync(asked, Cancel).AsTask()));

        answers.ShouldAllBe(a => a.Value.SequenceEqual(answers[0].Value));
        answers[0].Value.ShouldBeUnique();
    }
}
