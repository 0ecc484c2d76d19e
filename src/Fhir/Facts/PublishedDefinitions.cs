namespace Kangqiao.Fhir.Facts;

/// <summary>The StructureDefinitions of the third section: pairs of URL and JSON, found by URL.</summary>
internal sealed class PublishedDefinitions
{
    private readonly byte[] plain;
    private readonly Dictionary<string, Range> byUrl = new(StringComparer.Ordinal);

    public PublishedDefinitions(byte[] plain)
    {
        this.plain = plain;
        var reader = new PackedReader(plain);
        for (var left = reader.Number(); left > 0; left--)
        {
            var url = reader.Text();
            var length = reader.Bytes().Length;
            byUrl.Add(url, (reader.Position - length)..reader.Position);
        }
    }

    public IReadOnlyCollection<string> Urls => byUrl.Keys;

    public byte[]? Find(string url) => byUrl.TryGetValue(url, out var range) ? plain[range] : null;

    public static byte[] Pack(IReadOnlyDictionary<string, byte[]> byUrl)
    {
        var writer = new PackedWriter();
        writer.Number(byUrl.Count);
        foreach (var (url, json) in byUrl.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            writer.Text(url);
            writer.Bytes(json);
        }

        return writer.ToArray();
    }
}
