using System.Diagnostics;
using System.Globalization;
using Kangqiao.Bench.Kernel;
using Kangqiao.City;

namespace Kangqiao.Bench.City;

/// <summary>
/// A city of a million made as a stream, its bytes counted and let go: how fast, and that what the process holds does not grow
/// with the residents. Fails if the second half of the way ever holds a quarter more than the first half did: what is resident sways
/// with the collector's moods, by a third and more.
/// </summary>
internal static class CityCommand
{
    private const int Steps = 10;

    public static async Task<int> RunAsync(Options options)
    {
        var residents = (int)options.Number("residents", 1_000_000);
        using var log = options.Text("out") is { } file ? new StreamWriter(file) : null;
        var ask = new CityAsk(residents, options.Number("seed", 1), new DateOnly(2026, 6, 30));
        var sink = new CountingSink();
        var watch = Stopwatch.StartNew();
        var steps = new StepLog(residents, watch, sink, Say);
        Say(Machine.Describe());
        Say(string.Create(CultureInfo.InvariantCulture, $"{residents} residents, seed {ask.Seed}, as of {ask.AsOf:yyyy-MM-dd}, {Environment.ProcessorCount} threads; written to a counter"));
        var content = Path.Combine(AppContext.BaseDirectory, "content", "city");
        var built = await CityGenerator.RunAsync(ask, content, sink, Environment.ProcessorCount, steps);
        if (!built.Try(out var city, out var problem))
        {
            Say(problem.Message);
            return 2;
        }

        using var process = Process.GetCurrentProcess();
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{city.Units} records, {city.Patients} source patients, {city.Institutions} institutions, {sink.Bytes / 1e9:0.00} GB in {watch.Elapsed.TotalSeconds:0} s: {residents / watch.Elapsed.TotalSeconds:0} residents/s, {city.Units / watch.Elapsed.TotalSeconds:0} records/s; peak {process.PeakWorkingSet64 / 1_000_000} MB"));
        var half = steps.Resident.Count / 2;
        var flat = half == 0 || steps.Resident.Skip(half).Max() <= steps.Resident.Take(half).Max() * 1.25;
        Say(flat ? "memory is flat" : "memory has grown");
        return flat ? 0 : 1;

        void Say(string line)
        {
            Console.WriteLine(line);
            log?.WriteLine(line);
            log?.Flush();
        }
    }

    private sealed class StepLog(int residents, Stopwatch watch, CountingSink sink, Action<string> say) : IProgress<int>
    {
        public List<long> Resident { get; } = [];

        public void Report(int value)
        {
            if ((long)value * Steps / residents <= Resident.Count)
            {
                return;
            }

            Resident.Add(Environment.WorkingSet);
            say(string.Create(
                CultureInfo.InvariantCulture,
                $"{value,9} residents {watch.Elapsed.TotalSeconds,6:0} s {sink.Bytes / 1e9,7:0.00} GB, resident {Environment.WorkingSet / 1_000_000,5} MB"));
        }
    }
}
