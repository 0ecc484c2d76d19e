using System.Text.Json;

namespace Kangqiao.PatientIndex.Sources;

/// <summary>What a resource's JSON says, without minding what it does not say.</summary>
internal static class JsonSaid
{
    /// <summary>As deep as a stored resource may be.</summary>
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1_000 };

    public static JsonDocument Parse(ReadOnlyMemory<byte> json) => JsonDocument.Parse(json, Deep);

    /// <summary>The text of a member; empty where there is none.</summary>
    public static string Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];

    /// <summary>Codes of a CodeableConcept.</summary>
    public static IEnumerable<(string System, string Code)> Codings(this JsonElement concept) =>
        concept.Items("coding").Select(coding => (coding.Text("system"), coding.Text("code")));

    /// <summary>The id in a relative reference to a type; null for any other reference.</summary>
    public static string? IdOf(this JsonElement reference, string type)
    {
        var text = reference.Text("reference");
        return text.Length > type.Length + 1 && text.StartsWith(type, StringComparison.Ordinal) && text[type.Length] == '/' && text.IndexOf('/', type.Length + 1) < 0
            ? text[(type.Length + 1)..]
            : null;
    }
}
