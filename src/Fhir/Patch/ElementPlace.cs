using System.Text.Json.Nodes;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Patch;

/// <summary>
/// Where an element that was read stands in the JSON tree it was read from: in which object, under which name. A primitive
/// stands there twice, its value under the name and its id and extensions under "_name" (json.html#primitive).
/// </summary>
internal readonly struct ElementPlace
{
    private ElementPlace(JsonObject owner, string name, int index, int depth)
    {
        Owner = owner;
        Name = name;
        Index = index;
        Depth = depth;
    }

    public JsonObject Owner { get; }

    /// <summary>The JSON name, valueQuantity for value[x].</summary>
    public string Name { get; }

    /// <summary>-1 if the element does not repeat.</summary>
    public int Index { get; }

    /// <summary>Levels of JSON around the element.</summary>
    public int Depth { get; }

    /// <summary>The place of any element but the root.</summary>
    public static ElementPlace Of(JsonObject root, Element element)
    {
        var (owner, depth) = Inside(root, element.Parent);
        return new ElementPlace(owner, element.JsonName, element.Index, element.Index < 0 ? depth : depth + 1);
    }

    /// <summary>The object that holds the element's own elements, and its depth; for a primitive one is made if need be.</summary>
    public static (JsonObject Object, int Depth) Inside(JsonObject root, Element element)
    {
        if (!element.Parent.Exists)
        {
            return (root, 1);
        }

        // Depth is bounded by what was read.
        var place = Of(root, element);
        var name = element.IsPrimitive ? "_" + place.Name : place.Name;
        if (place.Index < 0)
        {
            if (place.Owner[name] is not JsonObject single)
            {
                place.Owner[name] = single = [];
            }

            return (single, place.Depth + 1);
        }

        if (place.Owner[name] is not JsonArray items)
        {
            place.Owner[name] = items = [];
        }

        var due = place.Owner[place.Name] is JsonArray values ? values.Count : place.Index + 1;
        while (items.Count < due)
        {
            items.Add((JsonNode?)null);
        }

        if (items[place.Index] is not JsonObject item)
        {
            items[place.Index] = item = [];
        }

        return (item, place.Depth + 1);
    }

    /// <summary>The element as it is there, still part of the tree.</summary>
    public PatchValue Get() => Index < 0
        ? new PatchValue(Owner[Name], Owner["_" + Name] as JsonObject)
        : new PatchValue(At(Owner[Name], Index), At(Owner["_" + Name], Index) as JsonObject);

    private static JsonNode? At(JsonNode? array, int index) =>
        array is JsonArray items && index < items.Count ? items[index] : null;
}
