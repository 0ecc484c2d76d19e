using System.Globalization;
using Kangqiao.Bench.Kernel;

namespace Kangqiao.Bench.Kills;

/// <summary><c>kills</c>: the server, and PostgreSQL with it, killed under load; exit 1 when an acknowledged write is lost or a transaction is half there.</summary>
internal static class KillsCommand
{
    public static async Task<int> RunAsync(Options options)
    {
        var program = options.Text("server") ?? Built();
        var withPostgres = options.Text("store") == "postgres";
        if (program is null || !File.Exists(program) || (withPostgres && !KilledPostgres.IsThere))
        {
            await Console.Error.WriteLineAsync(program is null || !File.Exists(program)
                ? "The server is not built: dotnet build -c Release src/Host, or name its executable with --server."
                : "PostgreSQL 15 is not installed here.");
            return 2;
        }

        await using var log = options.Text("out") is { } file ? new StreamWriter(file) : null;
        var gate = new Lock();
        void Say(string line)
        {
            lock (gate)
            {
                Console.WriteLine(line);
                log?.WriteLine(line);
                log?.Flush();
            }
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        var plan = new KillsPlan(program, (int)options.Number("count", 5), options.Seed(), withPostgres);
        Say(Machine.Describe());
        Say(string.Create(CultureInfo.InvariantCulture, $"seed {plan.Seed}; records in {(withPostgres ? "PostgreSQL, killed too" : "SQLite")}; SIGKILL after 20 to 400 acknowledged requests of eight clients"));
        return await KillsRun.RunAsync(plan, Say, stop.Token) == 0 ? 0 : 1;
    }

    private static string? Built() => Folders.Root() is not { } root ? null
        : new[] { "Release", "Debug" }.Select(c => Path.Combine(root, "src", "Host", "bin", c, "net10.0", "kangqiao")).FirstOrDefault(File.Exists);
}
