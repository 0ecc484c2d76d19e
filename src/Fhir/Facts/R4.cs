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
    private readonly Dictionary<string, ValueSetFact> codeSystems;
    private readonly SearchFact[]?[] searchByType;
    private readonly Lazy<PublishedDefinitions> definitions;

    internal R4(FactsContent content, Lazy<PublishedDefinitions> definitions)
    {
        Types = content.Types;
        Elements = content.Elements;
        Names = content.Names;
        Constraints = content.Constraints;
        SearchParameters = content.SearchParameters;
        Compartments = content.Compartments;
        ValueSets = content.ValueSets;
        CodeSystems = content.CodeSystems;
        this.definitions = definitions;
        typesByName = Types.ToDictionary(t => t.Name, StringComparer.Ordinal);
        typesBySpan = typesByName.GetAlternateLookup<ReadOnlySpan<char>>();
        nameIds = new Dictionary<string, int>(Names.Length, StringComparer.Ordinal);
        for (var i = 0; i < Names.Length; i++)
        {
            nameIds.Add(Names[i], i);
        }

        valueSets = ValueSets.ToDictionary(v => v.Url, StringComparer.Ordinal);
        codeSystems = CodeSystems.ToDictionary(v => v.Url, StringComparer.Ordinal);
        searchByUrl = SearchParameters.ToDictionary(s => s.Url, StringComparer.Ordinal);
        Resource = Required("Resource");
        DomainResource = Required("DomainResource");
        Element = Required("Element");
        Extension = Required("Extension");
        Reference = Required("Reference");
        String = Required("string");
        Xhtml = Required("xhtml");
        searchByType = SearchTable();
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

    /// <summary>Every value set the facts hold, by URL in ordinal order.</summary>
    public ValueSetFact[] ValueSets { get; }

    /// <summary>Every code system that FHIR itself defines (http://hl7.org/fhir/...), by URL in ordinal order.</summary>
    public ValueSetFact[] CodeSystems { get; }

    /// <summary>The canonical URLs <see cref="StructureDefinition"/> knows.</summary>
    public IReadOnlyCollection<string> StructureDefinitionUrls => definitions.Value.Urls;

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

    /// <summary>All codes of a code system that FHIR itself defines, by its canonical URL, or null for any other system.</summary>
    public ValueSetFact? CodeSystem(string url) => codeSystems.GetValueOrDefault(url);

    public SearchFact? SearchParameter(string url) => searchByUrl.GetValueOrDefault(url);

    /// <summary>
    /// The parameters a resource type can be searched by, those of Resource and DomainResource included, by code in ordinal
    /// order; empty for anything but a resource type.
    /// </summary>
    public SearchFact[] SearchParametersOf(TypeFact type) => searchByType[type.Id] ?? [];

    /// <summary>The parameter of that code for a resource type, or null.</summary>
    public SearchFact? SearchParameter(TypeFact type, string code)
    {
        var parameters = SearchParametersOf(type);
        var low = 0;
        var high = parameters.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(parameters[middle].Code, code);
            if (order == 0)
            {
                return parameters[middle];
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return null;
    }

    /// <summary>
    /// The published StructureDefinition (JSON, differential only, no prose) of a core extension or profile by canonical URL
    /// without version, or null. Base types are not here: they are <see cref="Types"/>.
    /// </summary>
    public byte[]? StructureDefinition(string url) => definitions.Value.Find(url);

    private SearchFact[]?[] SearchTable()
    {
        var own = new List<SearchFact>?[Types.Length];
        foreach (var parameter in SearchParameters)
        {
            foreach (var type in parameter.Bases)
            {
                (own[type.Id] ??= []).Add(parameter);
            }
        }

        var table = new SearchFact[]?[Types.Length];
        foreach (var type in Types)
        {
            if (type.IsResource)
            {
                var all = new List<SearchFact>();
                for (var t = type; t is not null; t = t.Base)
                {
                    all.AddRange(own[t.Id] ?? []);
                }

                all.Sort(static (a, b) => string.CompareOrdinal(a.Code, b.Code));
                table[type.Id] = [.. all];
            }
        }

        return table;
    }

    private TypeFact Required(string name) =>
        Type(name) ?? throw new InvalidDataException($"The facts file lacks the type {name}: run tools/Facts again.");
}
