using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Store.Tests.Contract;

namespace Kangqiao.Store.Tests.Queries;

/// <summary>Records of twelve synthetic patients: how many terms they cost, and that any combination of conditions is answered right.</summary>
public sealed class SyntheaTests(ITestOutputHelper output)
{
    private static string Folder { get; } = Path.Combine(Project.Conformance, "synthea");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    public async Task Random_combinations_of_conditions_find_what_looking_at_each_record_finds(int postgresPlaces)
    {
        await using var house = await OpenAsync(postgresPlaces == 0 ? null : await Postgres.PostgresPlace.NewAsync(postgresPlaces));
        var random = new Random(20261122);
        var numbers = await house.NumbersByKeyAsync();
        var wrong = new List<string>();
        foreach (var group in house.Values.GroupBy(v => v.Key.Type, StringComparer.Ordinal))
        {
            var records = group.ToList();
            var plan = records[0].Value.Plan;
            for (var round = 0; round < 60; round++)
            {
                var asked = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Condition(records[random.Next(records.Count)].Value, random)).ToList();
                var parameters = asked.ConvertAll(a => new KeyValuePair<string, string>(a.Name, a.Value));
                var clauses = parameters.ConvertAll(p => SearchClause.Parse(plan, p.Key, p.Value, SearchHouse.Context).Must());
                var right = records.Where(r => clauses.TrueForAll(c => c.Matches(r.Value))).Select(r => numbers[r.Key]).Order().ToList();
                var found = await house.NumbersAsync(group.Key, parameters);
                if (!found.SequenceEqual(right))
                {
                    wrong.Add($"{group.Key}?{string.Join('&', parameters.Select(p => $"{p.Key}={p.Value}"))}: found {found.Count}, right {right.Count}");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_observation_has_about_thirty_terms()
    {
        await using var house = await OpenAsync();
        output.WriteLine("| type | records | terms | bytes of terms |\n|---|--:|--:|--:|");
        foreach (var (type, (records, terms, bytes)) in house.Written.OrderByDescending(w => w.Value.Records))
        {
            output.WriteLine($"| {type} | {records} | {(double)terms / records:F1} | {bytes / records} |");
        }

        var all = house.Written.Values.ToList();
        var total = all.Sum(w => w.Records);
        output.WriteLine($"| all | {total} | {(double)all.Sum(w => w.Terms) / total:F1} | {all.Sum(w => w.Bytes) / total} |");
        var (observations, count, _) = house.Written["Observation"];
        ((double)count / observations).ShouldBeLessThan(50);
    }

    internal static async Task<SearchHouse> OpenAsync(IStorePlace? place = null)
    {
        Assert.SkipUnless(Directory.Exists(Folder), "The public suites are not beside the project.");
        var house = await SearchHouse.OpenAsync(place ?? new Sqlite.SqlitePlace());
        await house.AddAsync(Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal).Take(4).SelectMany(Resources));
        return house;
    }

    /// <summary>The bundle's resources with its urn:uuid references resolved to the entries' own ids.</summary>
    private static IEnumerable<byte[]> Resources(string file)
    {
        var bundle = JsonNode.Parse(File.ReadAllText(file))!;
        var entries = bundle["entry"]!.AsArray();
        var text = bundle.ToJsonString();
        foreach (var entry in entries)
        {
            var resource = entry!["resource"]!;
            var url = entry["fullUrl"]!.GetValue<string>();
            text = text.Replace($"\"{url}\"", $"\"{resource["resourceType"]}/{resource["id"]}\"", StringComparison.Ordinal);
        }

        foreach (var entry in JsonNode.Parse(text)!["entry"]!.AsArray())
        {
            yield return Encoding.UTF8.GetBytes(entry!["resource"]!.ToJsonString(JsonSerializerOptions.Default));
        }
    }

    private static (string Name, string Value) Condition(IndexValues values, Random random)
    {
        var questions = ValueQuestions.Of(values);
        var (name, value) = questions[random.Next(questions.Count)];
        var parameter = values.Plan.Parameters[values.Plan.Find(name.Split(':')[0])];
        var isPlain = !name.Contains(':', StringComparison.Ordinal);
        return (parameter.Type, random.Next(4)) switch
        {
            (Fhir.Facts.SearchType.Token, 0) when isPlain => (name + ":not", value),
            (_, 1) when isPlain => (name + ":missing", random.Next(2) == 0 ? "true" : "false"),
            (Fhir.Facts.SearchType.Date or Fhir.Facts.SearchType.Quantity or Fhir.Facts.SearchType.Number, _) when isPlain => (name, Prefixes[random.Next(Prefixes.Length)] + WithoutPrefix(value)),
            (_, 2) => (name, value + "," + questions.Where(q => q.Item1 == name).Select(q => q.Item2).First()),
            _ => (name, value),
        };
    }

    private static readonly string[] Prefixes = ["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"];

    private static string WithoutPrefix(string value) => char.IsAsciiLetterLower(value[0]) ? value[2..] : value;
}
