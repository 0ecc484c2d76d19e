using System.Buffers;
using System.Text.Json;
using Kangqiao.Facts.Reading;

namespace Kangqiao.Facts.Making;

/// <summary>Extensions and profiles without their prose: what a validator needs of a differential.</summary>
internal static class DefinitionSlimming
{
    private static readonly string[] Head =
        ["url", "name", "kind", "abstract", "context", "contextInvariant", "type", "baseDefinition", "derivation"];

    private static readonly HashSet<string> ElementFields = new(StringComparer.Ordinal)
    {
        "id", "path", "sliceName", "sliceIsConstraining", "slicing", "min", "max", "contentReference", "type", "maxLength",
        "constraint", "mustSupport", "isModifier", "binding",
    };

    private static readonly string[] ValueFields = ["fixed", "pattern", "minValue", "maxValue"];

    private static readonly Dictionary<string, string[]> PartFields = new(StringComparer.Ordinal)
    {
        ["slicing"] = ["discriminator", "ordered", "rules"],
        ["type"] = ["code", "profile", "targetProfile", "aggregation", "versioning"],
        ["constraint"] = ["key", "severity", "human", "expression"],
        ["binding"] = ["strength", "valueSet"],
    };

    /// <summary>The profiles and extensions among the definitions, by URL.</summary>
    public static SortedDictionary<string, JsonElement> Choose(IEnumerable<JsonElement> definitions) =>
        new(definitions
            .Where(d => d.Text("derivation") == "constraint")
            .ToDictionary(d => d.RequiredText("url"), StringComparer.Ordinal),
            StringComparer.Ordinal);

    public static byte[] Slim(JsonElement definition)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "StructureDefinition");
            Copy(json, definition, Head);
            json.WriteStartObject("differential");
            json.WriteStartArray("element");
            var view = definition.Field("differential") ?? definition.GetProperty("snapshot");
            foreach (var element in view.Each("element"))
            {
                Element(json, element);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Element(Utf8JsonWriter json, JsonElement element)
    {
        json.WriteStartObject();
        foreach (var field in element.EnumerateObject())
        {
            if (PartFields.TryGetValue(field.Name, out var parts))
            {
                Parts(json, field, parts);
            }
            else if (ElementFields.Contains(field.Name) || ValueFields.Any(f => field.Name.StartsWith(f, StringComparison.Ordinal)))
            {
                field.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    private static void Parts(Utf8JsonWriter json, JsonProperty field, string[] names)
    {
        json.WritePropertyName(field.Name);
        if (field.Value.ValueKind == JsonValueKind.Array)
        {
            json.WriteStartArray();
            foreach (var item in field.Value.EnumerateArray())
            {
                json.WriteStartObject();
                Copy(json, item, names);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteStartObject();
            Copy(json, field.Value, names);
            json.WriteEndObject();
        }
    }

    private static void Copy(Utf8JsonWriter json, JsonElement from, string[] names)
    {
        foreach (var name in names)
        {
            if (from.Field(name) is { } value)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }
    }
}
