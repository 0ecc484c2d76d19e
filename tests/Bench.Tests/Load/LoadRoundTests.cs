using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Kangqiao.Bench.Load;

namespace Kangqiao.Bench.Tests.Load;

/// <summary>The driver against our own server, each a process of its own; nothing is said about speed.</summary>
public sealed class LoadRoundTests
{
    [Fact]
    public async Task Every_workload_runs_against_our_server_without_an_error_and_with_the_right_hits()
    {
        await using var server = await ServerProcess.StartAsync();
        Assert.SkipUnless(server is not null, "The server was not built beside these tests.");
        foreach (var workload in (string[])["import", "crud", "search", "pool", "graph"])
        {
            var plan = LoadPlan.Parse(
                [
                    workload, "--url", server.Base, "--token", server.Token, "--patients", "12", "--clients", "4", "--seconds", workload == "import" ? "120" : "2",
                    "--warmup", "0", "--pid", $"{server.Pid}", "--data", server.Folder,
                ],
                out var refused).ShouldNotBeNull(refused);
            var (result, problem) = await LoadRun.RunAsync(plan, _ => { }, TestContext.Current.CancellationToken);

            result.ShouldNotBeNull(problem).IsClean.ShouldBeTrue(LoadReport.Table(result));
            result.Import?.Patients.ShouldBe(12);
            Check(result);
        }
    }

    private static void Check(LoadResult result)
    {
        using var output = new MemoryStream();
        LoadReport.WriteJson(result, output);
        using var json = JsonDocument.Parse(output.ToArray());
        json.RootElement.GetProperty("requests").GetInt64().ShouldBe(result.Tally.Requests);
        json.RootElement.GetProperty("bytesOnDisk").GetDouble().ShouldBeGreaterThan(0);
        json.RootElement.GetProperty("families").GetArrayLength().ShouldBe(result.Tally.Families.Count());
        if (result.Truth is not null)
        {
            result.Tally.Families.Sum(f => f.Found).ShouldBeGreaterThan(0);
        }
    }

    private sealed class ServerProcess(Process process, string folder, string address, string token) : IAsyncDisposable
    {
        public string Base => address;

        public string Token => token;

        public string Folder => folder;

        public int Pid => process.Id;

        /// <summary>Null where the server was not built.</summary>
        public static async Task<ServerProcess?> StartAsync()
        {
            // .../tests/Bench.Tests/bin/Debug/net10.0 → .../src/Host/bin/Debug/net10.0
            var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            var program = Path.Combine(Folders.Root() ?? "", "src", "Host", "bin", output.Parent!.Name, output.Name, "kangqiao.dll");
            if (!File.Exists(program))
            {
                return null;
            }

            var folder = Directory.CreateTempSubdirectory("kangqiao-load-").FullName;
            var process = Start(program, "serve", "--url", "http://127.0.0.1:0", "--data", folder);
            var said = new StringBuilder();
            while (await process.StandardError.ReadLineAsync() is { } line)
            {
                said.AppendLine(line);
                if (line.StartsWith("FHIR R4 at ", StringComparison.Ordinal))
                {
                    _ = process.StandardError.ReadToEndAsync();
                    using var issuer = Start(program, "token", "--role", "system", "--data", folder);
                    var token = await issuer.StandardOutput.ReadToEndAsync();
                    return new ServerProcess(process, folder, line["FHIR R4 at ".Length..].Split(',')[0], token.Trim());
                }
            }

            throw new InvalidOperationException("The server did not start: " + said);
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            Directory.Delete(folder, recursive: true);
        }

        private static Process Start(string program, params string[] args) => Process.Start(new ProcessStartInfo("dotnet", [program, .. args])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
    }
}
