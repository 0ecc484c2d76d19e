using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Writing;

namespace Kangqiao.Fhir.Tests.Writing;

public sealed class RoundTripTests
{
    /// <summary>Published examples that break the specification's own rules, with the one finding that says how.</summary>
    private static readonly Dictionary<string, string> TrulyWrong = new(StringComparer.Ordinal)
    {
        ["ImplementationGuide-fhir.json"] = "ImplementationGuide requires the element 'name'",
        ["ig-r4.json"] = "ImplementationGuide requires the element 'name'",
        ["Library-zika-virus-intervention-logic.json"] = "'urn:oid:X.Y.Z' is not a valid canonical",
        ["Questionnaire-qs1.json"] = "Questionnaire.item requires the element 'linkId'",

        // An id of 67 characters.
        ["SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json"] = "is not a valid id",
        ["SearchParameter-codesystem-extensions-CodeSystem-author.json"] = "SearchParameter requires the element 'base'",
        ["SearchParameter-codesystem-extensions-CodeSystem-effective.json"] = "SearchParameter requires the element 'base'",
        ["SearchParameter-codesystem-extensions-CodeSystem-end.json"] = "SearchParameter requires the element 'base'",
        ["SearchParameter-codesystem-extensions-CodeSystem-keyword.json"] = "SearchParameter requires the element 'base'",
        ["SearchParameter-codesystem-extensions-CodeSystem-workflow.json"] = "SearchParameter requires the element 'base'",
        ["SearchParameter-valueset-extensions-ValueSet-author.json"] = "SearchParameter requires the element 'base'",
        ["SearchParameter-valueset-extensions-ValueSet-effective.json"] = "SearchParameter requires the element 'base'",
        ["SearchParameter-valueset-extensions-ValueSet-end.json"] = "SearchParameter requires the element 'base'",
        ["SearchParameter-valueset-extensions-ValueSet-keyword.json"] = "SearchParameter requires the element 'base'",
        ["SearchParameter-valueset-extensions-ValueSet-workflow.json"] = "SearchParameter requires the element 'base'",
    };

    [Fact]
    public void Every_published_example_is_read_without_error_and_written_back_equal()
    {
        var files = Directory.GetFiles(Project.Examples, "*.json")
            .Where(f => !Path.GetFileName(f).StartsWith('.') && Path.GetFileName(f) != "package.json")
            .Order(StringComparer.Ordinal)
            .ToArray();
        files.Length.ShouldBeGreaterThan(5000);
        var wrong = new List<string>();
        var left = TrulyWrong.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var name = Path.GetFileName(file);
            var findings = new FindingList();
            var bytes = File.ReadAllBytes(file);
            var document = FhirDocument.Read(bytes, findings);
            if (TrulyWrong.TryGetValue(name, out var due))
            {
                left.Remove(name);
                if (!findings.Items.Any(f => f.ToString().Contains(due, StringComparison.Ordinal)))
                {
                    wrong.Add($"{name}: expected to fail with {due}, but has {string.Join(", ", findings.Items)}");
                }

                continue;
            }

            if (findings.HasErrors)
            {
                wrong.Add($"{name}: {findings.Items.First(f => f.IsError)}");
            }
            else if (JsonDifference.Find(bytes, FhirJson.Write(document)) is { } difference)
            {
                wrong.Add($"{name}: {difference}");
            }
        }

        wrong.ShouldBeEmpty();
        left.ShouldBeEmpty();
    }

    [Fact]
    public void Every_Synthea_bundle_is_read_without_error_and_written_back_equal()
    {
        foreach (var file in Conformance.Files("synthea", "*.json"))
        {
            var bytes = File.ReadAllBytes(file);
            var findings = new FindingList();
            var document = FhirDocument.Read(bytes, findings);
            findings.Items.ShouldBeEmpty(Path.GetFileName(file));
            JsonDifference.Find(bytes, FhirJson.Write(document)).ShouldBeNull(Path.GetFileName(file));
        }
    }
}
