using Kangqiao.Store.Tests.Contract;
using Kangqiao.Store.Tests.Sqlite;

namespace Kangqiao.Store.Tests.Postgres;

public sealed class PostgresCrashTests
{
    private const int Kills = 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(64, 2)]
    public async Task Killing_the_database_loses_no_acknowledged_write_and_the_store_comes_back_by_itself(int places, int writers)
    {
        Assert.SkipUnless(PostgresServer.IsThere, "PostgreSQL 15 is not installed here.");
        await using var server = await PostgresServer.StartNewAsync("fsync=on");
        await using var place = await PostgresPlace.NewAsync(server, places);
        await using var store = await new Store.Postgres.PostgresStoreMaker(place.Options with { Writers = writers }, TimeProvider.System).OpenAsync(Cancel).Must();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var acknowledged = new long[CrashWriter.Writers];
        var writing = Enumerable.Range(0, CrashWriter.Writers).Select(writer => Task.Run(() => WriteAsync(store, writer, acknowledged, stop.Token), Cancel)).ToArray();
        var random = new Random(20260305);
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = acknowledged.Sum();
            while (acknowledged.Sum() < before + random.Next(50, 300))
            {
                await Task.Delay(10, Cancel);
            }

            await server.KillAsync();
            (await store.ReadAsync(Sample.Key("counter-0"), Cancel).Refused()).Kind.ShouldBe(Kernel.ProblemKind.Unavailable);
            await server.StartAsync();
        }

        var last = acknowledged.Sum();
        while (acknowledged.Sum() < last + 50)
        {
            await Task.Delay(10, Cancel);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writing);
        for (var writer = 0; writer < CrashWriter.Writers; writer++)
        {
            await CrashClaims.CheckAsync(store, writer, acknowledged[writer]);
        }

        await CrashClaims.CheckWholeAsync(store);
    }

    /// <summary>Rounds of one writer, one behind the other, whatever happens to the database.</summary>
    internal static async Task WriteAsync(IRecordStore store, int writer, long[] acknowledged, CancellationToken stop)
    {
        var round = 1L;
        while (!stop.IsCancellationRequested)
        {
            if ((await store.WriteAsync(CrashWriter.Round(writer, round), Cancel)).IsSuccess)
            {
                acknowledged[writer] = round++;
                continue;
            }

            // Whether the unanswered round happened, the counter knows; until it can be read, nothing may be sent again.
            var counter = await store.ReadAsync(Sample.Key($"counter-{writer}"), Cancel);
            while (!counter.IsSuccess)
            {
                await Task.Delay(20, Cancel);
                counter = await store.ReadAsync(Sample.Key($"counter-{writer}"), Cancel);
            }

            round = (counter.Value?.Version ?? 0) + 1;
        }
    }
}
