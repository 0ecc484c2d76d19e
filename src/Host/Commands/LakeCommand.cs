using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kangqiao.Analytics.Lake;
using Kangqiao.Host.Serving;
using Kangqiao.Kernel;

namespace Kangqiao.Host.Commands;

/// <summary><c>lake rebuild</c> makes the lake from zero, alone or through the server that runs; <c>lake show</c> tells what is in it.</summary>
internal static class LakeCommand
{
    public static Command Create()
    {
        var command = new Command("lake", "The tables of all records as Parquet files, for analysis.") { Rebuild(), Show() };
        return command;
    }

    private static Command Rebuild()
    {
        var (data, store, json) = (DataFolder.Option(), RecordStores.Option(), Json());
        var command = new Command("rebuild", "Make the lake anew from all records.") { data, store, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var folder = parsed.GetRequiredValue(data);
            var ran = await RebuildAsync(folder, parsed.GetValue(store), cancel);
            return ran.Problem is { } problem ? Fail(problem) : Tell(folder, parsed.GetValue(json));
        });
        return command;
    }

    private static Command Show()
    {
        var (data, json) = (DataFolder.Option(), Json());
        var command = new Command("show", "Tell as of when the lake is, and its tables.") { data, json };
        command.SetAction(parsed => Tell(parsed.GetRequiredValue(data), parsed.GetValue(json)));
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "Print the result as one JSON object" };

    private static async Task<Outcome<long>> RebuildAsync(string data, string? connection, CancellationToken cancel)
    {
        if (await RunningServer.FindAsync(data, cancel) is not null)
        {
            var word = LakeFollower.AskRebuild(data);
            await Console.Error.WriteLineAsync("The running server makes it.");
            while (File.Exists(word))
            {
                if (await RunningServer.FindAsync(data, cancel) is null)
                {
                    return new Problem("HST042", ProblemKind.Unavailable, "The server has stopped; the lake is made when it runs again.");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(500), cancel);
            }

            return 0L;
        }

        if (!LakeFollower.Shipped().Try(out var tables, out var problem)
            || !(await RecordStores.Maker(data, connection, TimeProvider.System).OpenAsync(cancel)).Try(out var store, out problem))
        {
            return problem;
        }

        await using (store)
        {
            return (await new LakeRefresh(store, tables, LakeFollower.FolderIn(data), TimeProvider.System).RunAsync(fromZero: true, cancel)).Try(out var report, out problem)
                ? report.Changes
                : problem;
        }
    }

    private static int Tell(string data, bool asJson)
    {
        var lake = LakeFollower.FolderIn(data);
        if (LakeSnapshot.Read(lake) is not { } snapshot)
        {
            return Fail(new Problem("HST043", ProblemKind.NotFound, $"There is no lake in {lake} yet."));
        }

        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new
            {
                number = snapshot.Number,
                asOf = snapshot.AsOf,
                unfit = snapshot.Unfit,
                folder = Path.GetFullPath(Path.Combine(lake, "current")),
                tables = snapshot.Tables.Select(t => new { name = t.Name, files = t.Files.Count }),
            }));
            return ExitCode.Yes;
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"State {snapshot.Number} as of {snapshot.AsOf:O}, {snapshot.Unfit} records or values left out"));
        foreach (var table in snapshot.Tables)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {table.Name}: {table.Files.Count} file(s)"));
        }

        return ExitCode.Yes;
    }

    private static int Fail(Problem problem)
    {
        Console.Error.WriteLine(problem.Message);
        return ExitCode.Failure;
    }
}
