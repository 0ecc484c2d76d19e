using System.Buffers;
using System.Text;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Standard.Naming;

/// <summary>What the records of one transaction are called by others in it, and what they are called from now on.</summary>
public sealed class NewNames
{
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> byText;

    public NewNames() => byText = names.GetAlternateLookup<ReadOnlySpan<char>>();

    public bool TryAdd(string fullUrl, string name) => names.TryAdd(fullUrl, name);

    public string? this[string text] => names.GetValueOrDefault(text);

    public void Clear() => names.Clear();

    /// <summary>A resource's bytes with its references as the records are called now; null where nothing changes.</summary>
    /// <param name="bundle">Bytes of the bundle.</param>
    /// <param name="spots">Those of the resource, in order.</param>
    /// <param name="fullUrl">Of its entry: relative references are relative to its base, where it has one.</param>
    public byte[]? Rewrite(ReadOnlySpan<byte> bundle, Element resource, ReadOnlySpan<ReferenceSpot> spots, string? fullUrl)
    {
        ArrayBufferWriter<byte>? output = null;
        var done = resource.Start;
        foreach (var spot in spots)
        {
            if (Find(bundle.Slice(spot.Start, spot.Length), spot.IsReference, fullUrl) is not { } name)
            {
                continue;
            }

            output ??= new ArrayBufferWriter<byte>(resource.Raw.Length + 256);
            output.Write(bundle[done..spot.Start]);
            Encoding.UTF8.GetBytes(name, output);
            done = spot.Start + spot.Length;
        }

        if (output is null)
        {
            return null;
        }

        output.Write(bundle[done..(resource.Start + resource.Raw.Length)]);
        return output.WrittenSpan.ToArray();
    }

    private string? Find(ReadOnlySpan<byte> raw, bool isReference, string? fullUrl)
    {
        if (raw.Length > 1024)
        {
            return null;
        }

        Span<char> room = stackalloc char[1024];
        var text = raw.Contains((byte)'\\') ? TextOf(raw).AsSpan() : room[..Encoding.UTF8.GetChars(raw, room)];
        if (byText.TryGetValue(text, out var name))
        {
            return name;
        }

        // R4 bundle.html#references: a relative reference is looked for under the base of its entry's fullUrl.
        return isReference && fullUrl is not null && text.IndexOf(':') < 0 && BaseOf(fullUrl) is { Length: > 0 } root
            ? names.GetValueOrDefault(string.Concat(root, "/", text))
            : null;
    }

    /// <summary>The text of a JSON string's bytes.</summary>
    public static string TextOf(ReadOnlySpan<byte> raw)
    {
        var reader = new System.Text.Json.Utf8JsonReader((byte[])[(byte)'"', .. raw, (byte)'"']);
        reader.Read();
        return reader.GetString()!;
    }

    // http://server/fhir/Patient/1 has the base http://server/fhir; a urn has none.
    private static ReadOnlySpan<char> BaseOf(string fullUrl)
    {
        if (!fullUrl.StartsWith("http", StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        var id = fullUrl.LastIndexOf('/');
        var type = id <= 0 ? -1 : fullUrl.LastIndexOf('/', id - 1);
        return type <= 0 ? default : fullUrl.AsSpan(0, type);
    }
}
