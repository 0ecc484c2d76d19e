using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Kangqiao.City.Content;
using Kangqiao.City.Lives;
using Kangqiao.City.People;

namespace Kangqiao.City.Tests;

/// <summary>A city kept in memory, file by file.</summary>
internal sealed class MemorySink : ICitySink
{
    private readonly Dictionary<string, ArrayBufferWriter<byte>> files = new(StringComparer.Ordinal);

    public IEnumerable<string> Paths => files.Keys;

    public ReadOnlyMemory<byte> this[string path] => files[path].WrittenMemory;

    public void Append(string path, ReadOnlySpan<byte> bytes)
    {
        if (!files.TryGetValue(path, out var file))
        {
            files[path] = file = new();
        }

        file.Write(bytes);
    }

    public void Complete()
    {
    }

    public string[] Lines(string path) => Encoding.UTF8.GetString(this[path].Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A table of truth without its header.</summary>
    public string[][] Truth(string name) => [.. Lines($"truth/{name}.csv").Skip(1).Select(l => l.Split(','))];
}

/// <summary>Cities that several tests look at, each built once.</summary>
internal static class Cities
{
    public static readonly DateOnly AsOf = new(2026, 6, 30);
    public static readonly string ContentFolder = Path.Combine(AppContext.BaseDirectory, "content", "city");
    private static readonly ConcurrentDictionary<(int, long), Lazy<Task<MemorySink>>> Built = new();
    private static readonly Lazy<(CityPlan City, List<(List<Person> Family, List<Happening> Happenings, FamilyTally Tally)> Families)> LivedOnce = new(Live);

    /// <summary>Three thousand people as they are, before anybody writes them down.</summary>
    public static (CityPlan City, List<(List<Person> Family, List<Happening> Happenings, FamilyTally Tally)> Families) Lived => LivedOnce.Value;

    public static IEnumerable<Person> People => Lived.Families.SelectMany(f => f.Family);

    public static IEnumerable<Visit> Visits => Lived.Families.SelectMany(f => f.Happenings).OfType<Visit>();

    public static Task<MemorySink> Of(int residents, long seed) =>
        Built.GetOrAdd((residents, seed), key => new(() => Build(key.Item1, key.Item2, 2))).Value;

    public static async Task<MemorySink> Build(int residents, long seed, int threads)
    {
        var sink = new MemorySink();
        var built = await CityGenerator.RunAsync(new(residents, seed, AsOf), ContentFolder, sink, threads);
        built.Problem.ShouldBeNull();
        built.Value.Residents.ShouldBe(residents);
        return sink;
    }

    public static CityPlan Plan(int residents, long seed = 1) => new(CityContent.Load(ContentFolder).Value, new(residents, seed, AsOf));

    private static (CityPlan City, List<(List<Person> Family, List<Happening> Happenings, FamilyTally Tally)> Families) Live()
    {
        var city = Plan(3000);
        var families = new List<(List<Person>, List<Happening>, FamilyTally)>();
        for (var (family, person) = (0L, 0); person < 3000; family++)
        {
            var members = city.Families.Make(family, person, 3000 - person);
            var tally = new FamilyTally(city.Plants.All.Count);
            families.Add((members, FamilyLife.Live(city, members, tally), tally));
            person += members.Count;
        }

        return (city, families);
    }
}
