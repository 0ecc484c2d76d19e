using System.Text.Json;
using Kangqiao.Facts.Reading;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Facts.Making;

/// <summary>A type while it is being made: its place in a snapshot, not yet joined to the others.</summary>
/// <param name="Root">The element of the snapshot that stands for the type itself.</param>
/// <param name="Children">The elements right below it, in the order of the snapshot.</param>
internal sealed record TypeDraft(
    string Name, TypeKind Kind, bool IsAbstract, string? Base, JsonElement Root, JsonElement[] Children)
{
    private const string TypeUrl = "http://hl7.org/fhir/StructureDefinition/";

    /// <summary>The type a StructureDefinition defines, and one for each element in it that has elements of its own.</summary>
    public static IEnumerable<TypeDraft> Of(JsonElement definition)
    {
        var elements = definition.GetProperty("snapshot").GetProperty("element").EnumerateArray().ToArray();
        var children = elements
            .Where(e => ParentOf(e) is not null)
            .ToLookup(e => ParentOf(e)!, StringComparer.Ordinal);
        var kind = definition.Text("kind") switch
        {
            "primitive-type" => TypeKind.Primitive,
            "complex-type" => TypeKind.Complex,
            "resource" => TypeKind.Resource,
            var other => throw new InvalidDataException($"{definition.Text("url")} is of kind {other}"),
        };
        foreach (var root in elements)
        {
            var path = root.RequiredText("path");
            if (ParentOf(root) is null)
            {
                var ancestor = NameIn(definition.Text("baseDefinition"));
                yield return new TypeDraft(path, kind, definition.Flag("abstract"), ancestor, root, Allowed(children[path], kind));
            }
            else if (children.Contains(path))
            {
                yield return new TypeDraft(
                    path, TypeKind.Backbone, false, root.Each("type").Single().Text("code"), root, [.. children[path]]);
            }
        }
    }

    /// <summary>"Patient" from its canonical URL; null from null or from a URL that is not of a type.</summary>
    public static string? NameIn(string? url) =>
        url?.StartsWith(TypeUrl, StringComparison.Ordinal) == true ? url[TypeUrl.Length..] : null;

    // A primitive's value is the JSON scalar itself, and xhtml forbids its extensions by a maximum of 0.
    private static JsonElement[] Allowed(IEnumerable<JsonElement> children, TypeKind kind) =>
        [.. children
            .Where(e => e.Text("max") != "0")
            .Where(e => kind != TypeKind.Primitive || !e.RequiredText("path").EndsWith(".value", StringComparison.Ordinal))];

    private static string? ParentOf(JsonElement element)
    {
        var path = element.RequiredText("path");
        var dot = path.LastIndexOf('.');
        return dot < 0 ? null : path[..dot];
    }
}
