namespace Kangqiao.Fhir.Facts;

/// <summary>
/// Everything the kernel knows of FHIR R4 (4.0.1), read once from the embedded facts file that <c>tools/Facts</c> writes.
/// Immutable after loading and shared by all threads.
/// </summary>
public sealed class R4
{
    private static readonly Lazy<R4> Loaded = new(FactsFile.LoadEmbedded, LazyThreadSafetyMode.ExecutionAndPublication);

    private readonly Dictionary<string, TypeFact> typesByName;
    private readonly Dictionary<string, TypeFact>.AlternateLookup<ReadOnlySpan<char>> typesBySpan;
    private readonly Dictionary<string, int> nameIds;
    private readonly Dictionary<string, ValueSetFact> valueSets;
    private readonly Dictionary<string, SearchFact> searchByUrl;
    private readonly Func<string, byte[]?> definitions;

    internal R4(
        TypeFact[] types,
        ElementFact[] elements,
        string[] names,
        ConstraintFact[] constraints,
        SearchFact[] searchParameters,
        CompartmentFact[] compartments,
        ValueSetFact[] valueSets,
        Func<string, byte[]?> definitions)
    {
        Types = types;
        Elements = elements;
        Names = names;
        Constraints = constraints;
        SearchParameters = searchParameters;
        Compartments = compartments;
        this.definitions = definitions;
        typesByName = types.ToDictionary(t => t.Name, StringComparer.Ordinal);
        typesBySpan = typesByName.GetAlternateLookup<ReadOnlySpan<char>>();
        nameIds = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            nameIds.Add(names[i], i);
        }

        this.valueSets = valueSets.ToDictionary(v => v.Url, StringComparer.Ordinal);
        searchByUrl = searchParameters.ToDictionary(s => s.Url, StringComparer.Ordinal);
        Resource = Required("Resource");
        DomainResource = Required("DomainResource");
        Element = Required("Element");
        Extension = Required("Extension");
        Reference = Required("Reference");
        String = Required("string");
        Xhtml = Required("xhtml");
    }

    /// <summary>The one set of facts.</summary>
    public static R4 Facts => Loaded.Value;

    public TypeFact[] Types { get; }

    /// <summary>Every element of every type; <see cref="ElementFact.Id"/> is the position.</summary>
    public ElementFact[] Elements { get; }

    /// <summary>Every element name once; <see cref="ElementFact.NameId"/> is the position.</summary>
    public string[] Names { get; }

    public ConstraintFact[] Constraints { get; }

    public SearchFact[] SearchParameters { get; }

    public CompartmentFact[] Compartments { get; }

    public TypeFact Resource { get; }

    public TypeFact DomainResource { get; }

    public TypeFact Element { get; }

    public TypeFact Extension { get; }

    public TypeFact Reference { get; }

    public TypeFact String { get; }

    public TypeFact Xhtml { get; }

    /// <summary>The type of that name ("Patient", "string", "Patient.contact"), or null.</summary>
    public TypeFact? Type(string name) => typesByName.GetValueOrDefault(name);

    public TypeFact? Type(ReadOnlySpan<char> name) => typesBySpan.TryGetValue(name, out var type) ? type : null;

    /// <summary>Position of an element name in <see cref="Names"/>, or -1 if no R4 element has it.</summary>
    public int NameId(string name) => nameIds.GetValueOrDefault(name, -1);

    /// <summary>The enumerated codes of a value set by canonical URL (without version), or null if the facts do not hold it.</summary>
    public ValueSetFact? ValueSet(string url) => valueSets.GetValueOrDefault(url);

    public SearchFact? SearchParameter(string url) => searchByUrl.GetValueOrDefault(url);

    /// <summary>
    /// The published StructureDefinition (JSON, differential only, no prose) of a core extension or profile by canonical URL
    /// without version, or null. Base types are not here: they are <see cref="Types"/>.
    /// </summary>
    public byte[]? StructureDefinition(string url) => definitions(url);

    private TypeFact Required(string name) =>
        Type(name) ?? throw new InvalidDataException($"The facts file lacks the type {name}: run tools/Facts again.");
}
