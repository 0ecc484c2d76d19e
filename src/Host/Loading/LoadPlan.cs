using System.IO.Compression;

namespace Kangqiao.Host.Loading;

/// <param name="Format">"fhir", "hl7v2", "cda", "csv/NAME".</param>
/// <param name="Institution">Null for whoever the command names.</param>
internal sealed record LoadFile(string Path, string Format, string? Institution);

/// <param name="Left">Files of no known format.</param>
internal sealed record LoadPlan(IReadOnlyList<string> Registries, IReadOnlyList<LoadFile> Files, IReadOnlyList<string> Left)
{
    /// <summary>What others refer to comes first; beyond that by name.</summary>
    private static readonly string[] First =
        ["hospitalInformation", "practitionerInformation", "CodeSystem", "ValueSet", "Organization", "Location", "PractitionerRole", "Practitioner", "Medication.",
            "Device", "Patient", "RelatedPerson", "Person", "Group", "Coverage", "EpisodeOfCare", "Encounter", "Condition", "CareTeam", "CarePlan", "ServiceRequest", "Specimen", "Observation"];

    /// <summary>
    /// Files and folders in a lasting order. A folder's <c>registry</c> comes first, its <c>truth</c> is left alone, and where it has a
    /// registry the files of a subfolder are those of the institution that it is named for.
    /// </summary>
    public static LoadPlan Of(IEnumerable<string> paths)
    {
        var (registries, files, left) = (new List<string>(), new List<LoadFile>(), new List<string>());
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                AddFolder(path, registries, files, left);
            }
            else
            {
                Add(path, null, files, left);
            }
        }

        return new LoadPlan(registries, files, left);
    }

    private static void AddFolder(string folder, List<string> registries, List<LoadFile> files, List<string> left)
    {
        var registry = Path.Combine(folder, "registry");
        var hasRegistry = Directory.Exists(registry);
        if (hasRegistry)
        {
            registries.Add(registry);
        }

        var all = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => (Path: f, Parts: Path.GetRelativePath(folder, f).Split(Path.DirectorySeparatorChar)))
            .Where(f => !hasRegistry || f.Parts.Length == 1 || f.Parts[0] is not ("registry" or "truth"))
            .Where(f => !Array.Exists(f.Parts, p => p.StartsWith('.')))
            .OrderBy(f => hasRegistry && f.Parts.Length > 1 ? f.Parts[0] : "", StringComparer.Ordinal)
            .ThenBy(f => Rank(f.Parts[^1]))
            .ThenBy(f => f.Path, StringComparer.Ordinal);
        foreach (var (path, parts) in all)
        {
            Add(path, hasRegistry && parts.Length > 1 ? parts[0] : null, files, left);
        }
    }

    private static int Rank(string name)
    {
        var at = Array.FindIndex(First, f => name.StartsWith(f, StringComparison.OrdinalIgnoreCase));
        return at < 0 ? First.Length : at;
    }

    private static void Add(string path, string? institution, List<LoadFile> files, List<string> left)
    {
        if (FormatOf(path) is { } format)
        {
            files.Add(new LoadFile(path, format, institution));
        }
        else
        {
            left.Add(path);
        }
    }

    private static string? FormatOf(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".json" or ".ndjson" => "fhir",
            ".hl7" => "hl7v2",
            ".xml" => "cda",
            ".csv" => DatasetNames.FormatOf(Path.GetFileNameWithoutExtension(name)),
            ".md" or ".py" or ".sh" or ".html" or ".pdf" or ".png" => null,
            _ => Sniff(path),
        };
    }

    /// <summary>By how it begins, where the name does not say.</summary>
    private static string? Sniff(string path)
    {
        if (!File.Exists(path))
        {
            return "fhir";
        }

        Span<byte> start = stackalloc byte[64];
        int length;
        try
        {
            using var file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
            length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException)
        {
            return null;
        }

        ReadOnlySpan<byte> text = start[..length];
        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        text = text.TrimStart("\v \t\r\n"u8);
        return text.StartsWith("MSH"u8) || text.StartsWith("FHS"u8) || text.StartsWith("BHS"u8) ? "hl7v2"
            : text is [(byte)'{', ..] ? "fhir"
            : text is [(byte)'<', ..] ? "cda"
            : null;
    }
}
