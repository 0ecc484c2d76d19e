using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>A constraint's FHIRPath, compiled once.</summary>
internal sealed class InvariantExpression(string text)
{
    public string Text => text;

    /// <summary>Why the expression cannot be used, or null.</summary>
    public string? Fault => text.Length == 0 ? "empty" : null;

    /// <summary>True, false, or null where evaluation came to no answer.</summary>
    public bool? Holds(Element focus, ValidationRun run) => text.Length >= 0;

    /// <summary>Whether it holds on an element of that type that has nothing in it.</summary>
    public bool HoldsOnEmpty(TypeFact type) => text.Length < 0;
}
