using System.IO.Compression;
using Kangqiao.Kernel;

namespace Kangqiao.Terminology;

/// <summary>Reads content/terminology: every *.json and *.json.br below it is one resource.</summary>
public static class TerminologyContent
{
    /// <summary>Adds every file in ordinal order of path; the first that is wrong stops it and is named with line and column.</summary>
    /// <returns>How many files were read.</returns>
    public static Outcome<int> AddFolder(TerminologyBuilder builder, string folder)
    {
        var count = 0;
        foreach (var path in Directory.EnumerateFiles(folder, "*.json*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var isPacked = path.EndsWith(".json.br", StringComparison.Ordinal);
            if (!isPacked && !path.EndsWith(".json", StringComparison.Ordinal))
            {
                continue;
            }

            var json = isPacked ? Unpack(path) : File.ReadAllBytes(path);
            if (builder.Add(json, Path.GetRelativePath(folder, path)).Problem is { } problem)
            {
                return problem;
            }

            count++;
        }

        return count;
    }

    /// <summary>A snapshot of the folder alone.</summary>
    public static Outcome<TerminologySnapshot> Load(string folder, long version)
    {
        var builder = new TerminologyBuilder();
        return AddFolder(builder, folder).Then<TerminologySnapshot>(_ => builder.Build(version));
    }

    private static byte[] Unpack(string path)
    {
        using var brotli = new BrotliStream(File.OpenRead(path), CompressionMode.Decompress);
        using var json = new MemoryStream();
        brotli.CopyTo(json);
        return json.ToArray();
    }
}
