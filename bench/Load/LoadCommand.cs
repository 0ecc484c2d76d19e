namespace Kangqiao.Bench.Load;

/// <summary>Presses on a FHIR server of this machine and tells how it bears it.</summary>
internal static class LoadCommand
{
    /// <returns>0 when every answer was right, 1 when not, 2 when the run could not be made.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (LoadPlan.Parse(args, out var refused) is not { } plan)
        {
            await Console.Error.WriteLineAsync(refused);
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        var (result, problem) = await LoadRun.RunAsync(plan, Console.Error.WriteLine, stop.Token);
        if (result is null)
        {
            await Console.Error.WriteLineAsync(problem);
            return 2;
        }

        await Console.Error.WriteLineAsync(LoadReport.Table(result));
        if (plan.Json)
        {
            await using var output = Console.OpenStandardOutput();
            LoadReport.WriteJson(result, output);
        }

        return result.IsClean ? 0 : 1;
    }
}
