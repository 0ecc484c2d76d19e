namespace Kangqiao.Fhir.Facts;

/// <summary>All that the first two sections of the facts file say, in the order it is stored.</summary>
internal sealed record FactsContent(
    TypeFact[] Types,
    ElementFact[] Elements,
    string[] Names,
    ConstraintFact[] Constraints,
    SearchFact[] SearchParameters,
    CompartmentFact[] Compartments,
    ValueSetFact[] ValueSets,
    ValueSetFact[] CodeSystems);
