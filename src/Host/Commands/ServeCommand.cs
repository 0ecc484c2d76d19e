using System.CommandLine;
using Kangqiao.Host.Serving;

namespace Kangqiao.Host.Commands;

/// <summary><c>serve</c>: runs the platform until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "Where to listen", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var data = DataFolder.Option();
        var store = new Option<string?>("--store")
        {
            Description = "Keep the records in this PostgreSQL instead of SQLite: \"Host=…;Database=…\"",
            HelpName = "CONNECTION",
        };
        var command = new Command("serve", "Run the platform: FHIR R4 at /fhir.") { url, data, store };
        command.SetAction((parsed, cancel) => RunAsync(
            new ServerOptions(parsed.GetRequiredValue(url), parsed.GetRequiredValue(data)) { Store = parsed.GetValue(store) }, cancel));
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
