using System.Diagnostics;
using Kangqiao.Bench.Load.Measured;
using Kangqiao.Bench.Load.Truth;
using Kangqiao.Bench.Load.Wire;
using Kangqiao.Bench.Load.Workloads;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load;

/// <summary>One run of a plan: preparing, warming up, measuring.</summary>
internal static class LoadRun
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);

    /// <summary>The result; null, and why, when the server is not ready for the workload.</summary>
    /// <param name="say">Is told what goes on.</param>
    public static async Task<(LoadResult? Result, string? Problem)> RunAsync(LoadPlan plan, Action<string> say, CancellationToken cancel)
    {
        var city = new ShapedCity(plan.Seed);
        CityTruth? truth = null;
        if (plan.Workload is not ("crud" or "import"))
        {
            say($"Counting what {plan.Patients:N0} patients' records must answer.");
            truth = CityTruth.Of(city, plan.Patients);
        }

        IWorkload workload = plan.Workload switch
        {
            "crud" => new CrudWorkload(plan, city),
            "import" => new ImportWorkload(plan, city),
            "search" => new QueryWorkload(plan, truth!, Asked(plan, SearchFamilies.Of(truth!))),
            "pool" => new QueryWorkload(plan, truth!, Asked(plan, PoolFamilies.Of(truth!))),
            _ => new QueryWorkload(plan, truth!, Asked(plan, GraphFamilies.Of(truth!))),
        };
        using var wire = new FhirWire(plan);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var clients = Enumerable.Range(0, plan.Clients).Select(i => new LoadClient(wire, i, plan.Seed, stop.Token)).ToArray();
        try
        {
            if (await workload.PrepareAsync(clients[0]) is { } problem)
            {
                return (null, problem);
            }

            say($"{plan.Workload}: {plan.Clients} clients, {plan.WarmUp} s warm-up, {plan.Seconds} s at most.");
            var result = await MeasureAsync(plan, workload, clients, stop);
            result.Truth = truth;
            result.Import = workload as ImportWorkload;
            return (result, null);
        }
        finally
        {
            Array.ForEach(clients, c => c.Dispose());
        }
    }

    private static List<QuestionFamily> Asked(LoadPlan plan, IReadOnlyList<QuestionFamily> all) =>
        [.. all.Where(f => f.Name.Contains(plan.Family, StringComparison.OrdinalIgnoreCase))];

    private static async Task<LoadResult> MeasureAsync(LoadPlan plan, IWorkload workload, LoadClient[] clients, CancellationTokenSource stop)
    {
        var result = new LoadResult { Plan = plan, DiskBefore = Disk.Bytes(plan.Data) };
        var begun = Stopwatch.GetTimestamp();
        var warm = TimeSpan.FromSeconds(plan.WarmUp);
        var end = warm + TimeSpan.FromSeconds(plan.Seconds);

        // A round that is under way may end; one that hangs is broken off when its client's patience is over.
        stop.CancelAfter(end + LoadClient.Patience);
        var work = Task.WhenAll(clients.Select(c => Task.Run(() => ClientAsync(workload, c, begun, warm, end))));
        await Task.WhenAny(work, Task.Delay(warm));
        var (own, server, measured) = (Processes.OwnSeconds(), Processes.Seconds(plan.Pids), Stopwatch.GetTimestamp());
        while (!work.IsCompleted)
        {
            result.PeakResident = Math.Max(result.PeakResident, Processes.ResidentBytes(plan.Pids));
            await Task.WhenAny(work, Task.Delay(Between));
        }

        await work;
        result.Seconds = Stopwatch.GetElapsedTime(measured).TotalSeconds;
        result.OwnCores = (Processes.OwnSeconds() - own) / result.Seconds;
        result.ServerCores = (Processes.Seconds(plan.Pids) - server) / result.Seconds;
        result.DiskAfter = Disk.Bytes(plan.Data);
        foreach (var client in clients)
        {
            result.Tally.Add(client.Tally);
        }

        return result;
    }

    private static async Task ClientAsync(IWorkload workload, LoadClient client, long begun, TimeSpan warm, TimeSpan end)
    {
        var isMeasured = false;
        while (!client.IsStopped && Stopwatch.GetElapsedTime(begun) is var elapsed && elapsed < end)
        {
            if (!isMeasured && elapsed >= warm)
            {
                isMeasured = true;
                client.Tally = new Tally();
            }

            if (!await workload.RoundAsync(client))
            {
                return;
            }
        }
    }
}
