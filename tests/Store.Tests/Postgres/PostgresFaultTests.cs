using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Kangqiao.Kernel;
using Kangqiao.Store.Postgres;
using Kangqiao.Store.Search;
using Kangqiao.Store.Tests.Contract;
using Kangqiao.Store.Tests.Sqlite;
using Kangqiao.Store.Writes;
using Npgsql;

namespace Kangqiao.Store.Tests.Postgres;

/// <summary>What callers see when the database takes its connections or has no room, and that it passes without a hand.</summary>
public sealed class PostgresFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task Connections_cut_under_load_lose_nothing_that_was_acknowledged_and_the_next_call_works(int places)
    {
        await using var place = (PostgresPlace)await PostgresPlace.NewAsync(places);
        await using var store = await new PostgresStoreMaker(place.Options, TimeProvider.System).OpenAsync(Cancel).Must();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var acknowledged = new long[CrashWriter.Writers];
        var writing = Enumerable.Range(0, CrashWriter.Writers)
            .Select(writer => Task.Run(() => PostgresCrashTests.WriteAsync(store, writer, acknowledged, stop.Token), Cancel)).ToArray();
        var refusals = new List<Problem>();
        var reading = Task.Run(() => ReadAsync(store, refusals, stop.Token), Cancel);
        await using var other = new NpgsqlConnection(place.Options.Connection + ";Application Name=cutter");
        await other.OpenAsync(Cancel);
        for (var cut = 0; cut < 10; cut++)
        {
            await UntilAsync(acknowledged, acknowledged.Sum() + 20);
            await using var command = new NpgsqlCommand(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'kangqiao' AND datname = current_database()", other);
            ((long)(await command.ExecuteScalarAsync(Cancel))!).ShouldBeGreaterThan(0);
        }

        await UntilAsync(acknowledged, acknowledged.Sum() + 50);
        await stop.CancelAsync();
        await Task.WhenAll([.. writing, reading]);
        refusals.ShouldAllBe(problem => problem.Kind == ProblemKind.Unavailable);
        (await store.ReadAsync(Sample.Key("counter-0"), Cancel).Must()).ShouldNotBeNull();
        for (var writer = 0; writer < CrashWriter.Writers; writer++)
        {
            await CrashClaims.CheckAsync(store, writer, acknowledged[writer]);
        }

        await CrashClaims.CheckWholeAsync(store);
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_clearly_keeps_what_was_acknowledged_and_is_over_once_there_is_room()
    {
        Assert.SkipUnless(PostgresServer.IsThere, "PostgreSQL 15 is not installed here.");
        var folder = Directory.CreateTempSubdirectory("kangqiao-small-disk-").FullName;
        Assert.SkipUnless(await TryAsync("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder), "A small disk can be mounted by root only.");
        try
        {
            await using var server = await PostgresServer.StartNewAsync("fsync=off");
            await using var store = await new PostgresStoreMaker(new(server.ConnectionTo(await server.NewDatabaseAsync(folder))), TimeProvider.System)
                .OpenAsync(Cancel).Must();
            var kept = 0;
            while (true)
            {
                var outcome = await store.WriteAsync(Sample.Request(Large(kept)), Cancel);
                if (outcome.Problem is { } problem)
                {
                    (problem.Code, problem.Kind).ShouldBe(("STO012", ProblemKind.Unavailable));
                    break;
                }

                kept++;
            }

            kept.ShouldBeGreaterThan(3);
            (await store.WriteAsync(Sample.Request(Large(kept)), Cancel).Refused()).Code.ShouldBe("STO012");
            (await store.ReadAsync(Sample.Key("large0"), Cancel).Must()).ShouldNotBeNull();
            (await store.CountAsync(TermQuery.Is("tlarge"), cancel: Cancel).Must()).ShouldBe(kept);

            (await TryAsync("mount", "-o", "remount,size=200m", folder)).ShouldBeTrue();
            await store.WriteAsync(Sample.Request(Large(kept)), Cancel).Must();
            (await store.CountAsync(TermQuery.Is("tlarge"), cancel: Cancel).Must()).ShouldBe(kept + 1);
            (await store.Changes.ReadAsync(default, 10_000, Cancel).Must()).Changes.Count.ShouldBe(kept + 1);
        }
        finally
        {
            await TryAsync("umount", "-l", folder);
            Directory.Delete(folder);
        }
    }

    private static async Task ReadAsync(IRecordStore store, List<Problem> refusals, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var read = await store.ReadAsync(Sample.Key("counter-1"), Cancel);
            var count = await store.CountAsync(TermQuery.Is("tcounter"), cancel: Cancel);
            refusals.AddRange(new[] { read.Problem, count.Problem }.OfType<Problem>());
        }
    }

    private static async Task UntilAsync(long[] acknowledged, long most)
    {
        while (acknowledged.Sum() < most)
        {
            await Task.Delay(10, Cancel);
        }
    }

    // Nothing that compresses, so that the disk is soon full.
    private static WriteOperation.Put Large(int number) => Sample.Put(
        string.Create(CultureInfo.InvariantCulture, $"large{number}"), "tlarge", Convert.ToBase64String(RandomNumberGenerator.GetBytes(500_000)));

    private static async Task<bool> TryAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await process.WaitForExitAsync(Cancel);
        return process.ExitCode == 0;
    }
}
