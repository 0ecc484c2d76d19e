using System.Collections.Concurrent;
using System.Globalization;
using System.Xml.Linq;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Xml;

namespace Kangqiao.Fhir.Tests.FhirPath;

/// <summary>
/// The official FHIRPath suite for R4, whole. A case we fail stands in <see cref="KnownFailures"/> with its reason and must
/// fail: once it passes, the entry has to go.
/// </summary>
public sealed class OfficialSuiteTests
{
    private const string Absent = "(the suite is not here)";

    private static readonly Dictionary<string, string> KnownFailures = new(StringComparer.Ordinal);

    private static readonly string Folder = Path.Combine(Project.Conformance, "fhirpath");

    private static readonly Lazy<List<XElement>> Cases = new(() =>
    {
        var file = Path.Combine(Folder, "tests-fhir-r4.xml");
        return File.Exists(file) ? [.. XDocument.Load(file, LoadOptions.PreserveWhitespace).Descendants("test")] : [];
    });

    private static readonly ConcurrentDictionary<string, FhirDocument> Inputs = new(StringComparer.Ordinal);

    /// <summary>Some names come twice, so the place is the key.</summary>
    public static TheoryData<int, string> All()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < Cases.Value.Count; i++)
        {
            data.Add(i, Cases.Value[i].Attribute("name")!.Value);
        }

        if (data.Count == 0)
        {
            data.Add(-1, Absent);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_case_of_the_official_suite_gives_what_it_says(int place, string name)
    {
        Assert.SkipUnless(place >= 0, name);
        var wrong = Run(Cases.Value[place]);
        if (KnownFailures.TryGetValue(name, out var reason))
        {
            wrong.ShouldNotBeNull($"{name} passes now; take it off the list ({reason}).");
        }
        else
        {
            wrong.ShouldBeNull();
        }
    }

    /// <summary>Null if all is as it should be.</summary>
    private static string? Run(XElement test)
    {
        var expression = test.Element("expression")!;
        var mustFail = expression.Attribute("invalid") is not null;
        var focus = test.Attribute("inputfile") is { } file ? Inputs.GetOrAdd(file.Value, Read).Root : default;
        if (!FhirPathExpression.Compile(expression.Value, focus.Exists ? focus.Type : null).Try(out var compiled, out var problem))
        {
            return mustFail ? null : problem.Message;
        }

        var env = new FhirPathEnvironment();
        var results = new FhirPathResults();
        if (!compiled.Evaluate(focus, env, results))
        {
            return mustFail ? null : env.Problem!.Message;
        }

        if (mustFail)
        {
            return $"gave {results.Count} items, but should have failed: {(results.Count > 0 ? results[0].ToString() : string.Empty)}";
        }

        var outputs = test.Elements("output").ToList();
        if (test.Attribute("predicate")?.Value == "true")
        {
            return results.Count > 0 == (outputs[0].Value == "true") ? null : $"there are {results.Count} items";
        }

        return Compare(outputs, results, test.Attribute("ordered")?.Value != "false");
    }

    private static string? Compare(List<XElement> outputs, FhirPathResults results, bool isOrdered)
    {
        var wanted = outputs.ConvertAll(o => (o.Attribute("type")?.Value, Text: Plain(o.Value)));
        var got = new List<(string Type, string Text)>();
        foreach (ref readonly var item in results.Span)
        {
            got.Add((TypeOf(item), item.ToString()));
        }

        if (!isOrdered)
        {
            wanted.Sort((a, b) => string.CompareOrdinal(a.Text, b.Text));
            got.Sort((a, b) => string.CompareOrdinal(a.Text, b.Text));
        }

        var same = wanted.Count == got.Count;
        for (var i = 0; same && i < wanted.Count; i++)
        {
            same = (wanted[i].Item1 is null || wanted[i].Item1 == got[i].Type) && IsSame(wanted[i].Text, got[i]);
        }

        return same ? null : $"wanted {string.Join(" | ", wanted)}, got {string.Join(" | ", got)}";
    }

    private static bool IsSame(string wanted, (string Type, string Text) got) =>
        wanted == got.Text
        || (got.Type == "decimal" && decimal.Parse(wanted, CultureInfo.InvariantCulture) == decimal.Parse(got.Text, CultureInfo.InvariantCulture));

    private static string Plain(string text) =>
        text.StartsWith("@T", StringComparison.Ordinal) ? text.Trim()[2..] : text.StartsWith('@') ? text.Trim()[1..] : text;

    private static string TypeOf(in FhirPathItem item) => item.Kind switch
    {
        ItemKind.Element => item.Element.Type.Name,
        ItemKind.Boolean => "boolean",
        ItemKind.Integer => "integer",
        ItemKind.Decimal => "decimal",
        ItemKind.String => "string",
        ItemKind.Date => "date",
        ItemKind.DateTime => "dateTime",
        ItemKind.Time => "time",
        var kind => kind.ToString(),
    };

    private static FhirDocument Read(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, "input", name));
        var json = name.EndsWith(".xml", StringComparison.Ordinal) ? FhirXml.ToJson(bytes).Value : bytes;
        var findings = new FindingList();
        var document = FhirDocument.Read(json, findings);
        document.IsUsable.ShouldBeTrue(string.Join('\n', findings.Items));
        return document;
    }
}
