using System.Diagnostics;
using System.Globalization;

namespace Kangqiao.Bench.Kills;

/// <param name="Program">The server's executable.</param>
/// <param name="WithPostgres">Keep the records in a PostgreSQL of the run's own, and kill that too.</param>
internal sealed record KillsPlan(string Program, int Count, ulong Seed, bool WithPostgres);

/// <summary>Kills the server in the midst of its work, again and again, and looks each time whether it has kept its word.</summary>
internal static class KillsRun
{
    private const int Records = 6;
    private const int Bundles = 2;
    private const int Older = 100;

    /// <param name="say">Told a line a kill.</param>
    /// <returns>How many promises were broken.</returns>
    public static async Task<int> RunAsync(KillsPlan plan, Action<string> say, CancellationToken cancel)
    {
        var data = Directory.CreateTempSubdirectory("kangqiao-kills-").FullName;
        await using var postgres = plan.WithPostgres ? await KilledPostgres.NewAsync(cancel) : null;
        using var server = new KilledServer(plan.Program, data, postgres?.Connection, KilledServer.FreePort());
        try
        {
            return await RunAsync(plan, server, postgres, say, cancel);
        }
        finally
        {
            server.Dispose();
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<int> RunAsync(KillsPlan plan, KilledServer server, KilledPostgres? postgres, Action<string> say, CancellationToken cancel)
    {
        await server.StartAsync(cancel);
        using var load = new KillsLoad(server.Base, await server.TokenAsync(cancel));
        var random = new Random((int)plan.Seed);
        var broken = 0;
        var slowest = TimeSpan.Zero;
        var looked = 0;
        for (var kill = 1; kill <= plan.Count; kill++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var pressing = load.PressAsync(Records, Bundles, stop.Token);
            var enough = load.Acknowledged + random.Next(20, 400);
            while (load.Acknowledged < enough && !pressing.IsCompleted)
            {
                await Task.Delay(1, cancel);
            }

            var what = postgres is null ? "server" : (kill % 3) switch { 0 => "both", 1 => "server", _ => "postgres" };
            if (what != "server")
            {
                await postgres!.KillAsync(cancel);
            }

            if (what != "postgres")
            {
                await server.KillAsync();
            }

            await stop.CancelAsync();
            await pressing;
            var back = await BackAsync(what, server, postgres, cancel);
            slowest = back > slowest ? back : slowest;

            // All that is new, and some of what was looked at before: it must not go lost later either.
            var promises = load.All.ToArray();
            Promise[] due = [.. promises[looked..], .. Enumerable.Range(0, Math.Min(Older, looked)).Select(_ => promises[random.Next(looked)])];
            var open = due.Count(p => p.IsOpen);
            var (wrong, happened) = await LookAsync(load, due, say, cancel);
            looked = promises.Length;
            broken += wrong;
            say(string.Create(
                CultureInfo.InvariantCulture,
                $"{kill,4}  {what,-8} back after {back.TotalSeconds,5:F2} s  {promises.Length,7:N0} records and bundles, {due.Length,5:N0} looked at, {open,2} unanswered ({happened} had happened), {wrong} wrong"));
        }

        var (late, _) = await LookAsync(load, [.. load.All], say, cancel);
        broken += late;
        var acknowledged = load.All.Sum(p => p.Acknowledged);
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Count} kills, {acknowledged:N0} acknowledged requests ({load.All.Count(p => p is { IsBundle: true, Acknowledged: 1 }):N0} transactions of {2 * KillsLoad.BundleSize} records), all looked at again: {broken} broken; slowest return {slowest.TotalSeconds:F2} s"));
        return broken;
    }

    /// <returns>How long until the server served again.</returns>
    private static async Task<TimeSpan> BackAsync(string what, KilledServer server, KilledPostgres? postgres, CancellationToken cancel)
    {
        if (what != "server")
        {
            await postgres!.StartAsync(cancel);
        }

        if (what != "postgres")
        {
            return await server.StartAsync(cancel);
        }

        // Nobody touches the server: it must find its database again by itself.
        var watch = Stopwatch.StartNew();
        await server.ReadyAsync(cancel);
        return watch.Elapsed;
    }

    private static async Task<(int Wrong, int Happened)> LookAsync(KillsLoad load, Promise[] due, Action<string> say, CancellationToken cancel)
    {
        var (wrong, happened) = (0, 0);
        await Parallel.ForEachAsync(due.Distinct(), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancel }, async (promise, token) =>
        {
            var at = await load.StandsAtAsync(promise, token);
            var isKept = at == promise.Acknowledged || (promise.IsOpen && at == promise.Acknowledged + 1);
            if (!isKept)
            {
                Interlocked.Increment(ref wrong);
                say($"      BROKEN: {promise.Id} stands at {at?.ToString(CultureInfo.InvariantCulture) ?? "a half"}, {promise.Acknowledged} was acknowledged{(promise.IsOpen ? ", one more was asked" : "")}");
            }
            else if (promise.IsOpen)
            {
                happened += at > promise.Acknowledged ? 1 : 0;
                (promise.Acknowledged, promise.IsOpen) = (at!.Value, false);
            }
        });
        return (wrong, happened);
    }
}
