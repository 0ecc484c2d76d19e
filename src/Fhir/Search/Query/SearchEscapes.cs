namespace Kangqiao.Fhir.Search.Query;

/// <summary>R4 search.html#escaping: \, \| \$ and \\ stand for the characters themselves.</summary>
internal static class SearchEscapes
{
    /// <summary>The parts between separators that are not escaped; escapes are kept in them.</summary>
    public static List<string> Split(string text, char separator, int limit)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length && parts.Count < limit; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == separator)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    public static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var builder = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is (',' or '|' or '$' or '\\'))
            {
                i++;
            }

            builder.Append(text[i]);
        }

        return builder.ToString();
    }
}
