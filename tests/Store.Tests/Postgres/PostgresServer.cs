using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Kangqiao.Store.Tests.Postgres;

/// <summary>A PostgreSQL of the test's own, in a temporary folder and on a free port, run by Debian's binaries.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";

    private readonly string root;
    private readonly int port;
    private readonly string[] settings;
    private int postmaster;
    private int databases;

    private PostgresServer(string root, int port, string[] settings)
    {
        this.root = root;
        this.port = port;
        this.settings = settings;
    }

    public static bool IsThere => File.Exists($"{Binaries}/postgres") && File.Exists("/usr/bin/setpriv");

    /// <summary>Where all databases lie, with their log.</summary>
    public string DataFolder => Data;

    private string Data => Path.Combine(root, "data");

    /// <param name="settings">As in <c>fsync=off</c>.</param>
    public static async Task<PostgresServer> StartNewAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("kangqiao-postgres-").FullName;
        await RunAsync("chown", "postgres", folder);
        var server = new PostgresServer(folder, FreePort(), settings);
        await RunAsync("setpriv", [.. AsPostgres, $"{Binaries}/initdb", "-D", server.Data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N"]);
        await server.StartAsync();
        return server;
    }

    public string ConnectionTo(string database) =>
        $"Host=127.0.0.1;Port={port};Username=postgres;Database={database};Maximum Pool Size=30;Timeout=5";

    public async Task<string> NewDatabaseAsync()
    {
        var name = $"t{Interlocked.Increment(ref databases)}";
        await ExecuteAsync($"CREATE DATABASE {name}");
        return name;
    }

    /// <summary>A database whose files lie in a folder of its own.</summary>
    public async Task<string> NewDatabaseAsync(string folder)
    {
        await RunAsync("chown", "postgres", folder);
        var name = $"t{Interlocked.Increment(ref databases)}";
        await ExecuteAsync($"CREATE TABLESPACE {name} LOCATION '{folder}'");
        await ExecuteAsync($"CREATE DATABASE {name} TABLESPACE {name}");
        return name;
    }

    public Task DropAsync(string database) => ExecuteAsync($"DROP DATABASE {database} WITH (FORCE)");

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("setpriv") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
            [.. AsPostgres, $"{Binaries}/postgres", "-D", Data, "-p", Text(port), "-k", root, "-c", "max_connections=300", .. settings.SelectMany(s => new[] { "-c", s })])
        {
            start.ArgumentList.Add(argument);
        }

        // setpriv becomes the postmaster, so its id is the postmaster's.
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        postmaster = process.Id;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (attempt < 600)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>SIGKILL to the postmaster and all its children: what a power cut leaves, but for the disk's own cache.</summary>
    public async Task KillAsync()
    {
        int[] all = [postmaster, .. Children(postmaster)];
        await RunAsync("kill", ["-KILL", .. all.Select(Text)], mayFail: true);
        await GoneAsync(all);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("kill", ["-INT", Text(postmaster)], mayFail: true);
        await GoneAsync([postmaster]);
        Directory.Delete(root, recursive: true);
    }

    private static string[] AsPostgres => Environment.UserName == "root" ? ["--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : ["--"];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task GoneAsync(int[] processes)
    {
        while (Array.Exists(processes, process => File.Exists($"/proc/{process}/stat") && !IsZombie(process)))
        {
            await Task.Delay(20);
        }
    }

    private static bool IsZombie(int process) => Fields(process) is ["Z", ..];

    private static List<int> Children(int parent)
    {
        var children = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process)
                && Fields(process) is [_, var of, ..] && of == Text(parent))
            {
                children.Add(process);
            }
        }

        return children;
    }

    /// <summary>State, parent and what follows them in /proc/PID/stat; empty when the process is gone.</summary>
    private static string[] Fields(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Task RunAsync(string program, params string[] arguments) => RunAsync(program, arguments, mayFail: false);

    internal static async Task RunAsync(string program, string[] arguments, bool mayFail)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 && !mayFail)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await output} {await error}");
        }
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionTo("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
