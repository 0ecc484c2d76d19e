using System.Text.Json;
using Kangqiao.Facts.Reading;

namespace Kangqiao.Facts.Making;

/// <summary>One concept of a code system, with the codes right above it.</summary>
/// <param name="IsSelectable">False for a mere heading (property notSelectable).</param>
internal sealed record Concept(string Code, bool IsSelectable, string[] Parents)
{
    public static List<Concept> All(JsonElement codeSystem)
    {
        var all = new List<Concept>();
        Gather(codeSystem, null);
        return all;

        void Gather(JsonElement parent, string? parentCode)
        {
            foreach (var concept in parent.Each("concept"))
            {
                var code = concept.RequiredText("code");
                var named = concept.Each("property")
                    .Where(p => p.Text("code") is "parent" or "subsumedBy")
                    .Select(p => p.Text("valueCode"))
                    .OfType<string>();
                var isSelectable = !concept.Each("property").Any(p => p.Text("code") == "notSelectable" && p.Flag("valueBoolean"));
                all.Add(new Concept(code, isSelectable, [.. named, .. parentCode is null ? Array.Empty<string>() : [parentCode]]));
                Gather(concept, code);
            }
        }
    }

    /// <summary>The codes below one code, at any depth, without itself.</summary>
    public static HashSet<string> Below(List<Concept> concepts, string root)
    {
        var children = concepts
            .SelectMany(c => c.Parents.Select(parent => (parent, c.Code)))
            .ToLookup(c => c.parent, c => c.Code, StringComparer.Ordinal);
        var below = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([root]);
        while (open.TryPop(out var code))
        {
            foreach (var child in children[code].Where(below.Add))
            {
                open.Push(child);
            }
        }

        return below;
    }
}
