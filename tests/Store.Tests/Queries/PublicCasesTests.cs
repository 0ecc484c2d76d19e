using System.Text.Json;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Tests.Contract;

namespace Kangqiao.Store.Tests.Queries;

/// <summary>The public search cases, answered by the store: chains, _has, includes and compartments too.</summary>
public sealed class PublicCasesTests
{
    private const string CommaIsOr =
        "R4 search.html#combining: alternatives of a composite are whole, \"characteristic-value=gender$mixed,owner$john-smith\".";

    private const string FivePatients =
        "The data beside the case has five patients, all with \"active\"; the server that gave the number held a sixth.";

    private const string UnitIsACode =
        "R4 search.html#quantity: with a system the unit is a code; only the written unit of the record is the same.";

    private const string Composite = "Observation?code-value-quantity=http://loinc.org|29463-7,urn:iso:std:iso:11073:10101|152584"
        + "$185|http://unitsofmeasure.org|[lb_av],820|urn:iso:std:iso:11073:10101|265201";

    private static string Folder { get; } = Path.Combine(Project.Conformance, "search");

    // Where the public server's answer is not the specification's, or not from this data. -1: refused.
    private static readonly Dictionary<string, (int Matches, string Clause)> Otherwise = new(StringComparer.Ordinal)
    {
        [Composite] = (-1, CommaIsOr),
        ["Patient?_id:not=example"] = (4, FivePatients),
        ["Patient?active:missing=true"] = (0, FivePatients),
        ["Observation?value-quantity=185|http://unitsofmeasure.org|lbs"] = (0, UnitIsACode),
        ["Observation?value-quantity=820|urn:iso:std:iso:11073:10101|cL/s"] = (0, UnitIsACode),
        ["Observation?value-quantity=820|urn:iso:std:iso:11073:10101|cl/s"] = (0, UnitIsACode),
    };

    [Fact]
    public async Task The_public_search_cases_hold()
    {
        Assert.SkipUnless(Directory.Exists(Folder), "The public suites are not beside the project.");
        var files = Directory.GetFiles(Path.Combine(Folder, "data"), "*.json").Select(File.ReadAllBytes).ToList();
        var own = files.Select(f => FhirDocument.Read(f, new FindingList()).Root)
            .Where(r => r.Type.Name == "SearchParameter")
            .Select(r => SearchParameter.Of(r).Must())
            .ToList();
        await using var house = await SearchHouse.OpenAsync(own);
        await house.AddAsync(files);

        var wrong = new List<string>();
        using var cases = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Folder, "cases.json"), TestContext.Current.CancellationToken));
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            var query = item.GetProperty("query").GetString()!;
            var due = Otherwise.TryGetValue(query, out var specification) ? specification.Matches : item.GetProperty("matches").GetInt32();
            var entries = item.TryGetProperty("entries", out var all) ? all.GetInt32() : due;
            var answer = await AskAsync(house, query);
            var found = answer is null ? -1 : answer.Entries.Count(e => e.IsMatch);
            if (found != due || (due >= 0 && (answer!.Entries.Count != entries || answer.Total != due)))
            {
                wrong.Add($"{query}: {found} of {due}, entries {answer?.Entries.Count} of {entries}, total {answer?.Total}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    private static async Task<SearchAnswer?> AskAsync(SearchHouse house, string query)
    {
        CompartmentAsk? compartment = null;
        if (query.Split('?')[0].Split('/') is [var type, var id, var searched])
        {
            compartment = new(type, [id]);
            query = searched + query[query.IndexOf('?', StringComparison.Ordinal)..];
        }

        var outcome = await house.TryAsync(query + "&_total=accurate", compartment: compartment);
        return outcome.IsSuccess ? outcome.Value : null;
    }
}
