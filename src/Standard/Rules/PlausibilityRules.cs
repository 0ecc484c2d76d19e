using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Units;
using Kangqiao.Kernel;

namespace Kangqiao.Standard.Rules;

/// <summary>What cannot be in a living person's record: content, read once and checked. Safe for any number of threads.</summary>
public sealed class PlausibilityRules
{
    public static readonly PlausibilityRules None = new([]);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip };

    private readonly Dictionary<string, List<CompiledRule>> byType = new(StringComparer.Ordinal);
    private readonly Dictionary<(string System, string Code), (FindingKind Kind, ValueRange Range)> ranges = [];

    private PlausibilityRules(IReadOnlyList<RuleFile> files) => Files = files;

    /// <summary>What the rules can find, for the page that explains it.</summary>
    public IReadOnlyList<FindingKind> Kinds { get; private set; } = [];

    internal IReadOnlyList<RuleFile> Files { get; }

    /// <summary>Reads every <c>rule.json</c> below a folder. A wrong one is named.</summary>
    public static Outcome<PlausibilityRules> Load(string folder)
    {
        var files = new List<RuleFile>();
        string[] paths = Directory.Exists(folder) ? Directory.GetFiles(folder, "rule.json", SearchOption.AllDirectories) : [];
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            try
            {
                files.Add(JsonSerializer.Deserialize<RuleFile>(File.ReadAllBytes(path), Json)!);
            }
            catch (JsonException wrong)
            {
                return Problems.BadRule(path, wrong.Message);
            }
        }

        var rules = new PlausibilityRules(files);
        var kinds = new List<FindingKind>();
        foreach (var file in files)
        {
            var kind = new FindingKind(file.Code, "business-rule", file.Severity == "error" ? Severity.Error : Severity.Warning, file.English, file.Chinese);
            kinds.Add(kind);
            if (rules.Add(file, kind) is { } problem)
            {
                return problem;
            }
        }

        rules.Kinds = kinds;
        return rules;
    }

    internal void Check(Element resource, FhirPathEnvironment environment, FindingList findings)
    {
        if (byType.TryGetValue(resource.Type.Name, out var rules))
        {
            foreach (var rule in rules)
            {
                if (rule.Holds.Ask(resource, environment) == false)
                {
                    Add(findings, rule.Kind, resource, rule.Place, []);
                }
            }
        }

        if (resource.Type.Name == "Observation")
        {
            CheckValue(resource, findings);
            foreach (var component in resource.ChildrenNamed("component"))
            {
                CheckValue(component, findings);
            }
        }
    }

    private void CheckValue(Element holder, FindingList findings)
    {
        var value = holder.Child("value");
        if (!value.Exists || value.Type.Name != "Quantity" || !decimal.TryParse(
            value.ChildText("value"), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            return;
        }

        var code = holder.Child("code");
        if (!code.Exists)
        {
            return;
        }

        foreach (var coding in code.ChildrenNamed("coding"))
        {
            if (coding.ChildText("system") is { } system && coding.ChildText("code") is { } text && ranges.TryGetValue((system, text), out var due)
                && (value.ChildText("code") ?? value.ChildText("unit")) is { } unit
                && (unit == due.Range.Unit || Ucum.TryConvert(number, unit, due.Range.Unit, out number))
                && (number < due.Range.Low || number > due.Range.High))
            {
                Add(findings, due.Kind, value, null, [due.Range.Name, Text(due.Range.Low), Text(due.Range.High), due.Range.Unit]);
                return;
            }
        }
    }

    private Problem? Add(RuleFile file, FindingKind kind)
    {
        foreach (var check in file.Checks)
        {
            if (R4.Facts.Type(check.Type) is not { IsResource: true } type)
            {
                return Problems.BadRule(file.Code, $"there is no resource type {check.Type}");
            }

            if (!FhirPathExpression.Compile(check.Holds, type).Try(out var holds, out var problem)
                || !FhirPathExpression.Compile(check.Place, type).Try(out var place, out problem))
            {
                return Problems.BadRule(file.Code, problem.Message);
            }

            if (!byType.TryGetValue(check.Type, out var list))
            {
                byType[check.Type] = list = [];
            }

            list.Add(new CompiledRule(kind, holds, place));
        }

        foreach (var range in file.Ranges)
        {
            if (Ucum.Parse(range.Unit) is null || range.Low > range.High || !ranges.TryAdd((range.System, range.Code), (kind, range)))
            {
                return Problems.BadRule(file.Code, $"the range of {range.Code} has no UCUM unit, is empty, or is there twice");
            }
        }

        return null;
    }

    private static string Text(decimal number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void Add(FindingList findings, FindingKind kind, Element at, FhirPathExpression? place, string[] particulars)
    {
        if (findings.IsFull)
        {
            findings.Drop(kind.Severity);
            return;
        }

        if (place is not null)
        {
            var found = new FhirPathResults();
            if (place.Evaluate(at, new FhirPathEnvironment(), found) && found.Count > 0 && found[0].Kind == ItemKind.Element)
            {
                at = found[0].Element;
            }
        }

        var (line, column) = at.Position();
        findings.Add(new Finding(kind, kind.Severity, at.Path(), particulars, line, column));
    }

    private sealed record CompiledRule(FindingKind Kind, FhirPathExpression Holds, FhirPathExpression Place);
}
