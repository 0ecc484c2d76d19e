using System.Globalization;
using System.Text.Json;
using Kangqiao.City;
using Kangqiao.Host.Commands;
using Kangqiao.Host.Loading;
using Kangqiao.Ingest.Mapping;
using Kangqiao.Store;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Ingest.Tests.Persons;

/// <summary>A whole synthetic city through the real door, and the residents that come of it against the truth.</summary>
public sealed class CityTruthTests(ITestOutputHelper output)
{
    private const int Residents = 2_000;

    [Fact]
    public async Task The_residents_of_a_city_are_who_they_are()
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("kangqiao-truth-").FullName;
        try
        {
            var city = Path.Combine(folder, "city");
            (await CityBuilding.RunAsync(new CityAsk(Residents, 7, new DateOnly(2026, 6, 30)), city, cancel)).Problem.ShouldBeNull();
            var data = Path.Combine(folder, "data");
            await using (var door = (await OwnDoor.OpenAsync(data, null, TimeProvider.System, cancel)).Value)
            {
                (await new Loader(door, TextWriter.Null).RunAsync(LoadPlan.Of([city]), null, cancel)).Problem.ShouldBeNull();
            }

            var residentOf = await LinksAsync(data, cancel);
            var truth = await TruthAsync(city, residentOf.Keys.ToHashSet(StringComparer.Ordinal), cancel);
            var (right, made, due) = Count(truth, residentOf);
            var (precision, recall) = (right / (double)made, right / (double)due);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Residents} residents, {truth.Count} source patients, {residentOf.Values.Distinct().Count()} persons of {truth.Values.Distinct().Count()}: pairs precision {precision:0.0000}, recall {recall:0.0000} ({right} right, {made - right} wrong, {due - right} missed)"));
            truth.Count.ShouldBeGreaterThan(Residents);
            precision.ShouldBeGreaterThanOrEqualTo(0.998);
            recall.ShouldBeGreaterThanOrEqualTo(0.985);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>For each source Patient, its Person.</summary>
    private static async Task<Dictionary<string, string>> LinksAsync(string data, CancellationToken cancel)
    {
        await using var records = (await RecordStores.Maker(data, null, TimeProvider.System).OpenAsync(cancel)).Value;
        var links = new Dictionary<string, string>(StringComparer.Ordinal);
        long? after = null;
        do
        {
            var page = (await records.SearchAsync(new SearchAsk(TypeTerms.AllOf("Person")) { After = after, Limit = 1000, WithRecords = true }, cancel)).Value;
            foreach (var person in page.Records)
            {
                using var json = JsonDocument.Parse(person.Body);
                if (json.RootElement.TryGetProperty("link", out var list))
                {
                    foreach (var target in list.EnumerateArray().Select(l => l.GetProperty("target").GetProperty("reference").GetString()!).Where(t => t.StartsWith("Patient/", StringComparison.Ordinal)))
                    {
                        links.Add(target["Patient/".Length..], person.Key.Id);
                    }
                }
            }

            after = page.HasMore ? page.Numbers[^1] : null;
        }
        while (after is not null);
        return links;
    }

    /// <summary>For each source Patient that is stored, who it is.</summary>
    private static async Task<Dictionary<string, string>> TruthAsync(string city, HashSet<string> stored, CancellationToken cancel)
    {
        var truth = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in (await File.ReadAllLinesAsync(Path.Combine(city, "truth", "records.csv"), cancel)).Skip(1))
        {
            if (line.Split(',') is not [var institution, "Patient", var id, var person])
            {
                continue;
            }

            // In FHIR the source's id, in HL7 v2 and CDA the number of the institution's system.
            var names = new SenderNames(institution);
            var number = id.StartsWith("pt", StringComparison.Ordinal) ? id[2..] : id;
            foreach (var key in (string[])[$"Patient/{id}", id, SourceKey.Patient(number), SourceKey.Patient(id), SourceKey.Identifier("", id)])
            {
                if (names.IdOf("Patient", key) is var name && stored.Contains(name))
                {
                    truth[name] = person;
                }
            }
        }

        return truth;
    }

    /// <summary>Pairs that are right, that were made, that were due.</summary>
    private static (long Right, long Made, long Due) Count(Dictionary<string, string> truth, Dictionary<string, string> residentOf)
    {
        var both = truth.GroupBy(t => (t.Value, residentOf[t.Key])).Sum(g => Pairs(g.Count()));
        return (both, truth.GroupBy(t => residentOf[t.Key], StringComparer.Ordinal).Sum(g => Pairs(g.Count())), truth.GroupBy(t => t.Value, StringComparer.Ordinal).Sum(g => Pairs(g.Count())));
    }

    private static long Pairs(long n) => n * (n - 1) / 2;
}
