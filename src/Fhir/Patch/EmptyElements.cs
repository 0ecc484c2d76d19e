using System.Text.Json.Nodes;

namespace Kangqiao.Fhir.Patch;

/// <summary>
/// FHIR has no empty elements (ele-1): when the last of its elements is deleted, an element is gone too. It is looked at
/// once after all operations, so that one operation may empty what a later one fills.
/// </summary>
internal static class EmptyElements
{
    public static void Remove(JsonObject from)
    {
        foreach (var name in from.Select(p => p.Key[0] == '_' ? p.Key[1..] : p.Key).Distinct(StringComparer.Ordinal).ToArray())
        {
            if (from[name] is JsonArray || from["_" + name] is JsonArray)
            {
                var items = PatchValue.TakeAll(from, name);
                for (var i = 0; i < items.Count; i++)
                {
                    items[i] = new PatchValue(WithoutEmpty(items[i].Value), (JsonObject?)WithoutEmpty(items[i].Extras));
                }

                items.RemoveAll(i => i.IsNothing);
                PatchValue.PutAll(from, name, items);
                continue;
            }

            if (from[name] is JsonObject value && WithoutEmpty(value) is null)
            {
                from.Remove(name);
            }

            if (from["_" + name] is JsonObject extras && WithoutEmpty(extras) is null)
            {
                from.Remove("_" + name);
            }
        }
    }

    private static JsonNode? WithoutEmpty(JsonNode? node)
    {
        if (node is not JsonObject members)
        {
            return node;
        }

        Remove(members);
        return members.Count == 0 ? null : members;
    }
}
