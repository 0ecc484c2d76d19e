using System.Collections.Concurrent;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Fhir.Tests.Search;

/// <summary>The walk must reach exactly the elements that FHIRPath selects, on every published example.</summary>
public sealed class WalkAgainstFhirPathTests
{
    // What the examples have that R4's table of data types gives no value for.
    private static readonly string[] NoValue =
    [
        "Date from Timing", // without event and bounds
        "Date from string", // "daily", "January 2012"
        "Reference from Attachment", // Consent.source[x]
        "Reference from resource", // a bundle's first entry that is neither Composition nor MessageHeader
        "Token from Identifier", // without system and value
    ];

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
        compared.ShouldBeGreaterThan(130_000);
        selected.ShouldBeGreaterThan(140_000);
    }

    [Fact]
    public void The_parts_of_composites_are_what_FHIRPath_selects_from_the_same_element()
    {
        var environment = new FhirPathEnvironment();
        var results = new FhirPathResults();
        var document = new FhirDocument();
        var findings = new FindingList();
        var compared = 0;
        foreach (var file in Directory.EnumerateFiles(Project.Examples, "*.json"))
        {
            findings.Clear();
            if (Path.GetFileName(file) is "package.json" || !document.ReadInto(File.ReadAllBytes(file), findings))
            {
                continue;
            }

            var plan = SearchPlan.Of(document.Root.Type);
            VisitComposites(document.Root, plan.Root, (element, leaf) =>
            {
                var fact = R4.Facts.SearchParameter(leaf.Definition.Url)!;
                for (var i = 0; i < leaf.Parts.Length; i++)
                {
                    // R4's code-value-date writes DateTime for dateTime.
                    var text = fact.Components[i].Expression.Replace("DateTime", "dateTime", StringComparison.Ordinal);
                    var expression = Compiled.GetOrAdd(text, t => FhirPathExpression.Compile(t).Value);
                    expression.Evaluate(element, environment, results).ShouldBeTrue();
                    var expected = new List<string>();
                    foreach (ref readonly var item in results)
                    {
                        expected.Add(Place(item.Element));
                    }

                    var walked = new List<string>[plan.Parameters.Length];
                    walked[leaf.Parameter] = [];
                    Collect(element, leaf.Parts[i].Here, walked);
                    if (leaf.Parts[i].FromResource is { } fromResource)
                    {
                        Collect(document.Root, fromResource, walked);
                    }

                    walked[leaf.Parameter].ShouldBe(expected, ignoreOrder: true, file + " " + leaf.Definition.Code);
                    compared++;
                }
            });
        }

        compared.ShouldBeGreaterThan(500);
    }

    private static void VisitComposites(Element element, PlanNode node, Action<Element, IndexLeaf> visit)
    {
        foreach (var leaf in node.Leaves)
        {
            if (leaf.Type == SearchType.Composite)
            {
                visit(element, leaf);
            }
        }

        foreach (var child in element.Children)
        {
            var at = Array.IndexOf(node.Names, (ushort)child.NameId);
            if (at >= 0)
            {
                VisitComposites(child, node.Children[at], visit);
            }
        }
    }

    [Fact]
    public void Whatever_the_walk_reaches_gives_a_value_unless_its_type_has_none()
    {
        var without = new SortedSet<string>(StringComparer.Ordinal);
        var document = new FhirDocument();
        var findings = new FindingList();
        var values = new IndexValues();
        foreach (var file in Directory.EnumerateFiles(Project.Examples, "*.json"))
        {
            findings.Clear();
            if (Path.GetFileName(file) is "package.json" || !document.ReadInto(File.ReadAllBytes(file), findings))
            {
                continue;
            }

            var plan = SearchPlan.Of(document.Root.Type);
            plan.Index(document.Root, values);
            Visit(document.Root, plan.Root, plan, values, without);
        }

        without.ShouldBe(NoValue, ignoreOrder: true);
    }

    private static void Visit(Element element, PlanNode node, SearchPlan plan, IndexValues values, SortedSet<string> without)
    {
        foreach (var leaf in node.Leaves)
        {
            if (leaf.Question is null && leaf.Type != SearchType.Composite && !values.Has(leaf.Parameter) && !IsDisplayOnly(element))
            {
                without.Add($"{leaf.Type} from {(element.IsResource ? "resource" : element.Type.Name)}");
            }
        }

        foreach (var (when, then) in node.Branches)
        {
            if (when.Holds(element))
            {
                Visit(element, then, plan, values, without);
            }
        }

        foreach (var child in element.Children)
        {
            var at = Array.IndexOf(node.Names, (ushort)child.NameId);
            if (at >= 0)
            {
                Visit(child, node.Children[at], plan, values, without);
            }
        }
    }

    private static bool IsDisplayOnly(Element element) =>
        element.Type.Name == "Reference" && !element.Child("reference").Exists && !element.Child("identifier").Exists;

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
