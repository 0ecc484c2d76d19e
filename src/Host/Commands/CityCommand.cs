using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Kangqiao.City;

namespace Kangqiao.Host.Commands;

/// <summary><c>city</c>: the files that a synthetic city's institutions send, and the truth about them.</summary>
internal static class CityCommand
{
    public static Command Create()
    {
        var residents = Residents();
        var seed = Seed();
        var output = new Option<string>("--out") { Description = "A new or empty folder for its files", HelpName = "DIR", Required = true };
        var asOf = DayOption.AsOf();
        var command = new Command("city", "Write a synthetic city: what its institutions send, and who is who.") { residents, seed, output, asOf };
        command.SetAction((parsed, cancel) => RunAsync(
            new(parsed.GetRequiredValue(residents), parsed.GetRequiredValue(seed), parsed.GetValue(asOf) ?? CityBuilding.Today(TimeProvider.System)),
            parsed.GetRequiredValue(output),
            cancel));
        return command;
    }

    public static Option<int> Residents() => new("--residents") { Description = "How many people live in it", DefaultValueFactory = _ => 5000, HelpName = "N" };

    public static Option<long> Seed() => new("--seed") { Description = "Any number: another city of the same kind", DefaultValueFactory = _ => 1, HelpName = "S" };

    private static async Task<int> RunAsync(CityAsk ask, string folder, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        if (!(await CityBuilding.RunAsync(ask, folder, cancel)).Try(out var built, out var problem))
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return ExitCode.Failure;
        }

        var (city, bytes) = built;
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{city.Residents} residents, {city.Institutions} institutions, {city.Patients} patients, {city.Units} records, {city.Mistakes} mistakes, {city.Plants} plants, {bytes / 1_000_000.0:0.0} MB in {watch.Elapsed.TotalSeconds:0.0} s"));
        return ExitCode.Yes;
    }
}
