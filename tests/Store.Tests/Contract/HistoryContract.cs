using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Contract;

public abstract class HistoryContract : StoreContract
{
    [Fact]
    public async Task Every_version_stays_readable()
    {
        await WriteAsync(Sample.Put("a", word: "first"));
        await WriteAsync(Sample.Put("a", word: "second"));
        await WriteAsync(new WriteOperation.Delete(Sample.Key("a"), "H2"));
        await WriteAsync(Sample.Put("a", word: "fourth"));

        (await VersionAsync("a", 1))!.BodyText().ShouldContain("first");
        (await VersionAsync("a", 2))!.BodyText().ShouldContain("second");
        (await VersionAsync("a", 3))!.ShouldSatisfyAllConditions(r => r.State.ShouldBe(RecordState.Deleted), r => r.Sender.ShouldBe("H2"));
        (await VersionAsync("a", 4))!.ShouldSatisfyAllConditions(r => r.BodyText().ShouldContain("fourth"), r => r.IsCreation.ShouldBeTrue());
        (await VersionAsync("a", 5)).ShouldBeNull();
        (await VersionAsync("b", 1)).ShouldBeNull();
    }

    [Fact]
    public async Task The_history_of_one_of_a_type_and_of_all_comes_newest_first_in_pages()
    {
        for (var i = 1; i <= 5; i++)
        {
            await WriteAsync(Sample.Put("a", word: $"a{i}"), new WriteOperation.Put(Sample.Record("p", word: $"p{i}", type: "Patient")));
        }

        (await WordsAsync(new() { Key = Sample.Key("a") })).ShouldBe(["a5", "a4", "a3", "a2", "a1"]);
        (await WordsAsync(new() { Type = "Patient" })).ShouldBe(["p5", "p4", "p3", "p2", "p1"]);
        (await WordsAsync(new())).ShouldBe(["p5", "a5", "p4", "a4", "p3", "a3", "p2", "a2", "p1", "a1"]);
        (await WordsAsync(new() { Type = "Device" })).ShouldBeEmpty();
        (await WordsAsync(new() { Key = Sample.Key("none") })).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_history_can_be_cut_by_time()
    {
        var start = Clock.GetUtcNow();
        for (var i = 1; i <= 5; i++)
        {
            await WriteAsync(Sample.Put("a", word: $"a{i}"));
            Clock.Move(TimeSpan.FromHours(1));
        }

        (await WordsAsync(new() { Since = start.AddHours(3) })).ShouldBe(["a5", "a4"]);
        (await WordsAsync(new() { Key = Sample.Key("a"), Since = start.AddHours(1), Until = start.AddHours(2) })).ShouldBe(["a3", "a2"]);
        (await WordsAsync(new() { Type = Sample.Type, Until = start.AddMinutes(1) })).ShouldBe(["a1"]);
        (await WordsAsync(new() { Since = start.AddHours(9) })).ShouldBeEmpty();
        (await WordsAsync(new() { Until = start.AddHours(-9) })).ShouldBeEmpty();
    }

    [Fact]
    public async Task Many_are_read_at_once_in_the_order_asked()
    {
        var receipt = await WriteAsync([.. Enumerable.Range(0, 40).Select(i => Sample.Put($"r{i}", word: $"w{i}"))]);
        await WriteAsync(new WriteOperation.Delete(Sample.Key("r3")));

        var byKey = await Store.ReadAsync([Sample.Key("r30"), Sample.Key("none"), Sample.Key("r2"), Sample.Key("r3")], Cancel).Must();
        byKey.Select(r => r?.Key.Id).ShouldBe(["r30", null, "r2", "r3"]);
        byKey[0]!.BodyText().ShouldContain("w30");
        var byNumber = await Store.ReadAsync(receipt.Operations.Reverse().Select(o => o.Number).ToArray(), Cancel).Must();
        byNumber.Where(r => r!.State == RecordState.Live).Select(r => r!.BodyText()).ShouldBe(
            Enumerable.Range(0, 40).Reverse().Where(i => i != 3).Select(i => $$"""{"word":"w{{i}}"}"""));
    }

    [Fact]
    public async Task Bodies_of_any_size_come_back_as_they_went_in()
    {
        var random = new Random(7);
        int[] sizes = [0, 1, 100, 70_000, 3, 500_000, 64 * 1024, 2];
        var words = sizes.Select(size => string.Create(size, random, (span, r) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = (char)r.Next(0x4E00, 0x9FA5);
            }
        })).ToArray();
        await WriteAsync([.. words.Concat(words).Concat(words).Select((word, i) => Sample.Put($"r{i}", word: word))]);

        for (var i = 0; i < words.Length * 3; i++)
        {
            (await ReadAsync($"r{i}"))!.BodyText().ShouldBe($$"""{"word":"{{words[i % words.Length]}}"}""");
        }
    }

    [Fact]
    public async Task Counts_by_type_follow_every_write()
    {
        await WriteAsync(Sample.Put("a"), Sample.Put("b"), new WriteOperation.Put(Sample.Record("p", type: "Patient")));
        await WriteAsync(Sample.Put("a", word: "second"), new WriteOperation.Delete(Sample.Key("b")));
        await ReopenAsync();

        var statistics = await Store.StatisticsAsync(Cancel).Must();
        statistics.Types.ShouldBe([new("Observation", 1, 1, 4), new("Patient", 1, 0, 1)]);
        statistics.BytesOnDisk.ShouldBeGreaterThan(0);
    }

    private async Task<StoredRecord?> VersionAsync(string id, long version) => await Store.ReadAsync(Sample.Key(id), version, Cancel).Must();

    /// <summary>The words of all versions, page by page of two.</summary>
    private async Task<List<string>> WordsAsync(HistoryAsk ask)
    {
        var words = new List<string>();
        long? before = null;
        HistoryPage page;
        do
        {
            page = await Store.HistoryAsync(ask with { Limit = 2, Before = before }, Cancel).Must();
            words.AddRange(page.Records.Select(r => r.BodyText()[9..^2]));
            before = page.Records.Count > 0 ? page.Records[^1].Sequence : null;
        }
        while (page.HasMore);
        return words;
    }
}
