using Kangqiao.Kernel;

namespace Kangqiao.Store.Tests.Contract;

public abstract class OutboxContract : StoreContract
{
    [Fact]
    public async Task Messages_are_numbered_from_one_without_gaps_and_outlive_a_restart()
    {
        (await Store.Outboxes.FindAsync("sub/1", Cancel).Must()).ShouldBeNull();
        (await Store.Outboxes.SaveAsync("sub/1", """{"at":0}""", Cancel).Must()).ShouldBe(new("sub/1", 0, """{"at":0}"""));
        (await Store.Outboxes.AppendAsync("sub/1", 0, ["一", "b"], Cancel).Must()).Last.ShouldBe(2);
        (await Store.Outboxes.AppendAsync("sub/1", 2, ["c"], Cancel).Must()).Last.ShouldBe(3);
        await Store.Outboxes.SaveAsync("sub/1", """{"at":2}""", Cancel).Must();

        await ReopenAsync();

        (await Store.Outboxes.FindAsync("sub/1", Cancel).Must()).ShouldBe(new("sub/1", 3, """{"at":2}"""));
        (await Store.Outboxes.ReadAsync("sub/1", 0, 10, Cancel).Must()).ShouldBe([new(1, "一"), new(2, "b"), new(3, "c")]);
        (await Store.Outboxes.ReadAsync("sub/1", 1, 1, Cancel).Must()).ShouldBe([new(2, "b")]);
    }

    [Fact]
    public async Task Of_those_who_add_at_once_one_adds_and_the_others_are_told()
    {
        await Store.Outboxes.SaveAsync("sub/1", "{}", Cancel).Must();

        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Store.Outboxes.AppendAsync("sub/1", 0, [$"m{i}"], Cancel).AsTask()));

        added.Count(a => a.IsSuccess).ShouldBe(1);
        added.Where(a => !a.IsSuccess).ShouldAllBe(a => a.Problem!.Kind == ProblemKind.Conflict);
        (await Store.Outboxes.ReadAsync("sub/1", 0, 10, Cancel).Must()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Forgotten_messages_do_not_give_their_numbers_back()
    {
        await Store.Outboxes.SaveAsync("sub/1", "{}", Cancel).Must();
        await Store.Outboxes.AppendAsync("sub/1", 0, ["a", "b", "c"], Cancel).Must();

        (await Store.Outboxes.TrimAsync("sub/1", 2, Cancel).Must()).ShouldBe(2);

        (await Store.Outboxes.ReadAsync("sub/1", 0, 10, Cancel).Must()).ShouldBe([new(3, "c")]);
        (await Store.Outboxes.AppendAsync("sub/1", 3, ["d"], Cancel).Must()).Last.ShouldBe(4);
        (await Store.Outboxes.RemoveAsync("sub/1", Cancel).Must()).ShouldBeTrue();
        (await Store.Outboxes.RemoveAsync("sub/1", Cancel).Must()).ShouldBeFalse();
        (await Store.Outboxes.AppendAsync("sub/1", 4, ["e"], Cancel).Refused()).Kind.ShouldBe(ProblemKind.NotFound);
        (await Store.Outboxes.ReadAsync("sub/1", 0, 10, Cancel).Must()).ShouldBeEmpty();
    }
}
