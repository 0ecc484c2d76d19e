using System.Collections.Concurrent;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Fhir.Tests.Search;

/// <summary>The walk must reach exactly the elements that FHIRPath selects, on every published example.</summary>
public sealed class WalkAgainstFhirPathTests
{
    private static readonly ConcurrentDictionary<string, FhirPathExpression> Compiled = new(StringComparer.Ordinal);

    [Fact]
    public void The_walk_selects_what_FHIRPath_selects_on_every_example()
    {
        var environment = new FhirPathEnvironment { AssumesTargets = true, AsFilters = true };
        var results = new FhirPathResults();
        var document = new FhirDocument();
        var findings = new FindingList();
        var differences = new List<string>();
        var compared = 0;
        var selected = 0;
        foreach (var file in Directory.EnumerateFiles(Project.Examples, "*.json"))
        {
            findings.Clear();
            if (Path.GetFileName(file) is "package.json" || !document.ReadInto(File.ReadAllBytes(file), findings))
            {
                continue;
            }

            var plan = SearchPlan.Of(document.Root.Type);
            var walked = new List<string>[plan.Parameters.Length];
            for (var i = 0; i < walked.Length; i++)
            {
                walked[i] = [];
            }

            Collect(document.Root, plan.Root, walked);
            for (var i = 0; i < walked.Length; i++)
            {
                var parameter = plan.Parameters[i];
                if (parameter.Expression is not { } text || plan.Find(parameter.Code) != i)
                {
                    continue;
                }

                // Part by part: the union as a whole leaves out values equal to earlier ones, which in an index does nothing.
                var expected = new List<string>();
                foreach (var part in text.Split('|'))
                {
                    var expression = Compiled.GetOrAdd(part, t => FhirPathExpression.Compile(t).Value);
                    expression.Evaluate(document.Root, environment, results).ShouldBeTrue($"{text}: {environment.Problem?.Message}");
                    foreach (ref readonly var item in results)
                    {
                        expected.Add(item.IsElement ? Place(item.Element) : item.ToString());
                    }
                }

                expected.Sort(StringComparer.Ordinal);
                walked[i].Sort(StringComparer.Ordinal);
                compared++;
                selected += expected.Count;
                if (!expected.SequenceEqual(walked[i], StringComparer.Ordinal))
                {
                    differences.Add($"{Path.GetFileName(file)} {parameter.Code}: FHIRPath {string.Join(", ", expected)}; walk {string.Join(", ", walked[i])}");
                }
            }
        }

        differences.ShouldBeEmpty();
        compared.ShouldBeGreaterThan(100_000);
        selected.ShouldBeGreaterThan(30_000);
    }

    private static string Place(Element element) => element.Path() + "#" + element.Handle;

    private static void Collect(Element element, PlanNode node, List<string>[] into)
    {
        foreach (var leaf in node.Leaves)
        {
            into[leaf.Parameter].Add(leaf.Question is { } question
                ? FhirPathItem.Of(question.Holds(element)).ToString()
                : Place(element));
        }

        foreach (var (when, then) in node.Branches)
        {
            if (when.Holds(element))
            {
                Collect(element, then, into);
            }
        }

        foreach (var child in element.Children)
        {
            var at = Array.IndexOf(node.Names, (ushort)child.NameId);
            if (at >= 0)
            {
                Collect(child, node.Children[at], into);
            }
        }
    }
}
