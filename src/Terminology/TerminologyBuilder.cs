using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;
using Kangqiao.Terminology.Definitions;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology;

/// <summary>
/// Gathers CodeSystem, ValueSet and ConceptMap resources for a snapshot; one of the same URL and version replaces the earlier.
/// Starting from a snapshot costs nothing for what stays.
/// </summary>
public sealed class TerminologyBuilder
{
    // A code system may be far larger than a record; it comes from those who run the platform.
    private static readonly ReadOptions Large = new() { MaxBytes = 1 << 30, MaxElements = 64_000_000 };

    private readonly Dictionary<(string Url, string? Version), ConceptTable> tables = [];
    private readonly Dictionary<(string Url, string? Version), ValueSetDefinition> valueSets = [];
    private readonly Dictionary<(string Url, string? Version), ConceptMapDefinition> maps = [];

    public TerminologyBuilder()
    {
    }

    public TerminologyBuilder(TerminologySnapshot from)
    {
        foreach (var table in from.Tables)
        {
            tables[(table.Url, table.Version)] = table;
        }

        foreach (var set in from.ValueSets)
        {
            valueSets[(set.Url, set.Version)] = set;
        }

        foreach (var map in from.Maps)
        {
            maps[(map.Url, map.Version)] = map;
        }
    }

    /// <summary>Adds a resource as JSON.</summary>
    /// <param name="origin">File name or record id, for the message when it cannot be read.</param>
    /// <returns>Its canonical URL.</returns>
    public Outcome<string> Add(ReadOnlyMemory<byte> json, string origin)
    {
        var findings = new FindingList(1);
        var document = FhirDocument.Read(json, findings, Large);
        if (!document.IsUsable || findings.HasErrors)
        {
            return Problems.Unreadable(origin, findings.Count > 0 ? findings.Items[0].ToString() : "it is no FHIR resource.");
        }

        return Add(document.Root);
    }

    /// <summary>Adds a resource that was read; nothing of the document is kept.</summary>
    /// <returns>Its canonical URL.</returns>
    public Outcome<string> Add(Element resource)
    {
        switch (resource.Type.Name)
        {
            case "CodeSystem":
                if (!CodeSystemReading.Read(resource).Try(out var table, out var problem))
                {
                    return problem;
                }

                if (table is null)
                {
                    return resource.ChildText("url") ?? "";
                }

                tables[(table.Url, table.Version)] = table;
                return table.Url;
            case "ValueSet":
                if (!ValueSetDefinition.Read(resource).Try(out var set, out problem))
                {
                    return problem;
                }

                if (set.Url.Length == 0)
                {
                    return Problems.Unreadable("ValueSet", "it has no url.");
                }

                valueSets[(set.Url, set.Version)] = set;
                return set.Url;
            case "ConceptMap":
                if (!ConceptMapDefinition.Read(resource).Try(out var map, out problem))
                {
                    return problem;
                }

                maps[(map.Url, map.Version)] = map;
                return map.Url;
            default:
                return Problems.Unreadable(resource.Type.Name, "only CodeSystem, ValueSet and ConceptMap are terminology.");
        }
    }

    /// <summary>Takes out what has that URL and version, of whichever kind.</summary>
    public void Remove(string url, string? version)
    {
        tables.Remove((url, version));
        valueSets.Remove((url, version));
        maps.Remove((url, version));
    }

    /// <param name="version">Of the snapshot; see <see cref="TerminologySnapshot.Version"/>.</param>
    public TerminologySnapshot Build(long version) => new(version, [.. tables.Values], [.. valueSets.Values], [.. maps.Values]);
}
