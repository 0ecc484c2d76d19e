using System.Text.Json;
using Kangqiao.Facts.Reading;

namespace Kangqiao.Facts.Making;

/// <summary>
/// Value sets, code systems and published expansions, by canonical URL; 4.0.1 first, newer terminology where it has none.
/// </summary>
internal sealed class Terminology(PublishedFiles files)
{
    private static readonly string[] Bundles = ["valuesets", "v3-codesystems", "v2-tables"];

    private readonly Dictionary<string, JsonElement> valueSets = Core(files, "ValueSet");
    private readonly Dictionary<string, JsonElement> codeSystems = Core(files, "CodeSystem");
    private readonly Dictionary<string, JsonElement> expansions = files.PublishedExpansions();

    public IEnumerable<JsonElement> CodeSystems => codeSystems.Values;

    public JsonElement? Expansion(string url) => expansions.TryGetValue(url, out var set) ? set.Field("expansion") : null;

    public JsonElement? ValueSet(string url) => Find(valueSets, "ValueSet", url);

    public JsonElement? CodeSystem(string url) => Find(codeSystems, "CodeSystem", url);

    private JsonElement? Find(Dictionary<string, JsonElement> core, string resourceType, string url) =>
        core.TryGetValue(url, out var found) ? found : files.NewerTerminology(resourceType, url);

    private static Dictionary<string, JsonElement> Core(PublishedFiles files, string resourceType) =>
        Bundles.SelectMany(bundle => files.Core(bundle, resourceType))
            .DistinctBy(r => r.Key)
            .ToDictionary(r => r.Key, r => r.Value, StringComparer.Ordinal);
}
