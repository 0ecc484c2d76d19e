using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>A profile or extension definition, compiled.</summary>
/// <param name="Url">Canonical URL without version.</param>
/// <param name="Type">What it constrains.</param>
/// <param name="Root">The rules, from the top.</param>
/// <param name="Definition">The StructureDefinition's root element.</param>
/// <param name="Faults">What in the definition could not be used.</param>
internal sealed record Profile(string Url, TypeFact Type, ElementRule Root, Element Definition, IReadOnlyList<DefinitionFault> Faults)
{
    /// <summary>For an extension: it changes the meaning of what it stands on.</summary>
    public bool IsModifier { get; init; }

    public override string ToString() => Url;
}

/// <summary>Something in a StructureDefinition that cannot be used.</summary>
/// <param name="At">The element definition.</param>
internal sealed record DefinitionFault(Element At, string English, string Chinese);
