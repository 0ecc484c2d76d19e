using System.Text.Json.Nodes;

namespace Kangqiao.Fhir.Patch;

/// <summary>One occurrence of an element in JSON: its value, and for a primitive the id and extensions of its "_name" part.</summary>
internal readonly record struct PatchValue(JsonNode? Value, JsonObject? Extras)
{
    public bool IsNothing => Value is null && Extras is null;

    /// <summary>Puts it in its object in place of what is there under the name.</summary>
    public void Put(JsonObject owner, string name)
    {
        Set(owner, name, Value);
        Set(owner, "_" + name, Extras);
    }

    /// <summary>Takes the occurrences of a repeating element out of its object, each with its "_name" part.</summary>
    public static List<PatchValue> TakeAll(JsonObject owner, string name)
    {
        var values = Take(owner, name);
        var extras = Take(owner, "_" + name);
        var items = new List<PatchValue>(Math.Max(values.Length, extras.Length));
        for (var i = 0; i < values.Length || i < extras.Length; i++)
        {
            items.Add(new PatchValue(i < values.Length ? values[i] : null, i < extras.Length ? extras[i] as JsonObject : null));
        }

        return items;
    }

    /// <summary>Puts the occurrences back: each array is there only if it says something, padded with null (json.html#primitive).</summary>
    public static void PutAll(JsonObject owner, string name, List<PatchValue> items)
    {
        Set(owner, name, items.Exists(i => i.Value is not null) ? new JsonArray([.. items.Select(i => i.Value)]) : null);
        Set(owner, "_" + name, items.Exists(i => i.Extras is not null) ? new JsonArray([.. items.Select(i => i.Extras)]) : null);
    }

    private static JsonNode?[] Take(JsonObject owner, string name)
    {
        if (owner[name] is not JsonArray array)
        {
            return [];
        }

        JsonNode?[] items = [.. array];
        array.Clear();
        return items;
    }

    private static void Set(JsonObject owner, string name, JsonNode? value)
    {
        if (value is null)
        {
            owner.Remove(name);
        }
        else
        {
            owner[name] = value;
        }
    }
}
