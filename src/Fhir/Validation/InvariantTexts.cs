using System.Text;

namespace Kangqiao.Fhir.Validation;

/// <summary>The specification's invariants in Chinese, from the embedded table: one a line, key TAB text.</summary>
internal static class InvariantTexts
{
    private static readonly Lazy<Dictionary<string, string>> ByKey = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    public static string? Chinese(string key) => ByKey.Value.GetValueOrDefault(key);

    public static IReadOnlyDictionary<string, string> All => ByKey.Value;

    private static Dictionary<string, string> Load()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        using var stream = typeof(InvariantTexts).Assembly.GetManifestResourceStream("invariants.zh.tsv")
            ?? throw new InvalidDataException("The embedded table invariants.zh.tsv is missing.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab > 0)
            {
                texts[line[..tab]] = line[(tab + 1)..];
            }
        }

        return texts;
    }
}
