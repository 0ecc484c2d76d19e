using System.Text;
using Kangqiao.City.Content;
using Kangqiao.City.Facilities;
using Kangqiao.City.People;
using Kangqiao.City.Registry;
using Kangqiao.City.Sending;
using Kangqiao.City.Truths;
using Kangqiao.Kernel;

namespace Kangqiao.City;

/// <summary>
/// Builds a city: its registry, its institutions' files month by month, and the truth about both. The same ask gives the same
/// bytes on any number of threads; memory does not grow with the residents.
/// </summary>
public sealed class CityGenerator
{
    private const int FamiliesInBlock = 24;
    private readonly CityPlan city;
    private readonly ICitySink sink;
    private readonly int[] tally;
    private readonly StringBuilder plants = new();
    private long patients;
    private long units;
    private long mistakes;

    private CityGenerator(CityPlan city, ICitySink sink)
    {
        (this.city, this.sink) = (city, sink);
        tally = new int[city.Plants.All.Count];
    }

    /// <param name="contentFolder">content/city.</param>
    /// <param name="threads">How many families live at once.</param>
    /// <param name="progress">Told how many residents are done.</param>
    /// <returns>A problem where content is wrong or the size is not one of a city.</returns>
    public static async Task<Outcome<CitySummary>> RunAsync(
        CityAsk ask, string contentFolder, ICitySink sink, int threads, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentNullException.ThrowIfNull(sink);
        if (ask.Residents is < 1 or > CityAsk.MostResidents)
        {
            return Problems.TooMany(CityAsk.MostResidents);
        }

        if (!CityContent.Load(contentFolder).Try(out var content, out var problem))
        {
            return problem;
        }

        try
        {
            return await new CityGenerator(new(content, ask), sink).RunAsync(Math.Max(1, threads), progress, cancel);
        }
        catch (TableException missing)
        {
            return missing.Problem;
        }
    }

    private async Task<CitySummary> RunAsync(int threads, IProgress<int>? progress, CancellationToken cancel)
    {
        foreach (var (path, header) in TruthFiles.Headers)
        {
            Append(path, header + "\n");
        }

        foreach (var (path, bytes) in RegistryWriter.Write(city))
        {
            sink.Append(path, bytes.Span);
        }

        WriteFacilities();
        await LiveAsync(threads, progress, cancel);
        foreach (var plant in city.Plants.All.Where(p => tally[p.Number] > 0 || p.Kind == "silent-institution"))
        {
            TruthFiles.Plant(plants, plant, tally[plant.Number]);
        }

        Append(TruthFiles.Plants, plants.ToString());
        sink.Complete();
        return new(city.Ask.Residents, city.Institutions.Count, patients, units, mistakes, city.Plants.All.Count);
    }

    private void WriteFacilities()
    {
        var readings = new FacilityReadings(city, tally);
        using var writer = new FacilityWriter();
        foreach (var institution in city.Institutions)
        {
            var outbox = new Outbox();
            foreach (var reading in readings.Of(institution))
            {
                writer.Write(reading, outbox);
            }

            Take(outbox);
        }
    }

    /// <summary>Blocks are made side by side and taken in order: a few more are begun than there are threads, never all.</summary>
    private async Task LiveAsync(int threads, IProgress<int>? progress, CancellationToken cancel)
    {
        var makers = new System.Collections.Concurrent.ConcurrentBag<BlockMaking>();
        var running = new Queue<(BlockAsk Ask, Task<FamilyBlock> Task)>();
        try
        {
            foreach (var ask in Blocks())
            {
                cancel.ThrowIfCancellationRequested();
                running.Enqueue((ask, Task.Run(() => Make(ask), cancel)));
                if (running.Count >= threads)
                {
                    await TakeAsync();
                }
            }

            while (running.Count > 0)
            {
                await TakeAsync();
            }
        }
        finally
        {
            await Task.WhenAll(running.Select(r => r.Task)).ContinueWith(static _ => { }, TaskScheduler.Default);
            foreach (var maker in makers)
            {
                maker.Dispose();
            }
        }

        FamilyBlock Make(BlockAsk ask)
        {
            var maker = makers.TryTake(out var idle) ? idle : new BlockMaking(city);
            var block = maker.Make(ask);
            makers.Add(maker);
            return block;
        }

        async Task TakeAsync()
        {
            var (ask, task) = running.Dequeue();
            Take(await task);
            progress?.Report(ask.FirstPerson + ask.Persons);
        }
    }

    /// <summary>Families in a row until the city is full; the last family is cut to what room there is.</summary>
    private IEnumerable<BlockAsk> Blocks()
    {
        var (family, person) = (0L, 0);
        while (person < city.Ask.Residents)
        {
            var (first, firstPerson) = (family, person);
            while (family - first < FamiliesInBlock && person < city.Ask.Residents)
            {
                person += FamilyPlan.Of(city.Ask, family++).Count;
            }

            person = Math.Min(person, city.Ask.Residents);
            yield return new(first, (int)(family - first), firstPerson, person - firstPerson);
        }
    }

    private void Take(FamilyBlock block)
    {
        Take(block.Outbox);
        Append(TruthFiles.Persons, block.Persons.ToString());
        Append(TruthFiles.Records, block.Records.ToString());
        Append(TruthFiles.Mistakes, block.Mistakes.ToString());
        var twice = new StringBuilder();
        block.Tally.Duplicates.ForEach(d => TruthFiles.Plant(twice, d));
        Append(TruthFiles.Plants, twice.ToString());
        for (var i = 0; i < tally.Length; i++)
        {
            tally[i] += block.Tally.Counts[i];
        }

        patients += block.Patients;
        mistakes += block.MistakeCount;
    }

    private void Take(Outbox outbox)
    {
        foreach (var (path, bytes) in outbox.Files)
        {
            sink.Append(path, bytes.WrittenSpan);
        }

        units += outbox.Units;
    }

    private void Append(string path, string text)
    {
        if (text.Length > 0)
        {
            sink.Append(path, Encoding.UTF8.GetBytes(text));
        }
    }
}
