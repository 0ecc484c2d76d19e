using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;

namespace Kangqiao.Fhir.Tests.Validation;

/// <summary>
/// Every published R4 example, against base R4 and the profiles it claims. The few that are truly wrong stand in
/// examples-wrong.tsv – name, codes, reason – and must stay wrong in just that way.
/// </summary>
public sealed class PublishedExamplesTests
{
    [Fact]
    public void Every_published_example_is_sound_except_those_listed_with_their_reason()
    {
        Assert.SkipUnless(Directory.Exists(Project.Examples), "The published examples are not restored.");
        var listed = File.ReadLines(Path.Combine(Project.Root, "tests", "Fhir.Tests", "Validation", "examples-wrong.tsv"))
            .Select(l => l.Split('\t'))
            .ToDictionary(l => l[0], l => l[1], StringComparer.Ordinal);
        var validator = new Validator();
        var document = new FhirDocument();
        var count = 0;
        var surprises = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Project.Examples, "*.json").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            if (name is "package.json" or ".index.json")
            {
                continue;
            }

            count++;
            var findings = new FindingList(2000);
            document.ReadInto(File.ReadAllBytes(file), findings);
            validator.Validate(document, findings);
            var codes = string.Join(',', findings.Items.Where(f => f.IsError).Select(f => f.Kind.Code).Distinct().Order(StringComparer.Ordinal));
            if (codes != listed.GetValueOrDefault(name, ""))
            {
                surprises.Add($"{name}: {codes} {findings.Items.FirstOrDefault(f => f.IsError)}");
            }
        }

        count.ShouldBeGreaterThan(5000);
        surprises.ShouldBeEmpty(string.Join('\n', surprises));
    }
}
