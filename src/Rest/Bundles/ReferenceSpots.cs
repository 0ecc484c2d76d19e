using System.Buffers;
using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Rest.Bundles;

/// <summary>A place in the bundle's bytes where another record may be named.</summary>
/// <param name="Start">First byte.</param>
/// <param name="IsReference">It is a Reference.reference; else only a full match with a fullUrl counts.</param>
internal readonly record struct ReferenceSpot(int Start, int Length, bool IsReference);

/// <summary>
/// Finds the places that a transaction may have to rewrite (R4 http.html#trules): Reference.reference, values of type uri, url, oid,
/// uuid and canonical, and the links of narratives.
/// </summary>
internal sealed class ReferenceSpots(bool hasHttpNames)
{
    private static readonly int ReferenceName = R4.Facts.NameId("reference");

    /// <summary>Adds the places of one resource, in the order of its bytes.</summary>
    public void Collect(Element resource, List<ReferenceSpot> into)
    {
        var before = into.Count;
        Walk(resource, into);

        // Elements come in the order of FHIR's definition, which need not be that of the bytes.
        into.Sort(before, into.Count - before, ByStart.Instance);
    }

    private void Walk(Element element, List<ReferenceSpot> into)
    {
        foreach (var child in element.Children)
        {
            if (child.IsPrimitive)
            {
                if (child.HasValue)
                {
                    Look(child, into);
                }
            }

            Walk(child, into);
        }
    }

    private void Look(Element value, List<ReferenceSpot> into)
    {
        switch (value.Type.Primitive)
        {
            case PrimitiveKind.String when value.NameId == ReferenceName && ReferenceEquals(value.Parent.Type, R4.Facts.Reference):
                if (value.Raw is not [(byte)'#', ..])
                {
                    into.Add(new(value.Start, value.Raw.Length, true));
                }

                break;
            case PrimitiveKind.Uri or PrimitiveKind.Url or PrimitiveKind.Oid or PrimitiveKind.Uuid or PrimitiveKind.Canonical:
                if (MayName(value.Raw))
                {
                    into.Add(new(value.Start, value.Raw.Length, false));
                }

                break;
            case PrimitiveKind.Xhtml:
                LookInNarrative(value.Start, value.Raw, into);
                break;
        }
    }

    private bool MayName(ReadOnlySpan<byte> raw) => raw.StartsWith("urn:"u8) || (hasHttpNames && raw.StartsWith("http"u8));

    /// <summary>href and src of the narrative, whose quotes are escaped or single.</summary>
    private void LookInNarrative(int start, ReadOnlySpan<byte> raw, List<ReferenceSpot> into)
    {
        for (var at = 0; at < raw.Length;)
        {
            var equals = raw[at..].IndexOf((byte)'=');
            if (equals < 0)
            {
                return;
            }

            at += equals + 1;
            var name = raw[..(at - 1)].TrimEnd(" \t"u8);
            if (!name.EndsWith("href"u8) && !name.EndsWith("src"u8))
            {
                continue;
            }

            var isDouble = raw[at..].StartsWith("\\\""u8);
            if (!isDouble && !raw[at..].StartsWith("'"u8))
            {
                continue;
            }

            at += isDouble ? 2 : 1;
            var length = isDouble ? raw[at..].IndexOf("\\\""u8) : raw[at..].IndexOf((byte)'\'');
            if (length > 0 && MayName(raw.Slice(at, length)))
            {
                into.Add(new(start + at, length, false));
            }
        }
    }

    private sealed class ByStart : IComparer<ReferenceSpot>
    {
        public static readonly ByStart Instance = new();

        public int Compare(ReferenceSpot x, ReferenceSpot y) => x.Start.CompareTo(y.Start);
    }
}

/// <summary>What the records of one transaction are called by others in it, and what they are called from now on.</summary>
internal sealed class NewNames
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
