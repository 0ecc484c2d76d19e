using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Patch;

/// <summary>
/// The elements an operation's path selects. Only the resource itself is at hand: resolve() finds contained resources and
/// nothing else (fhirpatch.html: a path SHALL NOT cross resources).
/// </summary>
/// <param name="operations">How many share the bound on work.</param>
internal sealed class PatchPath(int operations)
{
    private const long StepsOfAll = 20_000_000;

    private readonly FhirPathResults results = new();
    private readonly FhirPathEnvironment environment = new() { MaxSteps = StepsOfAll / Math.Max(operations, 20) };

    public Outcome<List<Element>> Select(FhirPathOperation operation, Element root)
    {
        if (!FhirPathExpression.Compile(operation.Path).Try(out var expression, out var problem))
        {
            return Problems.BadPath(operation.Number, operation.Path, problem);
        }

        results.Clear();
        expression.Evaluate(root, environment, results);
        if (environment.Problem is { } stopped)
        {
            return Problems.BadPath(operation.Number, operation.Path, stopped);
        }

        var selected = new List<Element>(results.Count);
        foreach (ref readonly var item in results.Span)
        {
            if (!item.IsElement || !ReferenceEquals(item.Element.Document, root.Document))
            {
                return Problems.NotAnElement(operation.Number, operation.Path);
            }

            selected.Add(item.Element);
        }

        return selected;
    }
}
