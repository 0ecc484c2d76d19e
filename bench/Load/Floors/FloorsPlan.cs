using System.Globalization;

namespace Kangqiao.Bench.Load.Floors;

/// <summary>What <c>load floors</c> runs: everything that issue 3 gives a floor for, against servers of its own.</summary>
/// <param name="Program">The server's executable.</param>
/// <param name="Patients">Of each import; 10,000 are two million resources, 52,000 ten million.</param>
/// <param name="FilePatients">Of the NDJSON that the command <c>load</c> takes.</param>
/// <param name="Rounds">Of each measurement; the median is told.</param>
/// <param name="Seconds">Of each measurement of requests.</param>
internal sealed record FloorsPlan(string Program, IReadOnlyList<string> Stores, int Patients, int FilePatients, int Rounds, int Seconds, ulong Seed, string Folder)
{
    private static readonly string[] Known = ["stores", "patients", "filepatients", "rounds", "seconds", "seed", "server", "folder"];

    /// <summary>Null, and why, when the command line is not within the bounds.</summary>
    public static FloorsPlan? Parse(ReadOnlySpan<string> args, out string problem)
    {
        if (Options.Parse(args) is not { } options)
        {
            problem = $"Options are {string.Join(", ", Known.Select(name => "--" + name))}, each with a value.";
            return null;
        }

        var root = Folders.Root();
        var program = options.Text("server") ?? (root is null ? "" : Path.Combine(root, "src", "Host", "bin", "Release", "net10.0", "kangqiao"));
        var stores = options.Text("stores", "sqlite,postgres").Split(',');
        problem = !File.Exists(program) ? "The server is not built: dotnet build -c Release src/Host, or name its executable with --server."
            : stores.Except(["sqlite", "postgres"]).Any() ? "--stores is sqlite, postgres or both."
            : stores.Contains("postgres") && !Kills.KilledPostgres.IsThere ? "PostgreSQL 15 is not installed here."
            : "";
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, otherwise, most) in ((string, int, int)[])
            [("patients", 10_000, LoadPlan.MostPatients), ("filepatients", 1_500, LoadPlan.MostPatients), ("rounds", 3, 25), ("seconds", 20, 600), ("seed", 1, int.MaxValue)])
        {
            var text = options.Text(name, otherwise.ToString(CultureInfo.InvariantCulture));
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > most)
            {
                problem = $"--{name} is 1 to {most}.";
            }

            numbers[name] = number;
        }

        return problem.Length > 0 ? null : new FloorsPlan(
            program, stores, numbers["patients"], numbers["filepatients"], numbers["rounds"], numbers["seconds"], (ulong)numbers["seed"],
            options.Text("folder") ?? Path.GetTempPath());
    }
}
