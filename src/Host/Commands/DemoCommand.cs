using System.CommandLine;
using Kangqiao.City;
using Kangqiao.Host.Loading;
using Kangqiao.Host.Serving;
using Kangqiao.Kernel;
using Kangqiao.Rest.Callers;
using Kangqiao.Web;

namespace Kangqiao.Host.Commands;

/// <summary><c>demo</c>: makes a synthetic city, sends what its institutions have through the real door, and serves it.</summary>
internal static class DemoCommand
{
    private const string CityFolder = "city";
    private const string Done = "demo-loaded";
    private static readonly TimeSpan SignInLife = TimeSpan.FromHours(12);

    public static Command Create()
    {
        var residents = CityCommand.Residents();
        var seed = CityCommand.Seed();
        var asOf = DayOption.AsOf();
        var url = new Option<string>("--url") { Description = "Where to listen", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var data = new Option<string>("--data") { Description = "The demonstration's own data folder", HelpName = "DIR", DefaultValueFactory = _ => "demo-data" };
        var fresh = new Option<bool>("--fresh") { Description = "Delete a demonstration that is there and build anew" };
        var command = new Command("demo", "Build a synthetic city, send it through the door, and serve it.") { residents, seed, asOf, url, data, fresh };
        command.SetAction((parsed, cancel) => RunAsync(
            new(parsed.GetRequiredValue(residents), parsed.GetRequiredValue(seed), parsed.GetValue(asOf) ?? CityBuilding.Today(TimeProvider.System)),
            new(parsed.GetRequiredValue(url), parsed.GetRequiredValue(data)) { HasLake = true },
            parsed.GetValue(fresh),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(CityAsk ask, ServerOptions options, bool fresh, CancellationToken cancel)
    {
        if (Prepare(options.DataFolder, fresh) is { } refused)
        {
            return await FailAsync(refused);
        }

        var marker = Path.Combine(options.DataFolder, CityFolder, Done);
        if (!File.Exists(marker))
        {
            if (await BuildAsync(ask, options.DataFolder, cancel) is { } problem)
            {
                return await FailAsync(problem);
            }

            await File.WriteAllTextAsync(marker, $"{ask.Residents} residents, seed {ask.Seed}, as of {ask.AsOf:yyyy-MM-dd}\n", cancel);
        }

        if (!(await Server.StartAsync(options with { Web = new WebOptions { IsDemo = true, Parts = DemoParts.FindAsync } }, TimeProvider.System, cancel)).Try(out var server, out var failed))
        {
            return await FailAsync(failed);
        }

        await using (server)
        {
            await Console.Out.WriteLineAsync($"FHIR R4 at {string.Join(", ", server.Urls.Select(u => u + "/fhir"))}, data in {Path.GetFullPath(options.DataFolder)}");
            await SignInsAsync(options.DataFolder);
            await server.WaitForShutdownAsync();
        }

        return ExitCode.Yes;
    }

    /// <summary>A folder with anything but a demonstration in it is left alone, whatever is asked.</summary>
    private static Problem? Prepare(string folder, bool fresh)
    {
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            return null;
        }

        var city = Path.Combine(folder, CityFolder);
        if (!Directory.Exists(city))
        {
            return new Problem("HST031", ProblemKind.Conflict, $"{folder} holds something that is not a demonstration: name another folder with --data.");
        }

        if (fresh)
        {
            Directory.Delete(folder, recursive: true);
            return null;
        }

        return File.Exists(Path.Combine(city, Done))
            ? null
            : new Problem("HST032", ProblemKind.Conflict, $"The demonstration in {folder} was not finished: begin again with --fresh.");
    }

    private static async Task<Problem?> BuildAsync(CityAsk ask, string data, CancellationToken cancel)
    {
        var folder = Path.Combine(data, CityFolder);
        if (!(await CityBuilding.RunAsync(ask, folder, cancel)).Try(out var built, out var problem))
        {
            return problem;
        }

        await Console.Error.WriteLineAsync($"{built.City.Residents} residents, {built.City.Institutions} institutions, {built.City.Units} records; now through the door");
        if (!(await OwnDoor.OpenAsync(data, null, TimeProvider.System, cancel)).Try(out var door, out problem))
        {
            return problem;
        }

        await using (door)
        {
            var plan = LoadPlan.Of([folder]);
            if (!(await new Loader(door, Console.Error).RunAsync(plan, null, cancel, new ProgressLine("files", plan.Files.Count))).Try(out var result, out problem))
            {
                return problem;
            }

            await Console.Error.WriteLineAsync();
            await Console.Out.WriteLineAsync(result.ToText());
        }

        return null;
    }

    /// <summary>One token for each kind of viewer, good for a working day.</summary>
    private static async Task SignInsAsync(string data)
    {
        if (!TokenKey.In(data).Try(out var key, out _))
        {
            return;
        }

        var tokens = new BearerTokens(key, TimeProvider.System);
        foreach (var caller in new[]
        {
            new Caller("system"), new Caller("steward"), new Caller("supervisor"), new Caller("auditor"), new Caller("researcher"),
            new Caller("institution") { Institution = "BH001" }, new Caller("clinician") { Institution = "AC001" },
        })
        {
            await Console.Out.WriteLineAsync($"{caller.Role}{(caller.Institution is { } code ? " of " + code : "")}: {tokens.Issue(caller, SignInLife)}");
        }
    }

    private static async Task<int> FailAsync(Problem problem)
    {
        await Console.Error.WriteLineAsync(problem.Message);
        return ExitCode.Failure;
    }
}
