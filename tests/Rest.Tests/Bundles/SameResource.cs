using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Kangqiao.Rest.Tests.Bundles;

/// <summary>
/// Two resources that say the same: properties in any order, narratives as XHTML and not as bytes, and without the version and
/// instant that the server gives.
/// </summary>
internal static partial class SameResource
{
    /// <summary>Null, or where they differ.</summary>
    public static string? Difference(JsonNode? left, JsonNode? right, string path = "")
    {
        switch (left, right)
        {
            case (JsonObject a, JsonObject b):
                return a.Select(p => p.Key).Union(b.Select(p => p.Key), StringComparer.Ordinal)
                    .Where(k => path != ".meta" || k is not ("versionId" or "lastUpdated"))
                    .Select(k => IsEmptyMeta(k, a[k], b[k]) ? null : Difference(a[k], b[k], $"{path}.{k}"))
                    .FirstOrDefault(d => d is not null);
            case (JsonArray a, JsonArray b):
                return a.Count != b.Count
                    ? $"{path}: {a.Count} and {b.Count}"
                    : a.Zip(b).Select((p, i) => Difference(p.First, p.Second, $"{path}[{i}]")).FirstOrDefault(d => d is not null);
            case (JsonValue a, JsonValue b):
                // Text, so that a decimal's digits count.
                return a.ToJsonString() == b.ToJsonString() || (path.EndsWith(".div", StringComparison.Ordinal) && IsSameMarkup((string)a!, (string)b!))
                    ? null
                    : $"{path}: {a.ToJsonString()} and {b.ToJsonString()}";
            default:
                return left is null && right is null ? null : $"{path}: {left?.ToJsonString()} and {right?.ToJsonString()}";
        }
    }

    // What the server answers always has a meta.
    private static bool IsEmptyMeta(string key, JsonNode? left, JsonNode? right) => key == "meta" && Difference(left ?? new JsonObject(), right ?? new JsonObject(), ".meta") is null;

    private static bool IsSameMarkup(string left, string right) => XNode.DeepEquals(Markup(left), Markup(right));

    private static XElement Markup(string div) =>
        XElement.Parse(Entity().Replace(div, e => e.Value is "&lt;" or "&gt;" or "&amp;" or "&quot;" or "&apos;" ? e.Value : WebUtility.HtmlDecode(e.Value)));

    [GeneratedRegex("&[A-Za-z]+;", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Entity();
}
