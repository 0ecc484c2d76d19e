using System.Text.Json;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;

namespace Kangqiao.Fhir.Tests.Search;

/// <summary>The public search cases, answered in memory.</summary>
public sealed class SearchCasesTests
{
    private const string UnitIsACode =
        "R4 search.html#quantity: with a system, \"mg is understood as a UCUM unit (system/code)\"; the record's code differs, only its written unit is the same.";

    private static string Folder { get; } = Path.Combine(Project.Conformance, "search");

    private const string CommaIsOr =
        "R4 search.html#combining: alternatives of a composite are whole, \"characteristic-value=gender$mixed,owner$john-smith\"; half of one is refused.";

    private const string FivePatients =
        "The data beside the case has five patients, all with \"active\"; the server that gave the number held a sixth.";

    // Needs other resources or the URL's path: the server's part.
    private static readonly Dictionary<string, string> ForTheServer = new(StringComparer.Ordinal)
    {
        ["Observation?_id=example&_include=Observation:patient"] = "_include adds other resources",
        ["Observation?subject.name=peter"] = "a chain looks into the patient",
        ["Observation?subject._id=example"] = "a chain looks into the patient",
        ["Patient?_has:Observation:subject:_id=blood-pressure"] = "_has looks into the observation",
        ["Patient/example/Observation?_id=blood-pressure"] = "a compartment is named in the path",
        ["Patient/not-a-patient/Observation?_id=blood-pressure"] = "a compartment is named in the path",
    };

    private const string Composite = "Observation?code-value-quantity=http://loinc.org|29463-7,urn:iso:std:iso:11073:10101|152584"
        + "$185|http://unitsofmeasure.org|[lb_av],820|urn:iso:std:iso:11073:10101|265201";

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

    public static TheoryData<string, int> Cases()
    {
        var cases = new TheoryData<string, int>();
        var file = Path.Combine(Folder, "cases.json");
        if (!File.Exists(file))
        {
            cases.Add("", 0);
            return cases;
        }

        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        foreach (var item in json.RootElement.EnumerateArray())
        {
            cases.Add(item.GetProperty("query").GetString()!, item.GetProperty("matches").GetInt32());
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_public_search_case_finds_as_many(string query, int matches)
    {
        Assert.SkipUnless(query.Length > 0, "The public suites are not beside the project.");
        Assert.SkipWhen(ForTheServer.TryGetValue(query, out var why), why ?? "");
        if (Otherwise.TryGetValue(query, out var specification))
        {
            specification.Matches.ShouldNotBe(matches, specification.Clause);
            matches = specification.Matches;
        }

        var (plan, resources) = Load(query[..query.IndexOf('?', StringComparison.Ordinal)]);
        var clauses = query[(query.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&')
            .Select(c => Asked.Read(plan, c))
            .ToList();
        clauses.TrueForAll(c => c.IsSuccess).ShouldBe(matches >= 0);
        if (matches < 0)
        {
            return;
        }

        resources.Count(r => clauses.TrueForAll(c => c.Value.Matches(r))).ShouldBe(matches);
    }

    private static (SearchPlan Plan, List<IndexValues> Resources) Load(string type)
    {
        var documents = Directory.GetFiles(Path.Combine(Folder, "data"))
            .Select(f => FhirDocument.Read(File.ReadAllBytes(f), new FindingList()).Root)
            .ToList();
        var own = documents.Where(d => d.Type.Name == "SearchParameter").Select(d => SearchParameter.Of(d).Value);
        var plan = SearchPlan.Of(type)!.With(own);
        var resources = new List<IndexValues>();
        foreach (var document in documents.Where(d => d.Type.Name == type))
        {
            var values = new IndexValues();
            plan.Index(document, values);
            resources.Add(values);
        }

        return (plan, resources);
    }
}
