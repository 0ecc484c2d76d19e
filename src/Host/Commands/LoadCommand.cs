using System.CommandLine;
using Kangqiao.Host.Loading;
using Kangqiao.Host.Serving;
using Kangqiao.Kernel;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Host.Commands;

/// <summary><c>load PATH…</c>: sends files and folders through the door: that of the server which runs on the data folder, else one of its own.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Files and folders: FHIR JSON and NDJSON, HL7 v2, CDA XML, CSV, each also .gz; a folder's registry/ comes first",
            Arity = ArgumentArity.OneOrMore,
        };
        var institution = new Option<string?>("--institution") { Description = "Code of the institution that sends them; without it the built-in sender LOCAL", HelpName = "CODE" };
        var json = new Option<bool>("--json") { Description = "Print the counts as one JSON object" };
        var data = DataFolder.Option();
        var store = RecordStores.Option();
        var command = new Command("load", "Send files through the door and print what came of them.") { paths, institution, json, data, store };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetRequiredValue(paths), parsed.GetValue(institution), parsed.GetValue(json), parsed.GetRequiredValue(data), parsed.GetValue(store), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string[] paths, string? institution, bool asJson, string data, string? store, CancellationToken cancel)
    {
        if (!(await OpenAsync(data, store, cancel)).Try(out var door, out var problem))
        {
            return await FailAsync(problem);
        }

        await using (door)
        {
            if (!(await new Loader(door, Console.Error).RunAsync(LoadPlan.Of(paths), institution, cancel)).Try(out var result, out problem))
            {
                return await FailAsync(problem);
            }

            await Console.Out.WriteLineAsync(asJson ? result.ToJson() : result.ToText());
        }

        return ExitCode.Yes;
    }

    private static async ValueTask<Outcome<ILoadDoor>> OpenAsync(string data, string? store, CancellationToken cancel)
    {
        if (await RunningServer.FindAsync(data, cancel) is { } address)
        {
            return TokenKey.In(data).Then<ILoadDoor>(key => new ServersDoor(address, key, TimeProvider.System));
        }

        return await OwnDoor.OpenAsync(data, store, TimeProvider.System, cancel);
    }

    private static async Task<int> FailAsync(Problem problem)
    {
        await Console.Error.WriteLineAsync($"{problem.Code} {problem.Message}");
        return ExitCode.Failure;
    }
}
