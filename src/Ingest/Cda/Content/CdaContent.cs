using System.Buffers;
using System.Collections.Frozen;
using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Ingest.Cda.Content;

/// <summary>
/// What content/mappings/cda says, read and checked once: the document types, where each data element goes, what sections mean,
/// and the systems of codes and units.
/// </summary>
public sealed class CdaContent
{
    private static readonly SearchValues<char> OidCharacters = SearchValues.Create("0123456789.");

    private readonly FrozenDictionary<string, CdaRule[]> common;
    private readonly FrozenDictionary<string, FrozenDictionary<string, CdaRule[]>> special;
    private readonly FrozenDictionary<string, CdaDocumentType> byTemplate;
    private readonly FrozenDictionary<string, CdaDocumentType> byTitle;
    private readonly FrozenDictionary<string, string> systems;
    private readonly FrozenDictionary<string, string> units;
    private readonly FrozenDictionary<string, string> roles;

    internal CdaContent(CdaContentReader reader)
    {
        Types = reader.Types.ToFrozenDictionary(t => t.Code, StringComparer.OrdinalIgnoreCase);
        byTemplate = reader.Types.ToFrozenDictionary(t => t.Template, StringComparer.Ordinal);
        byTitle = reader.Types.DistinctBy(t => t.Title, StringComparer.Ordinal).ToFrozenDictionary(t => t.Title, StringComparer.Ordinal);
        common = Compile(reader.Common);
        special = reader.Special.ToFrozenDictionary(s => s.Key, s => Compile(s.Value), StringComparer.Ordinal);
        systems = reader.Systems.ToFrozenDictionary(StringComparer.Ordinal);
        units = reader.Units.ToFrozenDictionary(StringComparer.Ordinal);
        roles = reader.Roles.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>By their codes.</summary>
    public IReadOnlyDictionary<string, CdaDocumentType> Types { get; }

    /// <summary>Reads a folder; the first line that is wrong is named with its file.</summary>
    public static Outcome<CdaContent> Load(string folder)
    {
        var reader = new CdaContentReader(folder);
        return reader.Read() is { } problem ? problem : new CdaContent(reader);
    }

    internal CdaDocumentType? ByTemplate(string template) => byTemplate.GetValueOrDefault(template);

    internal CdaDocumentType? ByTitle(string title) => byTitle.GetValueOrDefault(title);

    /// <summary>The first rule of the document type, then of all documents, that fits; null for none.</summary>
    internal CdaRule? RuleFor(CdaDocumentType? type, Statement statement, SectionContext section)
    {
        if (statement.Element is null)
        {
            return null;
        }

        return (type is not null && special.TryGetValue(type.Code, out var own) ? First(own, statement, section) : null)
            ?? First(common, statement, section);
    }

    /// <summary>FHIR's address of a code system known by its OID; null if the text is no OID.</summary>
    internal string? SystemOf(string oid) =>
        systems.TryGetValue(oid, out var url) ? url
        : oid.Length is > 4 and < 128 && oid[0] is >= '0' and <= '2' && oid[1] == '.' && oid[^1] != '.'
            && oid.AsSpan().IndexOfAnyExcept(OidCharacters) < 0 && !oid.Contains("..", StringComparison.Ordinal) ? "urn:oid:" + oid
        : null;

    /// <summary>The UCUM code of a unit as written.</summary>
    internal string? UnitOf(string unit) =>
        units.TryGetValue(unit, out var code) ? code : Kangqiao.Fhir.Units.Ucum.Parse(unit) is not null ? unit : null;

    internal string? RoleOf(string? section) => section is null ? null : roles.GetValueOrDefault(section);

    private static CdaRule? First(FrozenDictionary<string, CdaRule[]> rules, Statement statement, SectionContext section)
    {
        if (rules.TryGetValue(statement.Element!, out var candidates))
        {
            foreach (var rule in candidates)
            {
                if (rule.Fits(statement, section))
                {
                    return rule;
                }
            }
        }

        return null;
    }

    private static FrozenDictionary<string, CdaRule[]> Compile(List<(string Element, CdaRule Rule)> rules) =>
        rules.GroupBy(r => r.Element, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.Select(r => r.Rule).ToArray(), StringComparer.Ordinal);
}
