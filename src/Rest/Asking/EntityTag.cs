using System.Globalization;
using Kangqiao.Kernel;

namespace Kangqiao.Rest.Asking;

/// <summary>Versions as entity tags: W/"3" (R4 http.html#versioning).</summary>
internal static class EntityTag
{
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"W/\"{version}\"");

    /// <summary>The version that If-Match asks for; null when the header is absent or asks for any.</summary>
    public static Outcome<long?> Expected(string? ifMatch)
    {
        if (string.IsNullOrWhiteSpace(ifMatch) || ifMatch.Trim() == "*")
        {
            return (long?)null;
        }

        return TryVersion(ifMatch.AsSpan().Trim(), out var version) ? (long?)version : Problems.BadEntityTag(ifMatch);
    }

    /// <summary>True when If-None-Match names the version, or anything at all.</summary>
    public static bool Names(string? ifNoneMatch, long version)
    {
        var header = ifNoneMatch.AsSpan();
        foreach (var range in header.Split(','))
        {
            var tag = header[range].Trim();
            if (tag is "*" || (TryVersion(tag, out var named) && named == version))
            {
                return true;
            }
        }

        return false;
    }

    // Clients send W/"3", "3" and 3 alike; no two of them could mean different versions.
    private static bool TryVersion(ReadOnlySpan<char> tag, out long version)
    {
        if (tag.StartsWith("W/"))
        {
            tag = tag[2..];
        }

        return long.TryParse(tag.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out version);
    }
}
