using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Kangqiao.City;

namespace Kangqiao.Host.Commands;

/// <summary><c>city</c>: the files that a synthetic city's institutions send, and the truth about them.</summary>
internal static class CityCommand
{
    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    public static Command Create()
    {
        var residents = new Option<int>("--residents") { Description = "How many people live in it", DefaultValueFactory = _ => 5000, HelpName = "N" };
        var seed = new Option<long>("--seed") { Description = "Any number: another city of the same kind", DefaultValueFactory = _ => 1, HelpName = "S" };
        var output = new Option<string>("--out") { Description = "A new or empty folder for its files", HelpName = "DIR", Required = true };
        var asOf = new Option<DateOnly?>("--as-of")
        {
            Description = "The day on which the records end; today if not given",
            HelpName = "DATE",
            CustomParser = result =>
            {
                if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                {
                    return day;
                }

                result.AddError("--as-of is a date such as 2026-06-30.");
                return null;
            },
        };
        var command = new Command("city", "Write a synthetic city: what its institutions send, and who is who.") { residents, seed, output, asOf };
        command.SetAction((parsed, cancel) => RunAsync(
            new(parsed.GetRequiredValue(residents), parsed.GetRequiredValue(seed), parsed.GetValue(asOf) ?? Today()), parsed.GetRequiredValue(output), cancel));
        return command;
    }

    private static DateOnly Today() => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().ToOffset(China).DateTime);

    private static async Task<int> RunAsync(CityAsk ask, string folder, CancellationToken cancel)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            await Console.Error.WriteLineAsync($"{folder} is not empty: name a new folder, so that two cities do not mix.");
            return ExitCode.Failure;
        }

        var watch = Stopwatch.StartNew();
        var sink = new FolderSink(folder);
        var built = await CityGenerator.RunAsync(
            ask, Path.Combine(AppContext.BaseDirectory, "content", "city"), sink, Environment.ProcessorCount, new ProgressLine("residents", ask.Residents), cancel);
        await Console.Error.WriteLineAsync();
        if (!built.Try(out var city, out var problem))
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return ExitCode.Failure;
        }

        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{city.Residents} residents, {city.Institutions} institutions, {city.Patients} patients, {city.Units} records, {city.Mistakes} mistakes, {city.Plants} plants, {sink.Bytes / 1_000_000.0:0.0} MB in {watch.Elapsed.TotalSeconds:0.0} s"));
        return ExitCode.Yes;
    }
}
