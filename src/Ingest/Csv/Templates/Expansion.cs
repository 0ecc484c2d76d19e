using System.Globalization;
using System.Text.Json.Nodes;

namespace Kangqiao.Ingest.Csv.Templates;

/// <summary>
/// Repetition, before anything is compiled: an item of a list with "$each" stands once for each entry of it, with &lt;name&gt; replaced by the
/// entry's member of that name (&lt;.&gt; where the entry is a plain value; "1..9" for the numbers).
/// </summary>
internal static class Expansion
{
    private const int Most = 200;

    public static JsonNode? Expand(JsonNode? node) => node switch
    {
        JsonArray list => new JsonArray([.. list.SelectMany(Items)]),
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Expand(m.Value)))),
        _ => node?.DeepClone(),
    };

    private static IEnumerable<JsonNode?> Items(JsonNode? item)
    {
        if (item is not JsonObject members || !members.TryGetPropertyValue("$each", out var each))
        {
            return [Expand(item)];
        }

        var pattern = new JsonObject(members.Where(m => m.Key != "$each").Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));
        return Entries(each).Select(entry => Expand(Fill(pattern, entry)));
    }

    private static IEnumerable<JsonNode> Entries(JsonNode? each)
    {
        if (each is JsonArray list)
        {
            return list.OfType<JsonNode>();
        }

        var range = each?.ToString() ?? "";
        var ends = range.Split("..", 2);
        return ends.Length == 2 && int.TryParse(ends[0], CultureInfo.InvariantCulture, out var first) && int.TryParse(ends[1], CultureInfo.InvariantCulture, out var last)
            && last - first is >= 0 and < Most
            ? Enumerable.Range(first, last - first + 1).Select(n => (JsonNode)JsonValue.Create(n))
            : throw new TemplateException($"'{range}' is neither a list nor a range like 1..9", "$each");
    }

    private static JsonNode? Fill(JsonNode? node, JsonNode entry) => node switch
    {
        JsonObject members => new JsonObject(members
            .Select(m => KeyValuePair.Create(Named(m.Key, entry), Fill(m.Value, entry)))
            .Where(m => m.Value is not null)),
        JsonArray list => new JsonArray([.. list.Select(i => Fill(i, entry))]),
        JsonValue value when value.TryGetValue<string>(out var text) => Text(text, entry),
        _ => node?.DeepClone(),
    };

    /// <summary>A text that is nothing but a name becomes the entry's value, a number too; one that the entry lacks becomes nothing.</summary>
    private static JsonNode? Text(string text, JsonNode entry)
    {
        if (text is ['<', .., '>'] && text.IndexOf('<', 1) < 0)
        {
            return Member(entry, text[1..^1])?.DeepClone();
        }

        return JsonValue.Create(Named(text, entry));
    }

    private static string Named(string text, JsonNode entry)
    {
        for (var open = text.IndexOf('<', StringComparison.Ordinal); open >= 0; open = text.IndexOf('<', open + 1))
        {
            var close = text.IndexOf('>', open);
            if (close > 0 && Member(entry, text[(open + 1)..close]) is { } value)
            {
                text = string.Concat(text.AsSpan(0, open), value.ToString(), text.AsSpan(close + 1));
            }
        }

        return text;
    }

    private static JsonNode? Member(JsonNode entry, string name) =>
        entry is JsonObject members ? members[name] : name == "." ? entry : null;
}
