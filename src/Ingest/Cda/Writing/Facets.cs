using System.Globalization;

namespace Kangqiao.Ingest.Cda.Writing;

/// <summary>What a schema lets a text be, and the text that comes nearest to what is to be said.</summary>
internal static class Facets
{
    /// <summary>Null where what is said cannot be said so.</summary>
    public static string? Conform(string facet, string? said, string time, ShapeTable shapes)
    {
        if (facet[0] == '=')
        {
            return facet[1..];
        }

        if (shapes.List(facet) is { } list)
        {
            return said is null ? list[0] : Array.IndexOf(list, said) >= 0 ? said : null;
        }

        switch (facet[0])
        {
            case 'n' or 'b':
                return Number(facet, said);
            case 'f':
                return said is null or "true" or "false" ? said ?? "false" : null;
            case 't':
                return Stamp(facet, said, time);
            case 'l':
                return said is { Length: > 0 } ? said : new string('0', int.Parse(facet.AsSpan(1), CultureInfo.InvariantCulture));
            case 'm':
                return Length(facet, said ?? "");
            default:
                return said ?? "";
        }
    }

    private static string Length(string facet, string said)
    {
        var dash = facet.IndexOf('-', StringComparison.Ordinal);
        var least = int.Parse(facet.AsSpan(1, dash - 1), CultureInfo.InvariantCulture);
        var text = said.PadRight(least, '-');
        return facet[(dash + 1)..] is var most and not "*" ? text[..Math.Min(text.Length, int.Parse(most, CultureInfo.InvariantCulture))] : text;
    }

    private static string? Number(string facet, string? said)
    {
        if (said is null)
        {
            return facet.Length == 1 ? "0" : facet == "n2" ? "0.00" : "0.0000";
        }

        if (!decimal.TryParse(said, NumberStyles.Number, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return facet switch
        {
            "n2" => number.ToString("0.00", CultureInfo.InvariantCulture),
            "n4" => number.ToString("0.0000", CultureInfo.InvariantCulture),
            "b" => number is >= -128 and <= 127 && number == decimal.Truncate(number) ? number.ToString("0", CultureInfo.InvariantCulture) : null,
            _ => said,
        };
    }

    private static string? Stamp(string facet, string? said, string time)
    {
        var full = string.IsNullOrEmpty(said) ? time : said;
        if (!full.All(char.IsAsciiDigit))
        {
            return null;
        }

        if (facet == "td")
        {
            return $"{full[..4]}-{full[4..6]}-{full[6..8]}";
        }

        var length = int.Parse(facet.AsSpan(1), CultureInfo.InvariantCulture);
        return full.Length >= length ? full[..length] : full.PadRight(length, '0');
    }
}
