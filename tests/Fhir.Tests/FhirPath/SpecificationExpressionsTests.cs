using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Tests.FhirPath;

/// <summary>The expressions of the specification itself, its invariants and search parameters, on its own examples.</summary>
public sealed class SpecificationExpressionsTests
{
    [Fact]
    public void Every_invariant_of_R4_compiles()
    {
        foreach (var constraint in R4.Facts.Constraints)
        {
            FhirPathExpression.Compile(constraint.Expression).Problem.ShouldBeNull($"{constraint.Key}: {constraint.Expression}");
        }
    }

    [Fact]
    public void Every_search_parameter_of_R4_compiles()
    {
        foreach (var parameter in R4.Facts.SearchParameters)
        {
            if (parameter.Expression is { } expression)
            {
                FhirPathExpression.Compile(expression).Problem.ShouldBeNull($"{parameter.Code}: {expression}");
            }
        }
    }

    [Fact]
    public void Every_invariant_runs_on_every_example_it_applies_to()
    {
        var compiled = R4.Facts.Constraints.ToDictionary(c => c, c => FhirPathExpression.Compile(c.Expression).Value);

        // dom-3 says descendants().as(canonical), which by the letter of FHIRPath is an error for more than one descendant.
        var env = new FhirPathEnvironment { AsFilters = true };
        var failures = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var count = 0;
        foreach (var (file, document) in Examples())
        {
            Visit(document.Root, element =>
            {
                var constraints = element.Fact is { } fact ? element.Type.Constraints.Concat(fact.Constraints) : element.Type.Constraints;
                foreach (var constraint in constraints)
                {
                    count++;
                    compiled[constraint].IsTrue(element, env);
                    if (env.Problem is { } problem)
                    {
                        failures.TryAdd(constraint.Key, $"{file} {element.Path()}: {problem.Message}");
                    }
                }
            });
        }

        count.ShouldBeGreaterThan(1_000_000);
        failures.ShouldBeEmpty(string.Join('\n', failures));
    }

    [Fact]
    public void Every_search_parameter_runs_on_every_example()
    {
        var byType = new Dictionary<TypeFact, List<(SearchFact Fact, FhirPathExpression Expression)>>();
        foreach (var parameter in R4.Facts.SearchParameters)
        {
            if (parameter.Expression is { } text)
            {
                foreach (var type in R4.Facts.Types)
                {
                    if (type is { IsResource: true, IsAbstract: false } && Array.Exists(parameter.Bases, type.IsA))
                    {
                        if (!byType.TryGetValue(type, out var list))
                        {
                            byType[type] = list = [];
                        }

                        list.Add((parameter, FhirPathExpression.Compile(text).Value));
                    }
                }
            }
        }

        var env = new FhirPathEnvironment { AsFilters = true, AssumesTargets = true };
        var results = new FhirPathResults();
        var failures = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var values = 0;
        foreach (var (file, document) in Examples())
        {
            foreach (var (fact, expression) in byType[document.Root.Type])
            {
                if (!expression.Evaluate(document.Root, env, results))
                {
                    failures.TryAdd(fact.Code, $"{file}: {env.Problem!.Message} {fact.Expression}");
                }

                values += results.Count;
            }
        }

        failures.ShouldBeEmpty(string.Join('\n', failures));
        values.ShouldBeGreaterThan(10_000);
    }

    private static void Visit(Element element, Action<Element> visit)
    {
        visit(element);
        foreach (var child in element.Children)
        {
            Visit(child, visit);
        }
    }

    private static IEnumerable<(string File, FhirDocument Document)> Examples()
    {
        foreach (var file in Directory.EnumerateFiles(Project.Examples, "*.json"))
        {
            var findings = new FindingList();
            var document = FhirDocument.Read(File.ReadAllBytes(file), findings, ReadOptions.Default);
            if (document.IsUsable)
            {
                yield return (Path.GetFileName(file), document);
            }
        }
    }
}
