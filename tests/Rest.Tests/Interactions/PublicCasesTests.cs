using System.Text.Json;

namespace Kangqiao.Rest.Tests.Interactions;

/// <summary>The public search cases, asked over HTTP.</summary>
public sealed class PublicCasesTests
{
    private const string UnitIsACode =
        "R4 search.html#quantity: with a system the unit is a code; only the written unit of the record is the same.";

    private const string FivePatients =
        "The data beside the case has five patients, all with \"active\"; the server that gave the number held a sixth.";

    private const string Composite = "Observation?code-value-quantity=http://loinc.org|29463-7,urn:iso:std:iso:11073:10101|152584"
        + "$185|http://unitsofmeasure.org|[lb_av],820|urn:iso:std:iso:11073:10101|265201";

    // Where the public server's answer is not the specification's, or not from this data. -1: refused.
    private static readonly Dictionary<string, (int Matches, string Clause)> Otherwise = new(StringComparer.Ordinal)
    {
        [Composite] = (-1, "R4 search.html#combining: alternatives of a composite are whole, \"characteristic-value=gender$mixed,owner$john-smith\"."),
        ["Patient?_id:not=example"] = (4, FivePatients),
        ["Patient?active:missing=true"] = (0, FivePatients),
        ["Observation?value-quantity=185|http://unitsofmeasure.org|lbs"] = (0, UnitIsACode),
        ["Observation?value-quantity=820|urn:iso:std:iso:11073:10101|cL/s"] = (0, UnitIsACode),
        ["Observation?value-quantity=820|urn:iso:std:iso:11073:10101|cl/s"] = (0, UnitIsACode),
    };

    [Fact]
    public async Task The_public_search_cases_hold_over_http()
    {
        var folder = Folder();
        Assert.SkipUnless(Directory.Exists(folder), "The public suites are not beside the project.");
        await using var server = new RestServer();
        await server.InitializeAsync();
        var own = new List<string>();
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "data"), "*.json"))
        {
            var json = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            var resource = JsonDocument.Parse(json).RootElement;
            var type = resource.GetProperty("resourceType").GetString()!;
            if (type == "SearchParameter")
            {
                own.Add(resource.GetProperty("code").GetString()!);
                continue;
            }

            var reply = await server.PutAsync($"{type}/{resource.GetProperty("id").GetString()}", json);
            reply.Status.ShouldBe(201, $"{file}: {reply.Text}");
        }

        var wrong = new List<string>();
        var asked = 0;
        using var cases = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "cases.json"), TestContext.Current.CancellationToken));
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            var query = item.GetProperty("query").GetString()!;

            // Parameters of a server's own are proven where plans can have them: tests/Store.Tests/Queries/PublicCasesTests.
            if (own.Exists(code => query.Contains(code, StringComparison.Ordinal)))
            {
                continue;
            }

            asked++;
            var due = Otherwise.TryGetValue(query, out var specification) ? specification.Matches : item.GetProperty("matches").GetInt32();
            var entries = item.TryGetProperty("entries", out var all) ? all.GetInt32() : due;
            var reply = await server.GetAsync(query + (query.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "_total=accurate&_count=100");
            var isRight = due < 0
                ? reply.Status == 400
                : reply.Status == 200 && (int?)reply.Json["total"] == due && (reply.Json["entry"]?.AsArray().Count ?? 0) == entries;
            if (!isRight)
            {
                wrong.Add($"{query}: {reply.Status}, total {(reply.Status == 200 ? reply.Json["total"] : "")} of {due}, entries of {entries}");
            }
        }

        wrong.ShouldBeEmpty($"{wrong.Count} of {asked}");
        asked.ShouldBeGreaterThan(38);
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Kangqiao.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "..", "shared", "conformance", "search");
    }
}
