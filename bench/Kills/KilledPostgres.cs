using System.Diagnostics;
using System.Globalization;

namespace Kangqiao.Bench.Kills;

/// <summary>A PostgreSQL of the command's own, from Debian's binaries, that is killed too.</summary>
internal sealed class KilledPostgres : IAsyncDisposable
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";

    private readonly string folder;
    private readonly string port = KilledServer.FreePort().ToString(CultureInfo.InvariantCulture);
    private Process? postmaster;

    private KilledPostgres(string folder) => this.folder = folder;

    public static bool IsThere => File.Exists($"{Binaries}/postgres") && File.Exists("/usr/bin/setpriv");

    public string Connection => $"Host=127.0.0.1;Port={port};Username=postgres;Database=kills;Maximum Pool Size=30;Timeout=5";

    private static string[] AsPostgres => Environment.UserName == "root" ? ["--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : ["--"];

    public static async Task<KilledPostgres> NewAsync(CancellationToken cancel)
    {
        var server = new KilledPostgres(Directory.CreateTempSubdirectory("kangqiao-kills-postgres-").FullName);
        await RunAsync("chown", "postgres", server.folder);
        await RunAsync("setpriv", [.. AsPostgres, $"{Binaries}/initdb", "-D", server.folder + "/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"]);
        await server.StartAsync(cancel);
        await RunAsync($"{Binaries}/createdb", "-h", "127.0.0.1", "-p", server.port, "-U", "postgres", "kills");
        return server;
    }

    public async Task StartAsync(CancellationToken cancel)
    {
        var start = new ProcessStartInfo("setpriv") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[.. AsPostgres, $"{Binaries}/postgres", "-D", folder + "/data", "-p", port, "-k", folder])
        {
            start.ArgumentList.Add(argument);
        }

        // setpriv becomes the postmaster.
        postmaster = Process.Start(start)!;
        postmaster.OutputDataReceived += (_, _) => { };
        postmaster.ErrorDataReceived += (_, _) => { };
        postmaster.BeginOutputReadLine();
        postmaster.BeginErrorReadLine();
        while (await RunAsync(mayFail: true, $"{Binaries}/pg_isready", "-q", "-h", "127.0.0.1", "-p", port) != 0)
        {
            await Task.Delay(50, cancel);
        }
    }

    /// <summary>SIGKILL to the postmaster and to every process it has started.</summary>
    public async Task KillAsync(CancellationToken cancel)
    {
        postmaster!.Kill(entireProcessTree: true);
        await postmaster.WaitForExitAsync(cancel);

        // Its children let go of the data folder a moment later; a new postmaster refuses until then.
        while (await RunAsync(mayFail: true, "pgrep", "-f", folder + "/data") == 0)
        {
            await Task.Delay(20, cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (postmaster is { HasExited: false })
        {
            await RunAsync(mayFail: true, "kill", "-INT", postmaster.Id.ToString(CultureInfo.InvariantCulture));
            await postmaster.WaitForExitAsync();
        }

        postmaster?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        if (await RunAsync(mayFail: false, program, arguments) is not 0 and var code)
        {
            throw new InvalidOperationException($"{program} ended with {code}.");
        }
    }

    private static async Task<int> RunAsync(bool mayFail, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = mayFail };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = mayFail ? process.StandardError.ReadToEndAsync() : Task.FromResult("");
        await process.WaitForExitAsync();
        await Task.WhenAll(output, error);
        return process.ExitCode;
    }
}
