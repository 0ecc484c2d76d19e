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
/// <param name="Components">For a composite parameter: the canonical URL and the expression (relative to <paramref name="Expression"/>) of each part.</param>
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
/// <param name="Parameters">By resource type: the search parameter codes that link it in; absent types are never in it.</param>
public sealed record CompartmentFact(TypeFact Type, IReadOnlyDictionary<string, string[]> Parameters);

/// <summary>The codes of one value set that the specification or its terminology defines.</summary>
/// <param name="Url">Canonical URL without version.</param>
/// <param name="IsComplete">False where the set is not enumerated here (e.g. MIME types): a code outside cannot be called wrong.</param>
/// <param name="Systems">The codes by code system.</param>
public sealed record ValueSetFact(string Url, bool IsComplete, ValueSetSystemFact[] Systems);

public sealed record ValueSetSystemFact(string System, string[] Codes);
