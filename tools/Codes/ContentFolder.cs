using System.IO.Compression;

namespace Kangqiao.Codes;

/// <summary>One file of content/terminology: its path below the folder, and its JSON.</summary>
internal sealed record ContentFile(string Path, byte[] Json);

/// <summary>Files above a megabyte are kept as Brotli; what counts for "the same" is the JSON inside.</summary>
internal static class ContentFolder
{
    private const int LargestPlain = 1024 * 1024;

    public static List<ContentFile> Make(string tables) =>
        [.. TableMaking.Make(tables).Select(CodeSystemFile.Of), .. ConceptMapMaking.Make(tables)];

    public static int Write(string folder, List<ContentFile> files)
    {
        foreach (var sub in new[] { "codesystem", "conceptmap" })
        {
            if (Directory.Exists(Path.Combine(folder, sub)))
            {
                Directory.Delete(Path.Combine(folder, sub), recursive: true);
            }

            Directory.CreateDirectory(Path.Combine(folder, sub));
        }

        foreach (var file in files)
        {
            var path = Path.Combine(folder, file.Path);
            if (file.Json.Length <= LargestPlain)
            {
                File.WriteAllBytes(path, file.Json);
                continue;
            }

            using var packed = File.Create(path + ".br");
            using var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize);
            brotli.Write(file.Json);
        }

        Console.WriteLine($"{folder}: {files.Count} files, {files.Sum(f => (long)f.Json.Length)} bytes of JSON");
        return 0;
    }

    public static int Check(string folder, List<ContentFile> files)
    {
        var wrong = files.Where(f => !Read(Path.Combine(folder, f.Path)).AsSpan().SequenceEqual(f.Json)).ToList();
        foreach (var file in wrong)
        {
            Console.Error.WriteLine($"{file.Path} is not what the tables say: dotnet run --project tools/Codes");
        }

        return wrong.Count == 0 ? 0 : 1;
    }

    private static byte[] Read(string path)
    {
        if (File.Exists(path))
        {
            return File.ReadAllBytes(path);
        }

        if (!File.Exists(path + ".br"))
        {
            return [];
        }

        using var brotli = new BrotliStream(File.OpenRead(path + ".br"), CompressionMode.Decompress);
        using var json = new MemoryStream();
        brotli.CopyTo(json);
        return json.ToArray();
    }
}
