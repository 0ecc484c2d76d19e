using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>A constraint's FHIRPath, compiled once.</summary>
internal sealed class InvariantExpression
{
    private readonly FhirPathExpression? compiled;

    public InvariantExpression(string text)
    {
        if (FhirPathExpression.Compile(text).Try(out var expression, out var problem))
        {
            compiled = expression;
        }
        else
        {
            Fault = problem.Message;
        }
    }

    /// <summary>Why the expression cannot be used, or null.</summary>
    public string? Fault { get; }

    /// <summary>True, false, or null where evaluation came to no answer.</summary>
    public bool? Holds(Element focus, FhirPathEnvironment environment)
    {
        if (compiled is null)
        {
            return null;
        }

        var isTrue = compiled.IsTrue(focus, environment);
        return environment.Problem is null ? isTrue : null;
    }

    /// <summary>Whether it holds on an element of that type that has nothing in it.</summary>
    public bool HoldsOnEmpty(TypeFact type) => Holds(FhirDocument.EmptyOf(type).Root, new FhirPathEnvironment()) == true;
}
