using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Search;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Contract;

public abstract class BackupContract : StoreContract
{
    [Fact]
    public async Task A_restored_store_equals_the_one_that_was_backed_up()
    {
        await WriteAsync([.. Enumerable.Range(0, 100).Select(i => Sample.Put($"r{i}", $"tobs kaaa{i % 7}", $"w{i}"))]);
        await WriteAsync(Sample.Put("r5", word: "second"), new WriteOperation.Delete(Sample.Key("r6")));
        await Store.Changes.MoveAsync("rules", default, new(9), Cancel).Must();
        await Store.Jobs.AddAsync("j1", "export", "{}", Cancel).Must();
        var codes = await Store.ParameterCodesAsync([("Patient", "name")], Cancel).Must();
        var folder = Place.NewFolder();

        var report = await Store.BackupAsync(folder, Cancel).Must();
        await WriteAsync(Sample.Put("later"));

        report.Records.ShouldBe(99);
        await using var other = await NewPlaceAsync();
        (await other.Maker(Clock).RestoreAsync(folder, Cancel).Must()).ShouldSatisfyAllConditions(
            r => r.Records.ShouldBe(99), r => r.End.ShouldBe(report.End));
        await using var restored = await other.Maker(Clock).OpenAsync(Cancel).Must();

        (await restored.ReadAsync(Sample.Key("later"), Cancel).Must()).ShouldBeNull();
        var before = await Store.Changes.ReadAsync(default, 1000, Cancel).Must();
        var after = await restored.Changes.ReadAsync(default, 1000, Cancel).Must();
        after.Changes.ShouldBe(before.Changes.Take(after.Changes.Count));
        after.Changes.Count.ShouldBe(102);
        foreach (var change in after.Changes)
        {
            var was = await Store.ReadAsync(change.Key, change.Version, Cancel).Must();
            var now = await restored.ReadAsync(change.Key, change.Version, Cancel).Must();
            now!.ResourceText().ShouldBe(was!.ResourceText());
        }

        (await restored.CountAsync(TermQuery.Is("kaaa3"), cancel: Cancel).Must()).ShouldBe(await CountAsync(TermQuery.Is("kaaa3")));
        (await restored.Changes.PositionAsync("rules", Cancel).Must()).ShouldBe(new ChangeCursor(9));
        (await restored.Jobs.FindAsync("j1", Cancel).Must()).ShouldNotBeNull();
        (await restored.ParameterCodesAsync([("Patient", "name")], Cancel).Must()).ShouldBe(codes);
        (await restored.WriteAsync(Sample.Request(Sample.Put("goes on")), Cancel)).Problem!.Kind.ShouldBe(ProblemKind.Invalid);
        (await restored.WriteAsync(Sample.Request(Sample.Put("goes-on")), Cancel)).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task A_backup_made_beside_writers_holds_whole_requests_only()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var writing = Task.Run(
            async () =>
            {
                var i = 0;
                for (; i < 20 || !stop.IsCancellationRequested; i++)
                {
                    await WriteAsync(Sample.Put($"left{i}", "tleft"), Sample.Put($"right{i}", "tright"));
                }

                return i;
            },
            Cancel);
        var folder = Place.NewFolder();
        await Store.BackupAsync(folder, Cancel).Must();
        await stop.CancelAsync();
        (await writing).ShouldBeGreaterThan(0);

        await using var other = await NewPlaceAsync();
        await other.Maker(Clock).RestoreAsync(folder, Cancel).Must();
        await using var restored = await other.Maker(Clock).OpenAsync(Cancel).Must();
        (await restored.CountAsync(TermQuery.Is("tleft"), cancel: Cancel).Must())
            .ShouldBe(await restored.CountAsync(TermQuery.Is("tright"), cancel: Cancel).Must());
    }

    [Fact]
    public async Task A_backup_can_be_made_by_another_process_than_the_one_that_has_the_store_open()
    {
        await WriteAsync([.. Enumerable.Range(0, 20).Select(i => Sample.Put($"r{i}", "tobs"))]);
        await Store.Outboxes.SaveAsync("sub/1", "{}", Cancel).Must();
        await Store.Outboxes.AppendAsync("sub/1", 0, ["a"], Cancel).Must();
        var folder = Place.NewFolder();

        (await Place.Maker(Clock).BackupAsync(folder, Cancel).Must()).Records.ShouldBe(20);

        await WriteAsync(Sample.Put("later"));
        await using var other = await NewPlaceAsync();
        await other.Maker(Clock).RestoreAsync(folder, Cancel).Must();
        await using var restored = await other.Maker(Clock).OpenAsync(Cancel).Must();
        (await restored.CountAsync(TermQuery.Is("tobs"), cancel: Cancel).Must()).ShouldBe(20);
        (await restored.Outboxes.ReadAsync("sub/1", 0, 10, Cancel).Must()).ShouldBe([new(1, "a")]);
    }

    [Fact]
    public async Task Nothing_is_restored_over_data_and_nothing_backed_up_over_files()
    {
        await WriteAsync(Sample.Put("a"));
        var folder = Place.NewFolder();
        await Store.BackupAsync(folder, Cancel).Must();

        (await Store.BackupAsync(folder, Cancel).Refused()).Kind.ShouldBe(ProblemKind.Conflict);
        await Store.DisposeAsync();
        (await Place.Maker(Clock).RestoreAsync(folder, Cancel).Refused()).Kind.ShouldBe(ProblemKind.Conflict);
    }

    [Fact]
    public async Task A_damaged_or_missing_backup_is_refused()
    {
        await WriteAsync(Sample.Put("a"));
        var folder = Place.NewFolder();
        var report = await Store.BackupAsync(folder, Cancel).Must();
        var path = Path.Combine(folder, report.Files[0]);
        var bytes = await File.ReadAllBytesAsync(path, Cancel);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Cancel);

        await using var other = await NewPlaceAsync();
        (await other.Maker(Clock).RestoreAsync(folder, Cancel).Refused()).Kind.ShouldBe(ProblemKind.Invalid);
        (await other.Maker(Clock).RestoreAsync(Place.NewFolder(), Cancel).Refused()).Kind.ShouldBe(ProblemKind.Invalid);
    }
}
