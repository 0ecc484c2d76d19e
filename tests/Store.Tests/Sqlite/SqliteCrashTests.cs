using System.Diagnostics;
using System.Globalization;
using Kangqiao.Store.Search;
using Kangqiao.Store.Sqlite;
using Kangqiao.Store.Sqlite.Binding;
using Kangqiao.Store.Tests.Contract;

namespace Kangqiao.Store.Tests.Sqlite;

public sealed class SqliteCrashTests
{
    private const int Kills = 5;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killing_the_process_loses_no_acknowledged_write_and_leaves_no_half_transaction()
    {
        await using var place = new SqlitePlace();
        var random = new Random(20260305);
        var acknowledged = new long[CrashWriter.Writers];
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = acknowledged.Sum();
            await KillAfterAsync(random.Next(50, 600), place.DataFolder, acknowledged);
            acknowledged.Sum().ShouldBeGreaterThan(before);

            await using var store = await place.Maker(TimeProvider.System).OpenAsync(Cancel).Must();
            for (var writer = 0; writer < CrashWriter.Writers; writer++)
            {
                await CheckAsync(store, writer, acknowledged[writer]);
            }

            await CheckWholeAsync(store);
        }

        CheckIntegrity(place.DataFolder);
    }

    /// <summary>Runs the child until it has acknowledged so many rounds, then kills it with SIGKILL in the midst of its work.</summary>
    private static async Task KillAfterAsync(int rounds, string folder, long[] acknowledged)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, typeof(SqliteCrashTests).Assembly.GetName().Name!))
        {
            ArgumentList = { CrashWriter.Command, folder },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var child = Process.Start(start).ShouldNotBeNull();
        (await child.StandardOutput.ReadLineAsync(Cancel)).ShouldBe(CrashWriter.Ready);
        for (var seen = 0; await child.StandardOutput.ReadLineAsync(Cancel) is { } line; seen++)
        {
            // The last line may be cut by the kill.
            if (line.Split(' ') is ["ack", var writer, var round] && acknowledged[int.Parse(writer, CultureInfo.InvariantCulture)] < Parse(round))
            {
                acknowledged[int.Parse(writer, CultureInfo.InvariantCulture)] = Parse(round);
            }

            if (seen == rounds)
            {
                child.Kill();
            }
        }

        await child.WaitForExitAsync(Cancel);
        child.ExitCode.ShouldBe(137);

        static long Parse(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }

    private static async Task CheckAsync(IRecordStore store, int writer, long acknowledged)
    {
        var counter = await store.ReadAsync(Sample.Key($"counter-{writer}"), Cancel).Must();
        var last = counter?.Version ?? 0;
        last.ShouldBeGreaterThanOrEqualTo(acknowledged);

        // Every round up to the last is there whole, deletions too; no round behind it has left anything.
        for (var round = Math.Max(1, last - 50); round <= last + 1; round++)
        {
            var pair = await store.ReadAsync([Sample.Key($"left-{writer}-{round}"), Sample.Key($"right-{writer}-{round}")], Cancel).Must();
            var found = await store.CountAsync(TermQuery.Is($"w{writer}r{round}"), cancel: Cancel).Must();
            if (round > last)
            {
                pair.ShouldAllBe(r => r == null);
                found.ShouldBe(0);
                continue;
            }

            var isDeleted = round + 2 <= last;
            pair.ShouldAllBe(r => r!.State == (isDeleted ? RecordState.Deleted : RecordState.Live));
            found.ShouldBe(isDeleted ? 0 : 2);
        }
    }

    /// <summary>Records, terms, counts and the feed agree with each other.</summary>
    private static async Task CheckWholeAsync(IRecordStore store)
    {
        var type = (await store.StatisticsAsync(Cancel).Must()).Types.ShouldHaveSingleItem();
        (await store.CountAsync(TermQuery.Is("tobs"), cancel: Cancel).Must()).ShouldBe(type.Live);
        (await store.CountAsync(TermQuery.Everything, cancel: Cancel).Must()).ShouldBe(type.Live);
        var live = await store.SearchAsync(new(TermQuery.Everything) { Limit = 10_000, WithRecords = true }, Cancel).Must();
        live.Records.ShouldAllBe(r => r.State == RecordState.Live && r.Body.Length > 0);

        var (changes, cursor) = (0L, default(Feed.ChangeCursor));
        while (true)
        {
            var page = await store.Changes.ReadAsync(cursor, 10_000, Cancel).Must();
            if (page.Changes.Count == 0)
            {
                break;
            }

            changes += page.Changes.Count;
            cursor = page.Next;
        }

        changes.ShouldBe(type.Versions);
    }

    private static void CheckIntegrity(string folder)
    {
        using var database = Database.Open(SqliteStoreMaker.FileIn(folder), isReadOnly: false, cacheKilobytes: 4_096);
        var check = database.Prepare("PRAGMA integrity_check");
        check.Step().ShouldBeTrue();
        check.Text(0).ShouldBe("ok");
        check.Reset();
        database.Run("INSERT INTO term (term) VALUES ('integrity-check')");
    }
}
