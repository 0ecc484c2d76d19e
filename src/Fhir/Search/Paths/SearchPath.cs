using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Search.Paths;

/// <summary>
/// One way from a resource (or from the element a composite stands on) to values: child steps and conditions in between.
/// A search expression is a union of these, or one yes-or-no question.
/// </summary>
/// <param name="Start">The resource type the way begins at; null if it begins at the element at hand.</param>
/// <param name="FromResource">Begins with %resource.</param>
/// <param name="Steps">In order.</param>
internal sealed record SearchPath(TypeFact? Start, bool FromResource, PathStep[] Steps)
{
    public static readonly SearchPath Here = new(null, false, []);

    public SearchPath Then(PathStep step) => this with { Steps = [.. Steps, step] };

    public override string ToString() =>
        string.Join('.', (string[])[FromResource ? "%resource" : Start?.Name ?? "$this", .. Steps.Select(s => s.Key)]);
}

/// <summary>Either a child name or a condition on the element reached.</summary>
/// <param name="Key">Equal for equal steps: paths that begin alike share the walk.</param>
/// <param name="NameId">Position in <see cref="R4.Names"/>; -1 for a condition.</param>
/// <param name="Condition">Null for a child step.</param>
internal sealed record PathStep(string Key, int NameId, PathCondition? Condition)
{
    public static PathStep Child(string name, int nameId) => new(name, nameId, null);

    public static PathStep When(PathCondition condition) => new("[" + condition.Key + "]", -1, condition);
}

/// <summary>What an expression says: ways to values, or a question whose answer is the value.</summary>
internal sealed record ParsedExpression(SearchPath[] Paths, PathCondition? Question);
