using System.CommandLine;
using Kangqiao.Host.Serving;
using Kangqiao.Rest;
using Kangqiao.Rest.Outgoing;

namespace Kangqiao.Host.Commands;

/// <summary><c>serve</c>: runs the platform until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "Where to listen", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var data = DataFolder.Option();
        var store = RecordStores.Option();
        var outgoing = new Option<string[]>("--allow-outgoing")
        {
            Description = "Whom the server may call by itself, to fetch files of an import and to notify subscribers: host, host:port, *.domain, or an address block; http:// before it allows calls without encryption. Nobody, unless it is said",
            HelpName = "ADDRESS",
        };
        var command = new Command("serve", "Run the platform: FHIR R4 at /fhir.") { url, data, store, outgoing };
        command.SetAction(async (parsed, cancel) =>
        {
            if (!OutgoingRules.Parse(parsed.GetValue(outgoing) ?? []).Try(out var rules, out var problem))
            {
                await Console.Error.WriteLineAsync(problem.Message);
                return ExitCode.Failure;
            }

            return await RunAsync(
                new ServerOptions(parsed.GetRequiredValue(url), parsed.GetRequiredValue(data))
                {
                    Store = parsed.GetValue(store),
                    Rest = RestOptions.Default with { Outgoing = rules },
                },
                cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(ServerOptions options, CancellationToken cancel)
    {
        var started = await Server.StartAsync(options, TimeProvider.System, cancel);
        if (!started.Try(out var server, out var problem))
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return ExitCode.Failure;
        }

        await using (server)
        {
            await Console.Error.WriteLineAsync($"FHIR R4 at {string.Join(", ", server.Urls.Select(u => u + "/fhir"))}, data in {Path.GetFullPath(options.DataFolder)}");
            await server.WaitForShutdownAsync();
        }

        return ExitCode.Yes;
    }
}
