using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Search.Paths;

/// <summary>What a reference points at, as far as the record alone tells.</summary>
internal static class ReferenceTarget
{
    // A hostile record with a million references into a million contained resources must not cost their product.
    private const int MostLookedAt = 256;

    private static readonly int ReferenceName = R4.Facts.NameId("reference");
    private static readonly int TypeName = R4.Facts.NameId("type");
    private static readonly int ContainedName = R4.Facts.NameId("contained");
    private static readonly int IdName = R4.Facts.NameId("id");

    /// <summary>True if the reference is known to point at a resource of that type.</summary>
    public static bool IsA(Element element, TypeFact type)
    {
        if (element.IsResource)
        {
            return element.Type.IsA(type);
        }

        return TypeOf(element) is { } target && target.IsA(type);
    }

    /// <summary>The type pointed at, or null where the record does not tell.</summary>
    public static TypeFact? TypeOf(Element element)
    {
        var text = element.IsPrimitive ? element : element.Child(ReferenceName);
        if (text is { Exists: true, HasValue: true })
        {
            var raw = text.Raw;
            if (raw.Length > 0 && raw[0] == (byte)'#')
            {
                return Contained(element, raw) is { Exists: true } contained ? contained.Type : null;
            }

            if (ReferenceText.Split(raw) is { TypeLength: > 0 } parts
                && NamedType(raw.Slice(parts.TypeStart, parts.TypeLength)) is { } named)
            {
                return named;
            }
        }

        // R4 references.html: Reference.type tells the type where the text does not; it may be a URL of the specification.
        var stated = element.IsPrimitive ? default : element.Child(TypeName);
        if (stated is { Exists: true, HasValue: true })
        {
            var raw = stated.Raw;
            var slash = raw.LastIndexOf((byte)'/');
            return NamedType(raw[(slash + 1)..]);
        }

        return null;
    }

    /// <summary>The contained resource that "#id" means; "#" alone is the resource around.</summary>
    public static Element Contained(Element element, ReadOnlySpan<byte> fragment)
    {
        var resource = element.Resource;
        var around = resource.Parent;
        if (around.Exists && resource.NameId == ContainedName)
        {
            resource = around;
        }

        var id = fragment[1..];
        if (id.IsEmpty)
        {
            return resource;
        }

        var looked = 0;
        foreach (var contained in resource.Children)
        {
            if (++looked > MostLookedAt)
            {
                break;
            }

            if (contained.NameId != ContainedName)
            {
                continue;
            }

            var own = contained.Child(IdName);
            if (own.Exists && own.Raw.SequenceEqual(id))
            {
                return contained;
            }
        }

        return default;
    }

    internal static TypeFact? NamedType(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[64];
        return name.Length <= text.Length
            && System.Text.Encoding.UTF8.TryGetChars(name, text, out var length)
            && R4.Facts.Type(text[..length]) is { IsResource: true } type
                ? type
                : null;
    }
}

/// <summary>Where type, id and version stand in a reference's text (R4 references.html#literal).</summary>
internal readonly record struct ReferenceText(int TypeStart, int TypeLength, int IdStart, int IdLength, int VersionStart, int VersionLength)
{
    /// <summary>True if something stands before the type: an absolute URL.</summary>
    public bool HasBase => TypeLength > 0 && TypeStart > 0;

    /// <summary>All lengths 0 if it is neither Type/id nor a URL that ends so.</summary>
    public static ReferenceText Split(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("urn:"u8) || text.IndexOfAny((byte)'?', (byte)'#', (byte)'|') >= 0)
        {
            return default;
        }

        var end = text.Length;
        var versionStart = 0;
        var versionLength = 0;
        var history = text.LastIndexOf("/_history/"u8);
        if (history > 0)
        {
            versionStart = history + "/_history/"u8.Length;
            versionLength = text.Length - versionStart;
            end = history;
        }

        var slash = text[..end].LastIndexOf((byte)'/');
        if (slash <= 0 || slash == end - 1)
        {
            return default;
        }

        var type = text[..slash];
        var start = type.LastIndexOf((byte)'/') + 1;
        type = type[start..];
        return ReferenceTarget.NamedType(type) is null
            ? default
            : new ReferenceText(start, type.Length, slash + 1, end - slash - 1, versionStart, versionLength);
    }
}
