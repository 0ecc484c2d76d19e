using System.Diagnostics;
using System.Globalization;
using Kangqiao.PatientIndex.Model;
using Kangqiao.PatientIndex.Online;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.Bench.Persons;

/// <summary>How fast somebody is found among a city's residents, and what a row holds.</summary>
internal static class MatchCommand
{
    private const double MostMilliseconds = 20;

    public static int Run(int residents, int records, int queries, ulong seed)
    {
        var model = MatchModel.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "content", "matching", "general", "model.json"))).Value;
        var people = new MadeUpPeople(seed, records);
        var index = new LiveIndex(model);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var began = Stopwatch.GetTimestamp();
        var asked = new List<(int Resident, PersonValues Says)>();
        for (var n = 0; n < residents; n++)
        {
            var resident = index.AddResident(new Guid(n, 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0).ToString("D"));
            var record = 0;
            foreach (var values in people.Next())
            {
                var row = index.Say(new Guid(n, 2, 0x7000, 0x80, (byte)record++, 0, 0, 0, 0, 0, 0).ToString("D"), values);
                index.Assign(row, resident);
                if (record == 1 && asked.Count < queries && people.Roll(Math.Max(1, residents / queries)) == 0)
                {
                    asked.Add((resident, people.Slipped(values)));
                }
            }
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var whole = GC.GetTotalMemory(forceFullCollection: true) - before;
        var times = new double[asked.Count];
        var first = 0;
        var compared = 0L;
        for (var i = 0; i < asked.Count; i++)
        {
            var (resident, says) = asked[i];
            var start = Stopwatch.GetTimestamp();
            var found = index.Ask(says, (_, likenesses) => likenesses);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            first += found.Count > 0 && index.ResidentOf(found[0].Row) == resident ? 1 : 0;
            compared += found.Count;
        }

        Array.Sort(times);
        string At(double share) => times[(int)(share * (times.Length - 1))].ToString("0.00", CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{residents} residents, {index.Count} rows built in {seconds:0.0} s; {whole / index.Count} bytes a row with all distinct values, {index.BytesOfRows / index.Count} without"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{times.Length} questions: p50 {At(0.5)} ms, p99 {At(0.99)} ms, longest {At(1)} ms; {compared / Math.Max(1, times.Length)} compared each; the right resident first in {100.0 * first / Math.Max(1, times.Length):0.0} %"));
        return times[(int)(0.99 * (times.Length - 1))] < MostMilliseconds ? 0 : 1;
    }
}
