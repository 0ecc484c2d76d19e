using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Kangqiao.Bench.Kills;
using Kangqiao.Bench.Load.Measured;

namespace Kangqiao.Bench.Load.Floors;

/// <summary>Measures one maker of the store: imports into fresh servers, then asks the last of them.</summary>
internal sealed class FloorsRun(FloorsPlan plan, string store, Action<string> say, CancellationToken cancel)
{
    // As docs/performance.md says of the machine.
    private static readonly string[] PostgresSettings =
        ["shared_buffers=2GB", "max_wal_size=4GB", "wal_compression=lz4", "max_connections=200", "checkpoint_timeout=10min"];

    private static readonly string[] SearchFamilies = ["", "token", "string", "reference", "date", "quantity", "composite"];

    private int places;

    public async Task<FloorsTable> RunAsync()
    {
        var table = new FloorsTable(store);
        for (var round = 1; round <= plan.Rounds; round++)
        {
            await using var place = await PlaceAsync();
            using var server = new KilledServer(plan.Program, place.Data, place.Postgres?.Connection, KilledServer.FreePort());
            await server.StartAsync(cancel);
            var token = await server.TokenAsync(cancel);
            say($"{store}: import {round} of {plan.Rounds}");
            table.Import.Add(await LoadAsync("import", server, token, place, ""));
            if (round == plan.Rounds)
            {
                await AskAsync(table, server, token, place);
            }
        }

        await LoadFilesAsync(table);
        return table;
    }

    private async Task AskAsync(FloorsTable table, KilledServer server, string token, Place place)
    {
        for (var round = 1; round <= plan.Rounds; round++)
        {
            foreach (var family in SearchFamilies)
            {
                say($"{store}: search {family} {round} of {plan.Rounds}");
                table.Add($"search {(family.Length == 0 ? "mixed" : family)}", await LoadAsync("search", server, token, place, family));
            }

            foreach (var workload in (string[])["pool", "graph", "crud"])
            {
                say($"{store}: {workload} {round} of {plan.Rounds}");
                table.Add(workload, await LoadAsync(workload, server, token, place, ""));
            }
        }

        table.Counts.AddRange(await CountsAsync(server, token));
        for (var round = 1; round <= plan.Rounds; round++)
        {
            await server.KillAsync();
            table.StartUps.Add(await server.StartAsync(cancel));
        }
    }

    private async Task<LoadResult> LoadAsync(string workload, KilledServer server, string token, Place place, string family)
    {
        var import = workload == "import";
        var load = new LoadPlan
        {
            Workload = workload,
            Base = server.Base,
            Token = token,
            Patients = plan.Patients,
            Clients = import ? 20 : workload == "crud" ? 32 : 30,
            Seconds = import ? LoadPlan.MostSeconds : plan.Seconds,
            WarmUp = import ? 0 : 3,
            Seed = plan.Seed,
            Family = family,
            Pids = [server.Pid],
            Data = place.Postgres?.TablesFolder ?? place.Data,
        };
        var (result, problem) = await LoadRun.RunAsync(load, say, cancel);
        return result ?? throw new InvalidOperationException(problem);
    }

    /// <summary>Milliseconds of accurate totals, each asked some times: of all Observations, and of the commonest category.</summary>
    private async Task<List<(string Name, long Hits, double Median, double Slowest)>> CountsAsync(KilledServer server, string token)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var found = new List<(string, long, double, double)>();
        foreach (var question in (string[])["Observation?_summary=count", "Observation?category=laboratory&_summary=count", "Observation?category=vital-signs&_summary=count", "Encounter?status=finished&_summary=count", "Observation?category=laboratory&status=final&_summary=count"])
        {
            var (took, hits) = (new List<double>(), 0L);
            for (var i = 0; i < 30; i++)
            {
                var watch = Stopwatch.StartNew();
                using var answer = JsonDocument.Parse(await http.GetStringAsync($"{server.Base}/{question}", cancel));
                took.Add(watch.Elapsed.TotalMilliseconds);
                hits = answer.RootElement.GetProperty("total").GetInt64();
            }

            took.Sort();
            found.Add((question, hits, took[took.Count / 2], took[^1]));
        }

        return found;
    }

    private async Task LoadFilesAsync(FloorsTable table)
    {
        var files = Path.Combine(plan.Folder, $"kangqiao-floors-files-{Environment.ProcessId}");
        try
        {
            ShapesCommand.Run(Options.Parse(["--patients", Text(plan.FilePatients), "--seed", plan.Seed.ToString(CultureInfo.InvariantCulture), "--out", files])!);
            for (var round = 1; round <= plan.Rounds; round++)
            {
                say($"{store}: load {round} of {plan.Rounds}");
                await using var place = await PlaceAsync();
                var start = new ProcessStartInfo(plan.Program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
                foreach (var argument in (string[])["load", files, "--json", "--data", place.Data, .. place.Postgres is { } postgres ? (string[])["--store", postgres.Connection] : []])
                {
                    start.ArgumentList.Add(argument);
                }

                using var process = Process.Start(start)!;
                var progress = process.StandardError.ReadToEndAsync(cancel);
                using var told = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync(cancel));
                await progress;
                table.Files.Add((told.RootElement.GetProperty("received").GetInt64(), told.RootElement.GetProperty("perSecond").GetDouble()));
            }
        }
        finally
        {
            if (Directory.Exists(files))
            {
                Directory.Delete(files, recursive: true);
            }
        }
    }

    private async Task<Place> PlaceAsync()
    {
        var data = Directory.CreateDirectory(Path.Combine(plan.Folder, $"kangqiao-floors-{store}-{Environment.ProcessId}-{++places}")).FullName;
        return new(data, store == "postgres" ? await KilledPostgres.NewAsync(plan.Folder, PostgresSettings, cancel) : null);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Where one server keeps its data, gone afterwards.</summary>
    private sealed record Place(string Data, KilledPostgres? Postgres) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (Postgres is not null)
            {
                await Postgres.DisposeAsync();
            }

            Directory.Delete(Data, recursive: true);
        }
    }
}
