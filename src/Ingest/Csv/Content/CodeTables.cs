using System.IO.Compression;
using System.Text.Json;

namespace Kangqiao.Ingest.Csv.Content;

/// <summary>The tables of content/terminology/codesystem as value domains, each read when the first column asks for it.</summary>
internal sealed class CodeTables(string folder)
{
    private readonly Dictionary<string, CodeTable?> tables = new(StringComparer.Ordinal);

    /// <summary>The table of that file name (CV02.01.101); null where there is none.</summary>
    public CodeTable? Find(string name)
    {
        if (!tables.TryGetValue(name, out var table))
        {
            tables[name] = table = Read(name);
        }

        return table;
    }

    private CodeTable? Read(string name)
    {
        if (name.AsSpan().ContainsAny('/', '\\'))
        {
            return null;
        }

        var plain = Path.Combine(folder, name + ".json");
        var packed = plain + ".br";
        if (!File.Exists(plain) && !File.Exists(packed))
        {
            return null;
        }

        using var file = File.OpenRead(File.Exists(plain) ? plain : packed);
        using Stream stream = File.Exists(plain) ? file : new BrotliStream(file, CompressionMode.Decompress);
        using var json = JsonDocument.Parse(stream);
        var root = json.RootElement;
        var system = root.GetProperty("url").GetString();
        var version = root.TryGetProperty("version", out var edition) ? edition.GetString() : null;
        var codes = new List<TableCode>();
        Add(root, system, version, codes);
        return new CodeTable(name, root.TryGetProperty("title", out var title) ? title.GetString()! : name, codes);
    }

    private static void Add(JsonElement holder, string? system, string? version, List<TableCode> codes)
    {
        if (!holder.TryGetProperty("concept", out var concepts))
        {
            return;
        }

        foreach (var concept in concepts.EnumerateArray())
        {
            codes.Add(new TableCode(system, version, concept.GetProperty("code").GetString()!, concept.TryGetProperty("display", out var display) ? display.GetString() : null));
            Add(concept, system, version, codes);
        }
    }
}
