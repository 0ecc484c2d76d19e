using System.Diagnostics;
using System.Globalization;
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
                await CrashClaims.CheckAsync(store, writer, acknowledged[writer]);
            }

            await CrashClaims.CheckWholeAsync(store);
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
