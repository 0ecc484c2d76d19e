namespace Kangqiao.Codes;

/// <summary>The ways in which a flat table's codes say which stands above which.</summary>
internal static class Grouping
{
    /// <summary>031 lies under 03 where 03 is a code of the table: WS/T 364, WS 218, GB/T 20091.</summary>
    public static string? ByPrefix(string code, IReadOnlySet<string> codes)
    {
        for (var length = code.Length - 1; length > 0; length--)
        {
            if (codes.Contains(code[..length]))
            {
                return code[..length];
            }
        }

        return null;
    }

    /// <summary>141 lies under 140 and that under 100: GB tables of fixed length whose groups end in zeros.</summary>
    public static string? ByTrailingZeros(string code, IReadOnlySet<string> codes)
    {
        var digits = code.ToCharArray();
        for (var i = digits.Length - 1; i > 0; i--)
        {
            if (digits[i] == '0')
            {
                continue;
            }

            digits[i] = '0';
            var group = new string(digits);
            if (codes.Contains(group))
            {
                return group;
            }
        }

        return null;
    }

    /// <summary>Hangs each concept under its parent, keeping the order; returns those without one.</summary>
    public static List<ConceptDraft> Nest(IReadOnlyList<ConceptDraft> flat, Func<ConceptDraft, string?> parentOf)
    {
        var byCode = flat.ToDictionary(c => c.Code, StringComparer.Ordinal);
        var tops = new List<ConceptDraft>();
        foreach (var concept in flat)
        {
            var parent = parentOf(concept) is { } code ? byCode[code] : null;
            (parent?.Children ?? tops).Add(concept);
        }

        return tops;
    }
}
