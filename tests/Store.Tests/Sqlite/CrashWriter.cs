using System.Globalization;
using Kangqiao.Store.Sqlite;
using Kangqiao.Store.Tests.Contract;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Sqlite;

/// <summary>
/// The child that is killed. Eight writers each put pairs, change a counter and delete the pair before last, and say
/// <c>ack WRITER ROUND</c> only when the store has answered.
/// </summary>
internal static class CrashWriter
{
    public const string Command = "--crash-writer";
    public const int Writers = 8;
    public const string Ready = "ready";

    public static async Task<int> RunAsync(string folder)
    {
        var opened = await new SqliteStoreMaker(new(folder), TimeProvider.System).OpenAsync();
        if (opened.Problem is { } problem)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 2;
        }

        await using var store = opened.Value;
        Console.WriteLine(Ready);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(store, writer))));
        return 0;
    }

    /// <summary>What one round of a writer leaves behind, all or none.</summary>
    public static WriteRequest Round(int writer, long round) => new(
    [
        Sample.Put($"left-{writer}-{round}", $"tobs tleft w{writer}r{round}", new('l', 200)),
        Sample.Put($"right-{writer}-{round}", $"tobs tright w{writer}r{round}", new('r', 200)),
        Sample.Put($"counter-{writer}", "tobs tcounter", round.ToString(CultureInfo.InvariantCulture)),
        new WriteOperation.Delete(Sample.Key($"left-{writer}-{round - 2}")),
        new WriteOperation.Delete(Sample.Key($"right-{writer}-{round - 2}")),
    ]);

    private static async Task WriteAsync(IRecordStore store, int writer)
    {
        // The counter's version is the round: each round writes it once.
        var counter = (await store.ReadAsync(Sample.Key($"counter-{writer}"))).Value;
        for (var round = (counter?.Version ?? 0) + 1; ; round++)
        {
            var outcome = await store.WriteAsync(Round(writer, round));
            if (outcome.IsSuccess)
            {
                Console.WriteLine($"ack {writer} {round}");
            }
        }
    }
}
