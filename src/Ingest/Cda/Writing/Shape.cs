namespace Kangqiao.Ingest.Cda.Writing;

/// <summary>What one element of a document type may be: its order, how often, its attributes and what it holds.</summary>
/// <param name="Name">An element's name, or "(choice)" and "(sequence)" for a group.</param>
/// <param name="Content">"s" text, "any" a value by type, a facet, or "".</param>
internal sealed record Shape(string Name, int Min, int Max, string Content)
{
    public List<ShapeAttribute> Attributes { get; } = [];

    public List<Shape> Children { get; } = [];

    public bool IsGroup => Name[0] == '(';

    /// <summary>The child of the name, through groups.</summary>
    public Shape? Find(string name)
    {
        foreach (var child in Children)
        {
            if (child.Name == name)
            {
                return child;
            }

            if (child.IsGroup && child.Find(name) is { } inner)
            {
                return inner;
            }
        }

        return null;
    }

    public Shape? Find(params ReadOnlySpan<string> path)
    {
        var at = this;
        foreach (var name in path)
        {
            at = at?.Find(name);
        }

        return at;
    }
}

internal sealed record ShapeAttribute(string Name, bool IsRequired, string Facet);

/// <summary>A document type's shapes and the data types its values may have.</summary>
internal sealed record DocumentShape(string Type, Shape Root, IReadOnlyDictionary<string, IReadOnlyList<ShapeAttribute>> Types);
