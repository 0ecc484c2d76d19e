namespace Kangqiao.Ingest.Hl7v2.Content;

/// <summary>What a code of a v2 table is in FHIR: a code, and where the element is a coding, its system and display.</summary>
internal sealed record MappedCode(string Code, string System, string Display);

/// <summary>One table of v2 codes and their FHIR counterparts. Codes are matched as written, else without regard to case.</summary>
internal sealed class CodeMap(string name)
{
    private readonly Dictionary<string, MappedCode> exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MappedCode> folded = new(StringComparer.OrdinalIgnoreCase);

    public string Name => name;

    public MappedCode? this[string code] =>
        exact.TryGetValue(code, out var found) || folded.TryGetValue(code, out found) ? found : null;

    public void Add(string code, MappedCode mapped)
    {
        exact[code] = mapped;
        folded.TryAdd(code, mapped);
    }
}
