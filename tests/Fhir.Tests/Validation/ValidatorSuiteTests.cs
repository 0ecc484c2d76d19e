using System.Text.Json;
using Kangqiao.Fhir.Codes;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;
using Kangqiao.Fhir.Xml;

namespace Kangqiao.Fhir.Tests.Validation;

/// <summary>
/// The R4 cases of the public validator suite: whether we find an error where the reference validator does. What does not
/// apply is told from the case itself; what we fail stands in suite-known.tsv with its reason and must fail.
/// </summary>
public sealed class ValidatorSuiteTests
{
    private const string Absent = "(the suite is not here)";

    private static readonly string Folder = Path.Combine(Project.Conformance, "validator");

    private static readonly Lazy<Dictionary<string, string>> Known = new(() =>
        File.ReadLines(Path.Combine(Project.Root, "tests", "Fhir.Tests", "Validation", "suite-known.tsv"))
            .Select(l => l.Split('\t'))
            .ToDictionary(l => l[0], l => l[1], StringComparer.Ordinal));

    private static readonly Lazy<JsonElement[]> Cases = new(() =>
    {
        var manifest = Path.Combine(Folder, "manifest.json");
        return File.Exists(manifest)
            ? [.. JsonDocument.Parse(File.ReadAllBytes(manifest)).RootElement.GetProperty("test-cases").EnumerateArray()]
            : [];
    });

    public static TheoryData<int, string> All()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < Cases.Value.Length; i++)
        {
            data.Add(i, Cases.Value[i].GetProperty("name").GetString()!);
        }

        if (data.Count == 0)
        {
            data.Add(-1, Absent);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_case_of_the_validator_suite_has_errors_where_the_reference_validator_finds_some(int place, string name)
    {
        Assert.SkipUnless(place >= 0, name);
        var test = Cases.Value[place];
        var reason = WhyNotApplicable(test);
        Assert.SkipWhen(reason is not null, reason ?? "");
        var wrong = Run(test);
        if (Known.Value.TryGetValue(name, out var why))
        {
            wrong.ShouldNotBeNull($"{name} agrees now; take it off the list ({why}).");
        }
        else
        {
            wrong.ShouldBeNull();
        }
    }

    [Fact]
    public void At_least_95_of_100_applicable_cases_agree()
    {
        Assert.SkipUnless(Cases.Value.Length > 0, Absent);
        var applicable = Cases.Value.Where(c => WhyNotApplicable(c) is null).ToList();
        applicable.Count.ShouldBeGreaterThan(70);
        applicable.Count(c => Run(c) is null).ShouldBeGreaterThanOrEqualTo((int)Math.Ceiling(applicable.Count * 0.95));
    }

    private static string? WhyNotApplicable(JsonElement test)
    {
        foreach (var key in (string[])["packages", "supporting", "fetcher", "tx-dependent", "security-checks", "matchetype"])
        {
            if (test.TryGetProperty(key, out _))
            {
                return $"needs {key}";
            }
        }

        var module = test.TryGetProperty("module", out var named) ? named.GetString()! : "";
        if (module.StartsWith("tx", StringComparison.Ordinal) || module is "cda" or "shc" or "bundle-tx")
        {
            return $"module {module}";
        }

        // Definitions of a later release, which the folder does not have either.
        return test.TryGetProperty("supporting5", out _) ? "needs definitions of FHIR R5" : null;
    }

    private static string? Run(JsonElement test)
    {
        var file = test.GetProperty("file").GetString()!;
        var given = Files(test, "profiles");
        var trusted = test.TryGetProperty("allowed-extension-domain", out var domain) ? [domain.GetString()!] : Array.Empty<string>();
        var wrong = Compare("base", ExpectsError(test), Validate(file, given, trusted, null));
        if (wrong is not null || !test.TryGetProperty("profile", out var part))
        {
            return wrong;
        }

        var source = part.GetProperty("source").GetString()!;
        var all = given.Concat(Files(part, "supporting")).ToList();
        var asked = source;
        if (!source.StartsWith("http", StringComparison.Ordinal))
        {
            var definition = Read(source);
            all.Add(definition);
            asked = definition.Root.ChildText("url")!;
        }

        return Compare("profile", ExpectsError(part), Validate(file, all, trusted, asked));
    }

    private static FindingList Validate(string file, IReadOnlyList<FhirDocument> given, string[] trusted, string? asked)
    {
        var validator = new Validator(new ValidationOptions
        {
            Profiles = new ProfileSet(given),
            Terminology = new DocumentTerminology(given, SpecificationTerminology.Instance),
            UnknownExtensions = UnknownExtensions.Error,
            TrustedExtensions = trusted,
        });
        var findings = new FindingList();
        var document = FhirDocument.Read(File.ReadAllBytes(Path.Combine(Folder, file)), findings);
        validator.Validate(document, findings, asked is null ? [] : [asked]);
        return findings;
    }

    private static string? Compare(string part, bool? expected, FindingList findings) =>
        expected is null || expected == findings.HasErrors
            ? null
            : $"{part}: expected {(expected.Value ? "an error" : "none")}, found {findings.Items.FirstOrDefault(f => f.IsError)}";

    private static bool? ExpectsError(JsonElement part)
    {
        var java = part.TryGetProperty("java", out var j) && j.ValueKind == JsonValueKind.Object ? j : default;
        if (part.TryGetProperty("expected", out var outcome) || (java.ValueKind == JsonValueKind.Object && java.TryGetProperty("outcome", out outcome)))
        {
            return outcome.TryGetProperty("issue", out var issues)
                && issues.EnumerateArray().Any(i => i.GetProperty("severity").GetString() is "error" or "fatal");
        }

        return java.ValueKind == JsonValueKind.Object && java.TryGetProperty("errorCount", out var count) ? count.GetInt32() > 0 : null;
    }

    private static List<FhirDocument> Files(JsonElement part, string key) =>
        part.TryGetProperty(key, out var names)
            ? [.. names.EnumerateArray().Select(n => n.GetString()!).Where(n => File.Exists(Path.Combine(Folder, n))).Select(Read)]
            : [];

    private static FhirDocument Read(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, name));
        return FhirDocument.Read(name.EndsWith(".xml", StringComparison.Ordinal) ? FhirXml.ToJson(bytes).Value : bytes, new FindingList());
    }
}
