using System.Collections.Concurrent;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>
/// StructureDefinitions by canonical URL: some given, and behind them those the specification publishes. Immutable and
/// shared by all threads.
/// </summary>
public sealed class ProfileSet : IProfileSource
{
    /// <summary>The extensions and profiles of FHIR R4 itself.</summary>
    public static readonly ProfileSet Specification = new([]);

    private static readonly ConcurrentDictionary<string, FhirDocument> Published = new(StringComparer.Ordinal);

    private readonly Dictionary<string, List<FhirDocument>> given = new(StringComparer.Ordinal);

    /// <param name="definitions">Documents read; those that are not StructureDefinitions with a url are left aside.</param>
    public ProfileSet(IEnumerable<FhirDocument> definitions)
    {
        foreach (var definition in definitions)
        {
            if (definition.IsUsable && definition.Root.Type.Name == "StructureDefinition" && definition.Root.ChildText("url") is { } url)
            {
                if (!given.TryGetValue(url, out var versions))
                {
                    given.Add(url, versions = new List<FhirDocument>(1));
                }

                versions.Add(definition);
            }
        }
    }

    public FhirDocument? StructureDefinition(string canonical)
    {
        var (url, version) = Canonical.Split(canonical);
        if (!given.TryGetValue(url, out var versions))
        {
            return PublishedOf(url);
        }

        // The version asked for if it is here; else the newest given: a profile is rarely better left unchecked.
        return versions.Find(v => v.Root.ChildText("version") == version) ?? versions[^1];
    }

    /// <summary>True if the URL names a type of R4 itself, which needs no StructureDefinition: .../StructureDefinition/Patient.</summary>
    public static bool IsBaseType(string canonical) => Canonical.BaseType(canonical) is not null;

    /// <summary>Kept once read; what is not published is not kept, since records may name any number of such.</summary>
    private static FhirDocument? PublishedOf(string url) =>
        Published.TryGetValue(url, out var known) ? known
        : R4.Facts.StructureDefinition(url) is { } json ? Published.GetOrAdd(url, FhirDocument.Read(json, new FindingList(0)))
        : null;
}

/// <summary>Canonical references (references.html#canonical): url|version#fragment.</summary>
internal static class Canonical
{
    public static (string Url, string? Version) Split(string canonical)
    {
        var hash = canonical.IndexOf('#', StringComparison.Ordinal);
        var whole = hash < 0 ? canonical : canonical[..hash];
        var bar = whole.IndexOf('|', StringComparison.Ordinal);
        return bar < 0 ? (whole, null) : (whole[..bar], whole[(bar + 1)..]);
    }

    public static string Url(string canonical) => Split(canonical).Url;

    /// <summary>The type a base definition's URL names, or null: http://hl7.org/fhir/StructureDefinition/Patient.</summary>
    public static TypeFact? BaseType(string canonical)
    {
        const string Base = "http://hl7.org/fhir/StructureDefinition/";
        var url = Url(canonical);
        return url.StartsWith(Base, StringComparison.Ordinal) ? R4.Facts.Type(url.AsSpan(Base.Length)) : null;
    }
}
