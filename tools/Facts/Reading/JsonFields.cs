using System.Text.Json;

namespace Kangqiao.Facts.Reading;

/// <summary>Short ways to ask a JSON object for a field that may be absent.</summary>
internal static class JsonFields
{
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;

    public static string RequiredText(this JsonElement json, string name) =>
        json.Text(name) ?? throw new InvalidDataException($"{name} is missing in {json}");

    public static bool Flag(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public static JsonElement? Field(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value : null;

    /// <summary>The items of an array field; none if it is absent.</summary>
    public static IEnumerable<JsonElement> Each(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.EnumerateArray() : [];

    public static IEnumerable<string> Texts(this JsonElement json, string name) =>
        json.Each(name).Select(item => item.GetString()!);

    /// <summary>The value[x] of the extension with that URL, as text.</summary>
    public static string? ExtensionText(this JsonElement json, string url) =>
        json.Each("extension")
            .Where(extension => extension.Text("url") == url)
            .SelectMany(extension => extension.EnumerateObject())
            .Where(field => field.Name.StartsWith("value", StringComparison.Ordinal))
            .Select(field => field.Value.GetString())
            .FirstOrDefault();
}
