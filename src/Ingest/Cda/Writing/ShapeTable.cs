using System.Globalization;
using Kangqiao.Kernel;

namespace Kangqiao.Ingest.Cda.Writing;

/// <summary>The shapes of content/mappings/cda/shapes.tsv.</summary>
internal sealed class ShapeTable
{
    private readonly Dictionary<string, string[]> lists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DocumentShape> documents = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, DocumentShape> Documents => documents;

    public string[]? List(string facet) => lists.GetValueOrDefault(facet);

    public static Outcome<ShapeTable> Load(string path)
    {
        if (!File.Exists(path))
        {
            return new Problem("CDM002", ProblemKind.NotFound, "content/mappings/cda/shapes.tsv is missing.");
        }

        var table = new ShapeTable();
        var open = new Stack<(int Depth, Shape Shape)>();
        Dictionary<string, IReadOnlyList<ShapeAttribute>> types = new(StringComparer.Ordinal);
        var code = "";
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var fields = line.Split('\t');
            switch (fields[0])
            {
                case "list":
                    table.lists.Add(fields[1], fields[2].Split('|'));
                    break;
                case "document":
                    code = fields[1];
                    types = new(StringComparer.Ordinal);
                    open.Clear();
                    break;
                case "type":
                    var name = fields[1].Split('(', '!', '{')[0];
                    var inner = fields[1].Contains('(', StringComparison.Ordinal) ? fields[1][(name.Length + 1)..^1] : "";
                    types[name] = inner.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Attribute).ToList();
                    break;
                default:
                    if (!int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var depth))
                    {
                        return new Problem("CDM002", ProblemKind.Invalid, $"content/mappings/cda/shapes.tsv, line {number}: {fields[0]} begins no line.");
                    }

                    var shape = Element(fields);
                    while (open.TryPeek(out var top) && top.Depth >= depth)
                    {
                        open.Pop();
                    }

                    if (open.TryPeek(out var parent))
                    {
                        parent.Shape.Children.Add(shape);
                    }
                    else
                    {
                        table.documents.Add(code, new DocumentShape(code, shape, types));
                    }

                    open.Push((depth, shape));
                    break;
            }
        }

        return table;
    }

    private static Shape Element(string[] fields)
    {
        var card = fields.ElementAtOrDefault(2) ?? "";
        var shape = new Shape(
            fields[1],
            card.Length == 0 ? 1 : card[0] - '0',
            card.Length == 0 ? 1 : card[1] == '*' ? int.MaxValue : card[1] - '0',
            fields.ElementAtOrDefault(3) ?? "");
        shape.Attributes.AddRange(fields.Skip(4).Select(Attribute));
        return shape;
    }

    private static ShapeAttribute Attribute(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = text[..colon];
        return new ShapeAttribute(name.TrimEnd('?'), !name.EndsWith('?'), text[(colon + 1)..]);
    }
}
