using System.Diagnostics;
using System.Globalization;

namespace Kangqiao.Bench.Kills;

/// <summary>A PostgreSQL of the command's own, from Debian's binaries, that is killed too.</summary>
internal sealed class KilledPostgres : IAsyncDisposable
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";

    private static int folders;

    private readonly string folder;
    private readonly string port = KilledServer.FreePort().ToString(CultureInfo.InvariantCulture);
    private Process? postmaster;

    private readonly string[] settings;

    private KilledPostgres(string folder, string[] settings)
    {
        this.folder = folder;
        this.settings = settings;
    }

    public static bool IsThere => File.Exists($"{Binaries}/postgres") && File.Exists("/usr/bin/setpriv");

    public string Connection => $"Host=127.0.0.1;Port={port};Username=postgres;Database=kills;Maximum Pool Size=30;Timeout=5";

    private static string[] AsPostgres => Environment.UserName == "root" ? ["--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : ["--"];

    /// <summary>What tables and indexes take, without the write-ahead log.</summary>
    public string TablesFolder => folder + "/data/base";

    public static Task<KilledPostgres> NewAsync(CancellationToken cancel) => NewAsync(Path.GetTempPath(), [], cancel);

    /// <param name="parent">Where its folder is made.</param>
    /// <param name="settings">As in <c>shared_buffers=2GB</c>.</param>
    public static async Task<KilledPostgres> NewAsync(string parent, string[] settings, CancellationToken cancel)
    {
        var server = new KilledPostgres(
            Directory.CreateDirectory(Path.Combine(parent, $"kangqiao-postgres-{Environment.ProcessId}-{Interlocked.Increment(ref folders)}")).FullName, settings);
        await RunAsync("chown", "postgres", server.folder);
        await RunAsync("setpriv", [.. AsPostgres, $"{Binaries}/initdb", "-D", server.folder + "/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"]);
        await server.StartAsync(cancel);
        await RunAsync($"{Binaries}/createdb", "-h", "127.0.0.1", "-p", server.port, "-U", "postgres", "kills");
        return server;
    }

    public async Task StartAsync(CancellationToken cancel)
    {
        var start = new ProcessStartInfo("setpriv") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[.. AsPostgres, $"{Binaries}/postgres", "-D", folder + "/data", "-p", port, "-k", folder, .. settings.SelectMany(s => new[] { "-c", s })])
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
