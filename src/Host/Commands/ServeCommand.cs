using System.CommandLine;
using Kangqiao.Audit;
using Kangqiao.Host.Serving;
using Kangqiao.Ingest;
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
        var mllp = new Option<string[]>("--mllp")
        {
            Description = "Listen for HL7 v2 over MLLP: a port, then on the host of --url, or address:port; several may be named. A sender is heard from its networks or with its certificate only (registry)",
            HelpName = "PORT",
        };
        var certificate = new Option<string?>("--mllp-certificate") { Description = "TLS for MLLP: a PEM file with certificate and key, or a PKCS#12 file without password", HelpName = "FILE" };
        var key = new Option<string?>("--mllp-key") { Description = "The key of --mllp-certificate, where it is in a PEM file of its own", HelpName = "FILE" };
        var anchors = AuditCommand.Anchors();
        var keepRaw = Days("--keep-raw", "raw messages");
        var keepReceipts = Days("--keep-receipts", "receipts");
        var keepQuarantine = Days("--keep-quarantine", "entries of quarantine that are closed");
        var command = new Command("serve", "Run the platform: FHIR R4 at /fhir.")
        {
            url, data, store, outgoing, mllp, certificate, key, anchors, keepRaw, keepReceipts, keepQuarantine,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            if (!OutgoingRules.Parse(parsed.GetValue(outgoing) ?? []).Try(out var rules, out var problem))
            {
                await Console.Error.WriteLineAsync(problem.Message);
                return ExitCode.Failure;
            }

            if (!MllpListening.Parse(parsed.GetValue(mllp) ?? [], parsed.GetRequiredValue(url), parsed.GetValue(certificate), parsed.GetValue(key)).Try(out var listening, out problem))
            {
                await Console.Error.WriteLineAsync(problem.Message);
                return ExitCode.Failure;
            }

            return await RunAsync(
                new ServerOptions(parsed.GetRequiredValue(url), parsed.GetRequiredValue(data))
                {
                    Store = parsed.GetValue(store),
                    HasLake = true,
                    Mllp = listening,
                    Audit = new AuditOptions(parsed.GetRequiredValue(data)) { AnchorFolder = parsed.GetValue(anchors) },
                    Door = new DoorOptions(parsed.GetRequiredValue(data))
                    {
                        KeepRawDays = parsed.GetValue(keepRaw),
                        KeepReceiptDays = parsed.GetValue(keepReceipts),
                        KeepQuarantineDays = parsed.GetValue(keepQuarantine),
                    },
                    Rest = RestOptions.Default with { Outgoing = rules },
                },
                cancel);
        });
        return command;
    }

    private static Option<int?> Days(string name, string what)
    {
        var option = new Option<int?>(name) { Description = $"Days for which {what} are kept; for ever, unless it is said", HelpName = "DAYS" };
        option.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int?>() is < 1)
            {
                given.AddError($"{name} is at least 1.");
            }
        });
        return option;
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
            foreach (var endpoint in server.MllpEndpoints)
            {
                await Console.Error.WriteLineAsync($"HL7 v2 over MLLP{(options.Mllp.Certificate is null ? "" : " with TLS")} at {endpoint}");
            }

            await server.WaitForShutdownAsync();
        }

        return ExitCode.Yes;
    }
}
