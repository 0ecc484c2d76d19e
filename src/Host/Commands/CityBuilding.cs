using Kangqiao.City;
using Kangqiao.Kernel;

namespace Kangqiao.Host.Commands;

/// <summary>Building a synthetic city with the tables that the program has beside it, for <c>city</c> and <c>demo</c>.</summary>
internal static class CityBuilding
{
    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    /// <summary>The day it is in the city.</summary>
    public static DateOnly Today(TimeProvider time) => DateOnly.FromDateTime(time.GetUtcNow().ToOffset(China).DateTime);

    public static async Task<Outcome<(CitySummary City, long Bytes)>> RunAsync(CityAsk ask, string folder, CancellationToken cancel)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            return new Problem("HST030", ProblemKind.Conflict, $"{folder} is not empty: name a new folder, so that two cities do not mix.");
        }

        var sink = new FolderSink(folder);
        var built = await CityGenerator.RunAsync(
            ask, Path.Combine(AppContext.BaseDirectory, "content", "city"), sink, Environment.ProcessorCount, new ProgressLine("residents", ask.Residents), cancel);
        await Console.Error.WriteLineAsync();
        return built.Then<(CitySummary, long)>(city => (city, sink.Bytes));
    }
}
