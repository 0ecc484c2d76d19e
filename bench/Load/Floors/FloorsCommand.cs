using Kangqiao.Bench.Kernel;

namespace Kangqiao.Bench.Load.Floors;

/// <summary><c>load floors</c>: all floors of issue 3 in one command; the tables of docs/performance.md on standard output.</summary>
internal static class FloorsCommand
{
    /// <returns>0 when every answer was right, 1 when not, 2 when the runs could not be made.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (FloorsPlan.Parse(args, out var refused) is not { } plan)
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
        Console.WriteLine(Machine.Describe());
        var isClean = true;
        foreach (var store in plan.Stores)
        {
            var table = await new FloorsRun(plan, store, Console.Error.WriteLine, stop.Token).RunAsync();
            Console.WriteLine();
            Console.Write(table.Write());
            isClean &= table.IsClean;
        }

        return isClean ? 0 : 1;
    }
}
