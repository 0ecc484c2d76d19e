namespace Kangqiao.Fhir.Facts;

public enum SearchType : byte
{
    Number,
    Date,
    String,
    Token,
    Reference,
    Composite,
    Quantity,
    Uri,
    Special,
}

/// <summary>One search parameter of the specification.</summary>
/// <param name="Id">Position in <see cref="R4.SearchParameters"/>.</param>
/// <param name="Code">The name in a query.</param>
/// <param name="Url">Canonical URL.</param>
/// <param name="Type">How values are compared.</param>
/// <param name="Bases">Resource types it applies to; Resource and DomainResource stand for all.</param>
/// <param name="Expression">FHIRPath from the resource to the values; null for special parameters such as _text.</param>
/// <param name="Targets">Resource types a reference parameter may point at.</param>
/// <param name="Components">
/// For a composite parameter: the canonical URL and the expression (relative to <paramref name="Expression"/>) of each part.
/// </param>
public sealed record SearchFact(
    int Id,
    string Code,
    string Url,
    SearchType Type,
    TypeFact[] Bases,
    string? Expression,
    TypeFact[] Targets,
    SearchComponentFact[] Components);

public sealed record SearchComponentFact(string Definition, string Expression);

/// <summary>Which resources belong to one Patient, Encounter, Practitioner, RelatedPerson or Device.</summary>
/// <param name="Type">The resource type whose compartment it is.</param>
/// <param name="Parameters">
/// By resource type: the search parameter codes that link it in; absent types are never in it. A resource of <paramref name="Type"/>
/// is in its own compartment whatever stands here (R4 writes "{def}" for some of the five; it is left out).
/// </param>
public sealed record CompartmentFact(TypeFact Type, IReadOnlyDictionary<string, string[]> Parameters);
