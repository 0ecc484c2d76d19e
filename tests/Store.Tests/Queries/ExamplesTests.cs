using System.Diagnostics;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Store.Tests.Queries;

/// <summary>Issue 3's claim: every search value that a published example carries finds it again.</summary>
public sealed class ExamplesTests(ITestOutputHelper output)
{
    // Thousands of concepts of one code system, or of value sets with the same publisher, are all of one kind.
    private const int MostOfOneRecord = 20;
    private const int MostOfAType = 200;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_published_example_is_found_by_each_search_value_it_carries_and_by_no_other_meaning(bool onPostgres)
    {
        Assert.SkipUnless(Directory.Exists(Project.Examples), "The published examples are not restored.");
        await using var house = await SearchHouse.OpenAsync(onPostgres ? await Postgres.PostgresPlace.NewAsync(places: 1) : new Sqlite.SqlitePlace());
        await house.AddAsync(Directory.GetFiles(Project.Examples, "*-*.json").Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
        var numbers = await house.NumbersByKeyAsync();
        var watch = Stopwatch.StartNew();
        var asked = 0;
        var wrong = new List<string>();
        foreach (var group in house.Values.GroupBy(v => v.Key.Type, StringComparer.Ordinal))
        {
            var records = group.ToList();
            foreach (var ((name, value), carrier) in Questions(records))
            {
                asked++;
                var (found, clause) = await house.NumbersAsync(group.Key, name, value);
                var right = records.Where(r => clause.Matches(r.Value)).Select(r => numbers[r.Key]).Order().ToList();
                if (!found.SequenceEqual(right) || (IsItsOwn(value) && !found.Contains(numbers[carrier])))
                {
                    wrong.Add($"{group.Key}?{name}={value}: found {found.Count}, right {right.Count}, carrier {carrier.Id}");
                }
            }
        }

        output.WriteLine($"{house.Values.Count} records, {asked} questions, {watch.Elapsed.TotalSeconds:F1} s");
        wrong.Take(50).ShouldBeEmpty($"{wrong.Count} of {asked}");
        asked.ShouldBeGreaterThan(10_000);
    }

    // "Greater than its own value" finds others.
    private static bool IsItsOwn(string value) =>
        !value.StartsWith("gt", StringComparison.Ordinal) && !value.StartsWith("ne", StringComparison.Ordinal);

    /// <summary>Each value of each record, asked once; of large lists of the same kind the first ones of each record.</summary>
    private static IEnumerable<((string Name, string Value) Query, RecordKey Carrier)> Questions(
        List<KeyValuePair<RecordKey, IndexValues>> records)
    {
        var seen = new HashSet<(string, string)>();
        var forms = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (key, values) in records)
        {
            var counts = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var question in ValueQuestions.Of(values))
            {
                var isPlain = !question.Name.Contains(':', StringComparison.Ordinal);
                var count = counts[question.Name] = counts.GetValueOrDefault(question.Name) + 1;
                var asked = forms[question.Name] = forms.GetValueOrDefault(question.Name) + 1;
                if (count <= MostOfOneRecord && asked <= (isPlain ? MostOfAType : MostOfAType / 4) && seen.Add(question))
                {
                    yield return (question, key);
                }
            }
        }
    }
}
