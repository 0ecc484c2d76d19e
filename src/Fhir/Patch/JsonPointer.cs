using System.Text.Json.Nodes;

namespace Kangqiao.Fhir.Patch;

/// <summary>A place in JSON (RFC 6901).</summary>
internal sealed class JsonPointer
{
    /// <summary>One past the last entry of an array; only where something is added (RFC 6901 section 4).</summary>
    private const string PastLast = "-";

    private const int MostNames = 1000;

    private readonly string[] names;

    private JsonPointer(string text, string[] names)
    {
        Text = text;
        this.names = names;
    }

    public string Text { get; }

    public bool IsRoot => names.Length == 0;

    /// <summary>Levels of JSON around the place.</summary>
    public int Depth => names.Length;

    public string Last => names[^1];

    /// <summary>Null if the text is no pointer, or one of more names than any record has levels.</summary>
    public static JsonPointer? Parse(string text)
    {
        if (text.Length == 0)
        {
            return new JsonPointer(text, []);
        }

        if (text[0] != '/' || text.AsSpan().Count('/') > MostNames)
        {
            return null;
        }

        var parts = text[1..].Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            for (var at = parts[i].IndexOf('~'); at >= 0; at = parts[i].IndexOf('~', at + 1))
            {
                if (at + 1 == parts[i].Length || parts[i][at + 1] is not ('0' or '1'))
                {
                    return null;
                }
            }

            // In this order, so that ~01 becomes ~1 and not '/' (RFC 6901 section 4).
            parts[i] = parts[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }

        return new JsonPointer(text, parts);
    }

    /// <summary>True if the place is inside that of <paramref name="other"/>, not the same.</summary>
    public bool IsInside(JsonPointer other) =>
        names.Length > other.names.Length && names.AsSpan(0, other.names.Length).SequenceEqual(other.names);

    public bool IsSameAs(JsonPointer other) => names.AsSpan().SequenceEqual(other.names);

    /// <summary>The value there; false if there is none. A value may be null.</summary>
    public bool TryFind(JsonNode? root, out JsonNode? value) => TryFind(root, names.Length, out value);

    /// <summary>The object or array that holds, or is to hold, the place; false if there is none.</summary>
    public bool TryFindHolder(JsonNode? root, out JsonNode? holder) =>
        TryFind(root, names.Length - 1, out holder) && holder is JsonObject or JsonArray;

    /// <summary>Where in an array of so many entries the last name points; -1 if nowhere.</summary>
    public int IndexIn(int count, bool isForAdding)
    {
        if (Last == PastLast)
        {
            return isForAdding ? count : -1;
        }

        var index = Index(Last);
        return index < count || (isForAdding && index == count) ? index : -1;
    }

    private bool TryFind(JsonNode? root, int steps, out JsonNode? value)
    {
        value = root;
        for (var i = 0; i < steps; i++)
        {
            switch (value)
            {
                case JsonObject members when members.TryGetPropertyValue(names[i], out value):
                    break;
                case JsonArray items when Index(names[i]) is >= 0 and var index && index < items.Count:
                    value = items[index];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    /// <summary>Digits without a leading zero, or -1.</summary>
    private static int Index(string name)
    {
        if (name.Length is 0 or > 9 || (name[0] == '0' && name.Length > 1))
        {
            return -1;
        }

        var index = 0;
        foreach (var c in name)
        {
            if (!char.IsAsciiDigit(c))
            {
                return -1;
            }

            index = (index * 10) + (c - '0');
        }

        return index;
    }
}
