using System.Diagnostics;
using Kangqiao.Fhir.Search;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Tests.Contract;

namespace Kangqiao.Store.Tests.Queries;

/// <summary>Issue 3's claim: every search value that a published example carries finds it again.</summary>
public sealed class ExamplesTests(ITestOutputHelper output)
{
    /// <summary>Values of one parameter that are asked: the rest of a code system's thousands are of the same kind.</summary>
    private const int MostValues = 60;

    [Fact]
    public async Task Every_published_example_is_found_by_each_search_value_it_carries_and_by_no_other_meaning()
    {
        Assert.SkipUnless(Directory.Exists(Project.Examples), "The published examples are not restored.");
        await using var house = await SearchHouse.OpenAsync();
        await house.AddAsync(Directory.GetFiles(Project.Examples, "*-*.json").Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
        var watch = Stopwatch.StartNew();
        var asked = 0;
        var wrong = new List<string>();
        foreach (var group in house.Values.GroupBy(v => v.Key.Type, StringComparer.Ordinal))
        {
            var records = group.ToList();
            foreach (var (query, carrier) in Questions(group.Key, records))
            {
                asked++;
                var clause = SearchRequestParser.Parse(
                    house.Book, group.Key, [new(query.Name, query.Value)], SearchHouse.Context, SearchOptions.Default with { LargestPage = 10_000 });
                if (!clause.Try(out var request, out var problem))
                {
                    wrong.Add($"{group.Key}?{query.Name}={query.Value}: {problem.Message}");
                    continue;
                }

                request.Count = 10_000;
                var parsed = request.Asks[0].Clauses[0];
                var right = records.Where(r => parsed.Matches(r.Value)).Select(r => r.Key.Id).ToHashSet(StringComparer.Ordinal);
                var answer = await new SearchPlanner(house.Store, house.Book, house.Clock).SearchAsync(request, ReaderPredicate.Platform, TestContext.Current.CancellationToken).Must();
                var found = answer.Entries.Select(e => e.Record.Key.Id).ToHashSet(StringComparer.Ordinal);
                var isItsOwn = !query.Value.StartsWith("gt", StringComparison.Ordinal) && !query.Value.StartsWith("ne", StringComparison.Ordinal);
                if (!found.SetEquals(right) || (isItsOwn && !found.Contains(carrier)))
                {
                    wrong.Add($"{group.Key}?{query.Name}={query.Value}: found {found.Count}, right {right.Count}, {carrier} {found.Contains(carrier)}");
                }
            }
        }

        output.WriteLine($"{house.Values.Count} records, {asked} questions, {watch.Elapsed.TotalSeconds:F1} s");
        wrong.Take(50).ShouldBeEmpty($"{wrong.Count} of {asked}");
        asked.ShouldBeGreaterThan(20_000);
    }

    private static IEnumerable<((string Name, string Value) Query, string Carrier)> Questions(
        string type, List<KeyValuePair<RecordKey, IndexValues>> records)
    {
        var seen = new HashSet<(string, string)>();
        foreach (var (key, values) in records)
        {
            var counts = new Dictionary<int, int>();
            foreach (var question in ValueQuestions.Of(values))
            {
                var position = values.Plan.Find(question.Name.Split(':')[0]);
                counts[position] = counts.GetValueOrDefault(position) + 1;
                if (counts[position] <= MostValues && seen.Add(question))
                {
                    yield return (question, key.Id);
                }
            }
        }
    }
}
