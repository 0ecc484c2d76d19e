namespace Kangqiao.Analytics.Extraction;

/// <summary>Which files a list of paths stands for.</summary>
internal static class InputFiles
{
    private static readonly string[] Endings = [".ndjson", ".jsonl", ".json", ".ndjson.gz", ".jsonl.gz", ".json.gz"];

    /// <summary>Files as named; of a folder all NDJSON and JSON files in and below it, in the order of their names, but hidden ones.</summary>
    /// <returns>With a path that is not there: a file that cannot be read, which reading it then says.</returns>
    public static IEnumerable<string> Of(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                yield return path;
                continue;
            }

            var found = Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden })
                .Where(f => Array.Exists(Endings, e => f.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
                .Order(StringComparer.Ordinal);
            foreach (var file in found)
            {
                yield return file;
            }
        }
    }
}
