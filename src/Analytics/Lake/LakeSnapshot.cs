using System.Text.Json;

namespace Kangqiao.Analytics.Lake;

/// <param name="Path">Below the snapshot: observation/month=2024-05/rows_0.parquet.</param>
public sealed record LakeFile(string Path, string Month);

/// <param name="Mark">Of the view it was made by.</param>
public sealed record LakeTableFiles(string Name, string Mark, IReadOnlyList<LakeFile> Files);

/// <summary>
/// The lake at one place of the change feed: <c>lake/current</c> leads to it. It never changes; a refresh makes the next one beside it, and
/// files that stay are links. So readers never see half a refresh.
/// </summary>
/// <param name="Cursor">Every change up to here is in it.</param>
/// <param name="AsOf">When that place was the end of the feed.</param>
/// <param name="Unfit">Records left out since the lake was made from zero, because a view cannot be run on them, or values left out.</param>
public sealed record LakeSnapshot(long Number, string Cursor, DateTimeOffset AsOf, long Unfit, IReadOnlyList<LakeTableFiles> Tables)
{
    internal const string Current = "current";
    internal const string Snapshots = "snapshots";
    internal const string Manifest = "manifest.json";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>The current one; null where there is none, or what is there cannot be read.</summary>
    public static LakeSnapshot? Read(string lake)
    {
        try
        {
            var file = Path.Combine(lake, Current, Manifest);
            return File.Exists(file) ? JsonSerializer.Deserialize<LakeSnapshot>(File.ReadAllBytes(file)) : null;
        }
        catch (Exception fault) when (fault is IOException or JsonException)
        {
            return null;
        }
    }

    public string FolderIn(string lake) => Path.Combine(lake, Snapshots, Number.ToString("D8", System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Whole paths of a table's files.</summary>
    public IReadOnlyList<string> FilesOf(string lake, string table) =>
        [.. (Tables.FirstOrDefault(t => t.Name == table)?.Files ?? []).Select(f => Path.Combine(FolderIn(lake), f.Path))];

    internal void Write(string folder)
    {
        using var file = new FileStream(Path.Combine(folder, Manifest), FileMode.Create);
        JsonSerializer.Serialize(file, this, Readable);
        file.Flush(flushToDisk: true);
    }
}
