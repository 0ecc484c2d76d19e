using Kangqiao.Host.Serving;

namespace Kangqiao.Host.Loading;

/// <summary>Data sets by the names of files: "lab-result.csv", "lab-result-2026-03.csv". Any other name leaves it to the file's header.</summary>
internal static class DatasetNames
{
    private static readonly Lazy<string[]> Names = new(() =>
        Directory.Exists(DoorMaking.Datasets)
            ? [.. Directory.EnumerateDirectories(DoorMaking.Datasets).Select(d => Path.GetFileName(d)).OrderByDescending(n => n.Length)]
            : []);

    /// <param name="name">Of the file, without extension.</param>
    public static string FormatOf(string name) =>
        Array.Find(Names.Value, n => name.Equals(n, StringComparison.OrdinalIgnoreCase)
            || (name.Length > n.Length && name.StartsWith(n, StringComparison.OrdinalIgnoreCase) && name[n.Length] is '-' or '_' or '.' or ' ' or '(')) is { } known
            ? "csv/" + known
            : "csv";
}
