using System.Collections.Concurrent;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search.Paths;

namespace Kangqiao.Fhir.Search;

/// <summary>
/// All search parameters of one resource type, compiled into one walk: a tree of element names with what to take at each.
/// Immutable and shared by all threads; a plan with more parameters is another plan.
/// </summary>
public sealed class SearchPlan
{
    private static readonly ConcurrentDictionary<TypeFact, SearchPlan> OfSpecification = [];
    private static readonly Lazy<SearchParameter[]> Specification = new(CompileSpecification);

    private readonly Dictionary<string, int> byCode;

    private SearchPlan(TypeFact type, SearchParameter[] parameters)
    {
        Type = type;
        Parameters = parameters;
        byCode = new Dictionary<string, int>(parameters.Length, StringComparer.Ordinal);
        for (var i = 0; i < parameters.Length; i++)
        {
            // A later definition of the same code takes its place: the city's own over the specification's.
            byCode[parameters[i].Code] = i;
        }

        var root = new PlanNodeBuilder();
        for (var i = 0; i < parameters.Length; i++)
        {
            if (byCode[parameters[i].Code] == i)
            {
                root.Add(type, parameters[i], i);
            }
        }

        Root = root.Build();
    }

    public TypeFact Type { get; }

    /// <summary>Every parameter; <see cref="IndexValue.Parameter"/> is the position.</summary>
    public SearchParameter[] Parameters { get; }

    internal PlanNode Root { get; }

    /// <summary>The plan of the specification's parameters for a resource type.</summary>
    public static SearchPlan Of(TypeFact type) =>
        OfSpecification.GetOrAdd(type, t => new SearchPlan(t, Array.FindAll(Specification.Value, p => p.AppliesTo(t))));

    /// <summary>The plan of the specification's parameters for a resource type by name, or null if there is no such type.</summary>
    public static SearchPlan? Of(string type) => R4.Facts.Type(type) is { IsResource: true } known ? Of(known) : null;

    /// <summary>A plan that has these too, as far as they apply to the type.</summary>
    public SearchPlan With(params IEnumerable<SearchParameter> more) =>
        new(Type, [.. Parameters, .. more.Where(p => p.AppliesTo(Type))]);

    /// <summary>Position of the parameter with that code, or -1.</summary>
    public int Find(string code) => byCode.GetValueOrDefault(code, -1);

    /// <summary>Takes all index values of a resource of the plan's type.</summary>
    public void Index(Element resource, IndexValues into)
    {
        ArgumentNullException.ThrowIfNull(into);
        into.Start(this, resource);
        SearchIndexer.Visit(resource, Root, into);
        SearchIndexer.TakeGenerals(resource, Root, into);
    }

    private static SearchParameter[] CompileSpecification()
    {
        var facts = R4.Facts.SearchParameters;
        var compiled = new SearchParameter[facts.Length];
        for (var i = 0; i < facts.Length; i++)
        {
            // A test compiles each of them: this cannot fail with the facts that are built in.
            compiled[i] = SearchParameter.Of(facts[i]).Value;
        }

        return compiled;
    }
}

/// <summary>A place on the walk: what to take from the element there, and where to go on.</summary>
internal sealed class PlanNode
{
    public required ushort[] Names { get; init; }

    public required PlanNode[] Children { get; init; }

    public required IndexLeaf[] Leaves { get; init; }

    public required (PathCondition When, PlanNode Then)[] Branches { get; init; }

    /// <summary>At the resource only: what takes the whole of FHIRPath.</summary>
    public required (FhirPathExpression Expression, IndexLeaf Leaf)[] Generals { get; init; }
}

/// <summary>A value to take: for which parameter and in which way.</summary>
/// <param name="Parameter">Position in the plan.</param>
/// <param name="Component">-1, or which component of a composite.</param>
/// <param name="Definition">The parameter.</param>
/// <param name="Type">Of the parameter or component.</param>
/// <param name="Targets">Of the parameter or component.</param>
/// <param name="Question">The value is the answer to it.</param>
/// <param name="Parts">Composite: where its components begin.</param>
internal sealed record IndexLeaf(
    int Parameter,
    int Component,
    SearchParameter Definition,
    SearchType Type,
    TypeFact[] Targets,
    PathCondition? Question,
    CompositePart[] Parts);

/// <param name="Here">Walked from the composite's element.</param>
/// <param name="FromResource">Walked from the resource (%resource), or null.</param>
internal sealed record CompositePart(PlanNode Here, PlanNode? FromResource);

internal sealed class PlanNodeBuilder
{
    private readonly SortedDictionary<int, PlanNodeBuilder> children = [];
    private readonly List<(PathCondition When, PlanNodeBuilder Then)> branches = [];
    private readonly List<IndexLeaf> leaves = [];
    private readonly List<(FhirPathExpression Expression, IndexLeaf Leaf)> generals = [];

    public void Add(TypeFact type, SearchParameter parameter, int position)
    {
        var parts = Array.ConvertAll(
            parameter.Components, c => Part(type, parameter, position, Array.IndexOf(parameter.Components, c), c));
        var leaf = new IndexLeaf(position, -1, parameter, parameter.Type, parameter.Targets, parameter.Parsed?.Question, parts);
        if (parameter.General is { } general)
        {
            generals.Add((general, leaf));
        }

        if (parameter.Parsed is not { } parsed)
        {
            return;
        }

        if (parsed.Question is not null)
        {
            leaves.Add(leaf);
        }

        foreach (var path in parsed.Paths)
        {
            // A path that begins at another type finds nothing here.
            if (path.Start is null || type.IsA(path.Start))
            {
                At(path.Steps).Leaf(leaf);
            }
        }
    }

    public PlanNode Build() => new()
    {
        Names = [.. children.Keys.Select(k => (ushort)k)],
        Children = [.. children.Values.Select(c => c.Build())],
        Leaves = [.. leaves],
        Branches = [.. branches.Select(b => (b.When, b.Then.Build()))],
        Generals = [.. generals],
    };

    private static CompositePart Part(TypeFact type, SearchParameter parameter, int position, int index, SearchComponent component)
    {
        var leaf = new IndexLeaf(position, index, parameter, component.Type, component.Targets, component.Parsed.Question, []);
        var here = new PlanNodeBuilder();
        PlanNodeBuilder? fromResource = null;
        if (component.Parsed.Question is not null)
        {
            here.leaves.Add(leaf);
        }

        foreach (var path in component.Parsed.Paths)
        {
            if (path.FromResource || (path.Start is not null && type.IsA(path.Start)))
            {
                (fromResource ??= new PlanNodeBuilder()).At(path.Steps).Leaf(leaf);
            }
            else if (path.Start is null)
            {
                here.At(path.Steps).Leaf(leaf);
            }
        }

        return new CompositePart(here.Build(), fromResource?.Build());
    }

    private void Leaf(IndexLeaf leaf)
    {
        // FHIRPath's union has no element twice: the same way twice is one.
        if (!leaves.Exists(l => l.Parameter == leaf.Parameter && l.Component == leaf.Component))
        {
            leaves.Add(leaf);
        }
    }

    private PlanNodeBuilder At(ReadOnlySpan<PathStep> steps)
    {
        var node = this;
        foreach (var step in steps)
        {
            if (step.Condition is { } condition)
            {
                var at = node.branches.FindIndex(b => string.Equals(b.When.Key, condition.Key, StringComparison.Ordinal));
                if (at < 0)
                {
                    at = node.branches.Count;
                    node.branches.Add((condition, new PlanNodeBuilder()));
                }

                node = node.branches[at].Then;
            }
            else
            {
                if (!node.children.TryGetValue(step.NameId, out var child))
                {
                    child = new PlanNodeBuilder();
                    node.children.Add(step.NameId, child);
                }

                node = child;
            }
        }

        return node;
    }
}
