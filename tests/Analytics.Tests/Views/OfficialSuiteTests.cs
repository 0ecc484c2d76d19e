using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Analytics.Rows;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Analytics.Tests.Views;

/// <summary>
/// The official SQL on FHIR suite, whole. A case we fail stands in <see cref="KnownFailures"/> with its reason and must fail: once it
/// passes, the entry has to go.
/// </summary>
public sealed class OfficialSuiteTests
{
    private static readonly Dictionary<string, string> KnownFailures = new(StringComparer.Ordinal);

    private static readonly string Folder = Path.Combine(Conformance.Folder, "sql-on-fhir");

    public static TheoryData<string, string> All()
    {
        var data = new TheoryData<string, string>();
        string[] files = Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.json") : [];
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            foreach (var test in JsonNode.Parse(File.ReadAllBytes(file))!["tests"]!.AsArray())
            {
                data.Add(Path.GetFileName(file), test!["title"]!.GetValue<string>());
            }
        }

        if (data.Count == 0)
        {
            data.Add("", "(the suite is not here)");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_case_of_the_official_suite_gives_what_it_says(string file, string title)
    {
        Assert.SkipUnless(file.Length > 0, title);
        var suite = JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, file)))!;
        var test = suite["tests"]!.AsArray().Single(t => t!["title"]!.GetValue<string>() == title)!;
        var wrong = Run(suite["resources"]!.AsArray(), test);
        if (KnownFailures.TryGetValue($"{file}: {title}", out var reason))
        {
            wrong.ShouldNotBeNull($"{file}: {title} passes now; take it off the list ({reason}).");
        }
        else
        {
            wrong.ShouldBeNull();
        }
    }

    /// <summary>Null if all is as it should be.</summary>
    private static string? Run(JsonArray resources, JsonNode test)
    {
        var mustFail = test["expectError"]?.GetValue<bool>() == true;
        var findings = new FindingList();
        if (View.Read(Encoding.UTF8.GetBytes(test["view"]!.ToJsonString()), findings) is not { } view)
        {
            return mustFail ? null : string.Join('\n', findings.Items);
        }

        using var output = new MemoryStream();
        using var format = new JsonRows(view.Columns, output, isLines: false);
        var runner = new ViewRunner(view);
        var batch = format.NewBatch();
        foreach (var resource in resources)
        {
            var document = FhirDocument.Read(Encoding.UTF8.GetBytes(resource!.ToJsonString()), new FindingList());
            document.IsUsable.ShouldBeTrue();
            if (!runner.Run(document.Root, batch))
            {
                return mustFail ? null : runner.Problem!.Message;
            }
        }

        if (mustFail)
        {
            return $"made {batch.Rows} rows, but should have failed";
        }

        format.Write(batch);
        format.Finish();
        if (test["expectColumns"] is { } columns && !columns.AsArray().Select(c => c!.GetValue<string>()).SequenceEqual(view.Columns.Select(c => c.Name), StringComparer.Ordinal))
        {
            return $"columns are {string.Join(", ", view.Columns.Select(c => c.Name))}";
        }

        var wanted = Lines(test["expect"]!.AsArray());
        var got = Lines(JsonNode.Parse(output.ToArray())!.AsArray());
        return wanted.SequenceEqual(got, StringComparer.Ordinal) ? null : $"wanted\n{string.Join('\n', wanted)}\ngot\n{string.Join('\n', got)}";
    }

    /// <summary>Rows have no order, their columns have none either: each row with its names sorted, then all rows sorted.</summary>
    private static List<string> Lines(JsonArray rows) =>
    [
        .. rows.Select(row => string.Join(
                ", ", row!.AsObject().OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}: {Canonical(p.Value)}")))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>1.50 is 1.5 to the suite.</summary>
    private static string Canonical(JsonNode? value) =>
        value is JsonValue number && number.GetValueKind() == JsonValueKind.Number
            ? number.GetValue<decimal>().ToString("0.############################", System.Globalization.CultureInfo.InvariantCulture)
            : value?.ToJsonString() ?? "null";
}
