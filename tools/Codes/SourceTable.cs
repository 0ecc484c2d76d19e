using System.Text.Json;

namespace Kangqiao.Codes;

/// <summary>One fact table as kept: a JSON object with a system, a title, its source, and concepts.</summary>
internal sealed class SourceTable
{
    private readonly JsonElement root;

    private SourceTable(string id, JsonElement root)
    {
        Id = id;
        this.root = root;
    }

    public string Id { get; }

    public string System => Text("system")!;

    public string Title => Text("title")!;

    public string Source => Text("source")!;

    public string? Version => Text("version");

    public string? Note => Text("note");

    public string? OidStatus => Text("oidStatus");

    /// <summary>False where the table says of itself that it is not whole.</summary>
    public bool IsComplete =>
        !(root.TryGetProperty("complete", out var complete) && complete.ValueKind == JsonValueKind.False) && Text("completeness") is null;

    public List<JsonElement> Concepts => [.. root.GetProperty("concepts").EnumerateArray()];

    public static SourceTable Read(string folder, string id) => new(id, Json(folder, id));

    public static JsonElement Json(string folder, string id)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, id + ".json")));
        return document.RootElement.Clone();
    }

    public static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public List<ConceptDraft> Drafts() => [.. Concepts.Select(c => new ConceptDraft(Text(c, "code")!, Text(c, "display"))
    {
        IsAbstract = c.TryGetProperty("selectable", out var selectable) && selectable.ValueKind == JsonValueKind.False,
    })];

    private string? Text(string name) => Text(root, name);
}
