using Kangqiao.Store.Feed;
using Kangqiao.Store.Search;
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

    [Fact]
    public async Task A_version_that_comes_late_goes_into_the_history_and_never_becomes_current()
    {
        var noon = Clock.GetUtcNow();
        await WriteAsync(Sample.Put("a", "tfirst", "first") with { SourceInstant = noon });
        await WriteAsync(Sample.Put("a", "tsecond", "second") with { SourceInstant = noon.AddHours(2) });
        Clock.Move(TimeSpan.FromHours(3));
        var late = (await WriteAsync(Sample.Put("a", "tlate", "late") with { SourceInstant = noon.AddHours(1) })).Operations[0];
        (late.Result, late.Version).ShouldBe((WriteResult.Late, 3));

        var current = (await ReadAsync("a"))!;
        current.ShouldSatisfyAllConditions(
            r => r.BodyText().ShouldContain("second"),
            r => r.Version.ShouldBe(2),
            r => r.Instant.ShouldBe(noon),
            r => r.SourceInstant.ShouldBe(noon.AddHours(2)),
            r => r.IsLate.ShouldBeFalse());
        (await CountAsync(TermQuery.Is("tsecond"))).ShouldBe(1);
        (await CountAsync(TermQuery.Is("tlate"))).ShouldBe(0);
        (await VersionAsync("a", 3))!.ShouldSatisfyAllConditions(
            r => r.BodyText().ShouldContain("late"),
            r => r.IsLate.ShouldBeTrue(),
            r => r.SourceInstant.ShouldBe(noon.AddHours(1)));
        (await WordsAsync(new() { Key = Sample.Key("a") })).ShouldBe(["late", "second", "first"]);
        (await WordsAsync(new() { Type = Sample.Type })).ShouldBe(["late", "second", "first"]);
        (await WordsAsync(new() { Key = Sample.Key("a"), Since = noon.AddHours(3) })).ShouldBe(["late"]);
        (await WordsAsync(new() { Key = Sample.Key("a"), Until = noon.AddHours(2) })).ShouldBe(["second", "first"]);
        (await KindsAsync()).ShouldBe([ChangeKind.Created, ChangeKind.Updated, ChangeKind.Late]);
    }

    [Fact]
    public async Task Versions_go_on_behind_those_that_came_late()
    {
        var noon = Clock.GetUtcNow();
        await WriteAsync(Sample.Put("a", word: "first") with { SourceInstant = noon.AddHours(9) });
        await WriteAsync(Sample.Put("a", word: "late1") with { SourceInstant = noon });
        await WriteAsync(Sample.Put("a", word: "late2") with { SourceInstant = noon.AddHours(1) }, Sample.Put("b", word: "other"));
        (await Store.WriteAsync(new([Sample.Put("a", word: "no") with { ExpectedVersion = 3 }]), Cancel).Refused()).Code.ShouldBe("STO001");
        await WriteAsync(Sample.Put("a", word: "fourth") with { ExpectedVersion = 1 });
        await WriteAsync(Sample.Put("a", word: "fifth") with { SourceInstant = noon.AddHours(10) });
        await WriteAsync(Sample.Put("a", word: "late6") with { SourceInstant = noon.AddHours(2) });
        await ReopenAsync();

        (await WordsAsync(new() { Key = Sample.Key("a") })).ShouldBe(["late6", "fifth", "fourth", "late2", "late1", "first"]);
        for (var version = 1; version <= 6; version++)
        {
            (await VersionAsync("a", version))!.Version.ShouldBe(version);
        }

        (await VersionAsync("a", 7)).ShouldBeNull();
        (await ReadAsync("a"))!.ShouldSatisfyAllConditions(r => r.Version.ShouldBe(5), r => r.BodyText().ShouldContain("fifth"));
        (await Store.StatisticsAsync(Cancel).Must()).Types.ShouldBe([new("Observation", 2, 0, 7)]);
    }

    [Fact]
    public async Task The_same_late_version_again_writes_nothing()
    {
        var noon = Clock.GetUtcNow();
        await WriteAsync(Sample.Put("a", word: "first") with { SourceInstant = noon });
        await WriteAsync(Sample.Put("a", word: "second") with { SourceInstant = noon.AddHours(2) });
        var late = Sample.Put("a", word: "late") with { SourceInstant = noon.AddHours(1) };
        await WriteAsync(late);
        (await WriteAsync(late)).Operations[0].ShouldSatisfyAllConditions(o => o.Result.ShouldBe(WriteResult.Unchanged), o => o.Version.ShouldBe(2));
        (await WriteAsync(Sample.Put("a", word: "first") with { SourceInstant = noon })).Operations[0].Result.ShouldBe(WriteResult.Unchanged);
        (await WordsAsync(new() { Key = Sample.Key("a") })).ShouldBe(["late", "second", "first"]);
    }

    [Fact]
    public async Task The_same_content_sent_again_with_a_later_instant_makes_what_lies_between_late()
    {
        var noon = Clock.GetUtcNow();
        var first = Sample.Put("a", word: "first") with { SkipIfIdentical = true };
        await WriteAsync(first with { SourceInstant = noon }, Sample.Put("b", word: "other") with { SourceInstant = noon });
        (await WriteAsync(first with { SourceInstant = noon.AddHours(2) }, Sample.Put("b", word: "other") with { SkipIfIdentical = true })).Operations
            .ShouldAllBe(o => o.Result == WriteResult.Unchanged && o.Version == 1);
        (await ReadAsync("a"))!.SourceInstant.ShouldBe(noon.AddHours(2));
        (await ReadAsync("b"))!.SourceInstant.ShouldBe(noon);

        (await WriteAsync(Sample.Put("a", word: "between") with { SourceInstant = noon.AddHours(1) })).Operations[0].Result.ShouldBe(WriteResult.Late);
        (await WriteAsync(first with { SourceInstant = noon.AddHours(1) })).Operations[0].Result.ShouldNotBe(WriteResult.Updated);
        (await ReadAsync("a"))!.BodyText().ShouldContain("first");
        (await KindsAsync()).ShouldBe([ChangeKind.Created, ChangeKind.Created, ChangeKind.Late, ChangeKind.Late]);
    }

    [Fact]
    public async Task A_late_version_brings_nothing_deleted_back_and_goes_with_a_purge()
    {
        var noon = Clock.GetUtcNow();
        await WriteAsync(Sample.Put("a", word: "first") with { SourceInstant = noon });
        await WriteAsync(new WriteOperation.Delete(Sample.Key("a")) { SourceInstant = noon.AddHours(2) });
        (await WriteAsync(Sample.Put("a", "tlate", "late") with { SourceInstant = noon.AddHours(1) })).Operations[0].Result.ShouldBe(WriteResult.Late);
        (await ReadAsync("a"))!.State.ShouldBe(RecordState.Deleted);
        (await CountAsync(TermQuery.Is("tlate"))).ShouldBe(0);

        await WriteAsync(Sample.Put("b", word: "first") with { SourceInstant = noon.AddHours(2) });
        (await WriteAsync(new WriteOperation.Delete(Sample.Key("b")) { SourceInstant = noon })).Operations[0].Result.ShouldBe(WriteResult.Unchanged);
        (await ReadAsync("b"))!.State.ShouldBe(RecordState.Live);

        await WriteAsync(new WriteOperation.Purge(Sample.Key("a")));
        (await WordsAsync(new())).ShouldBe(["first"]);
        (await WriteAsync(Sample.Put("a", word: "new") with { SourceInstant = noon })).Operations[0].ShouldSatisfyAllConditions(
            o => o.Result.ShouldBe(WriteResult.Created), o => o.Version.ShouldBe(1));
    }

    [Fact]
    public async Task Late_versions_and_new_ones_may_come_together()
    {
        var noon = Clock.GetUtcNow();
        await WriteAsync(Sample.Put("a", word: "first") with { SourceInstant = noon.AddHours(30) });
        var writes = Enumerable.Range(0, 40).Select(i => Store.WriteAsync(
            new([Sample.Put("a", word: $"w{i}") with { SourceInstant = noon.AddHours(i % 2 == 0 ? i / 2 : 40 + i) }]), Cancel).AsTask());
        foreach (var outcome in await Task.WhenAll(writes))
        {
            outcome.Must();
        }

        (await ReadAsync("a"))!.BodyText().ShouldContain("w39");
        (await WordsAsync(new() { Key = Sample.Key("a") })).Count.ShouldBe(41);
        for (var version = 1; version <= 41; version++)
        {
            (await VersionAsync("a", version))!.Version.ShouldBe(version);
        }
    }

    private async Task<List<ChangeKind>> KindsAsync() =>
        [.. (await Store.Changes.ReadAsync(ChangeCursor.Start, 100, Cancel).Must()).Changes.Select(c => c.Kind)];

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
            words.AddRange(page.Records.Where(r => r.State == RecordState.Live).Select(r => r.BodyText()[9..^2]));
            before = page.Records.Count > 0 ? page.Records[^1].Sequence : null;
        }
        while (page.HasMore);
        return words;
    }
}
