using System.Globalization;

namespace Kangqiao.Bench.Load;

/// <summary>What to ask of which server, how often and how long. Made only within bounds and only for this machine.</summary>
internal sealed record LoadPlan
{
    public const int MostPatients = 1_000_000;
    public const int MostClients = 256;
    public const int MostSeconds = 24 * 3600;

    public static readonly string[] Workloads = ["crud", "import", "search", "pool", "graph"];

    private static readonly string[] Known =
        ["url", "token", "patients", "first", "clients", "seconds", "warmup", "seed", "form", "family", "pid", "data"];

    public required string Workload { get; init; }

    /// <summary>The FHIR base, without a slash at its end; its host is a loopback address.</summary>
    public required string Base { get; init; }

    public string? Token { get; init; }

    /// <summary>How many patients import sends, or how many the server holds when it is searched: the truth is counted over them.</summary>
    public int Patients { get; init; }

    /// <summary>Number of the first patient, to go on with an import.</summary>
    public int First { get; init; }

    public int Clients { get; init; }

    /// <summary>How long is measured; an import ends earlier when all is sent.</summary>
    public int Seconds { get; init; }

    /// <summary>Seconds of the same requests before measuring begins.</summary>
    public int WarmUp { get; init; }

    public ulong Seed { get; init; }

    /// <summary>Whether an import keeps the shaped ids (put) or lets the server give its own (post).</summary>
    public bool KeepIds { get; init; }

    /// <summary>Only families of questions whose names hold this text; empty for all.</summary>
    public string Family { get; init; } = "";

    /// <summary>The token's holder does not see all: an answer is right when it holds no more than there is.</summary>
    public bool IsViewer { get; init; }

    public bool Json { get; init; }

    /// <summary>Process whose memory and processor time are the server's; several for a server with a database process.</summary>
    public IReadOnlyList<int> Pids { get; init; } = [];

    /// <summary>The server's folder, to measure what it needs on disk.</summary>
    public string? Data { get; init; }

    /// <summary>Reads "WORKLOAD --url … --token …"; null, and why, when it is not within the bounds.</summary>
    public static LoadPlan? Parse(ReadOnlySpan<string> args, out string problem)
    {
        problem = "";
        if (args.Length == 0 || !Workloads.Contains(args[0]))
        {
            problem = $"The workload is one of {string.Join(", ", Workloads)}.";
            return null;
        }

        var given = new Dictionary<string, string>();
        var json = false;
        for (var i = 1; i < args.Length; i++)
        {
            if (args[i] == "--json")
            {
                json = true;
            }
            else if (args[i] == "--viewer")
            {
                given["viewer"] = "";
            }
            else if (args[i].StartsWith("--", StringComparison.Ordinal) && Known.Contains(args[i][2..]) && i + 1 < args.Length)
            {
                given[args[i][2..]] = args[++i];
            }
            else
            {
                problem = $"{args[i]} is no option, or has no value.";
                return null;
            }
        }

        return Within(args[0], given, json, ref problem);
    }

    private static LoadPlan? Within(string workload, Dictionary<string, string> given, bool json, ref string problem)
    {
        var import = workload == "import";
        var address = Loopback.Base(given.GetValueOrDefault("url"), ref problem);
        var patients = Number(given, "patients", 1000, 1, MostPatients, ref problem);
        var first = Number(given, "first", 0, 0, MostPatients, ref problem);
        var clients = Number(given, "clients", import ? 20 : workload == "crud" ? 32 : 30, 1, MostClients, ref problem);
        var seconds = Number(given, "seconds", import ? 3600 : 30, 1, MostSeconds, ref problem);

        // What is imported is measured from the first bundle on; it cannot be sent twice.
        var warmUp = import ? 0 : Number(given, "warmup", 3, 0, 600, ref problem);
        var seed = Number(given, "seed", 1, 0, int.MaxValue, ref problem);
        var pids = new List<int>();
        foreach (var pid in given.GetValueOrDefault("pid", "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            pids.Add(Number(new() { ["pid"] = pid }, "pid", 0, 1, int.MaxValue, ref problem));
        }

        var form = given.GetValueOrDefault("form", "post");
        problem = problem.Length == 0 && form is not ("post" or "put") ? "--form is post or put." : problem;
        var token = TokenOf(given.GetValueOrDefault("token"), ref problem);
        return problem.Length > 0 ? null : new LoadPlan
        {
            Workload = workload,
            Base = address!,
            Token = token,
            Patients = patients,
            First = first,
            Clients = clients,
            Seconds = seconds,
            WarmUp = warmUp,
            Seed = (ulong)seed,
            KeepIds = form == "put",
            Family = given.GetValueOrDefault("family", ""),
            IsViewer = given.ContainsKey("viewer"),
            Json = json,
            Pids = pids,
            Data = given.GetValueOrDefault("data"),
        };
    }

    // "@FILE" keeps a token out of the list of processes.
    private static string? TokenOf(string? given, ref string problem)
    {
        if (given is not ['@', ..])
        {
            return given;
        }

        problem = File.Exists(given[1..]) ? problem : $"There is no file {given[1..]}.";
        return problem.Length > 0 ? null : File.ReadAllText(given[1..]).Trim();
    }

    private static int Number(Dictionary<string, string> given, string name, int otherwise, int low, int high, ref string problem)
    {
        if (!given.TryGetValue(name, out var text))
        {
            return otherwise;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < low || number > high)
        {
            problem = $"--{name} is {low} to {high}.";
        }

        return number;
    }
}
