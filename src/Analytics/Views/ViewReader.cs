using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Analytics.Views;

/// <summary>Reads the JSON of a view; every fault becomes a finding with its line.</summary>
internal sealed class ViewReader(FindingList findings)
{
    private const int MaxNesting = 24;

    // What the ViewDefinition has for people and registries; a runner has no use for it.
    private static readonly HashSet<string> Metadata = new(StringComparer.Ordinal)
    {
        "resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension",
        "url", "identifier", "version", "versionAlgorithmString", "versionAlgorithmCoding", "name", "title", "status", "experimental", "date", "publisher", "contact",
        "description", "useContext", "jurisdiction", "purpose", "copyright", "copyrightLabel", "profile", "fhirVersion",
        "resource", "constant", "select", "where",
    };

    private static readonly HashSet<string> InSelect = new(StringComparer.Ordinal)
    {
        "id", "extension", "modifierExtension", "column", "select", "forEach", "forEachOrNull", "repeat", "unionAll",
    };

    private static readonly HashSet<string> InColumn = new(StringComparer.Ordinal)
    {
        "id", "extension", "modifierExtension", "path", "name", "description", "collection", "type", "tag",
    };

    /// <summary>Null where the view cannot be made out; the findings then say why.</summary>
    public static ViewDefinition? Read(ReadOnlySpan<byte> utf8, FindingList findings)
    {
        var root = JsonSpot.Parse(utf8, findings);
        return root is null ? null : new ViewReader(findings).View(root);
    }

    private void Add(FindingKind kind, Place place, params string[] arguments) => findings.Add(JsonSpot.Found(kind, place, arguments));

    private ViewDefinition? View(JsonSpot root)
    {
        if (!root.IsObject)
        {
            Add(ViewFindings.WrongKind, root.Place, "ViewDefinition", "an object");
            return null;
        }

        if (root.Member("resourceType") is { Text: not "ViewDefinition" } other)
        {
            Add(ViewFindings.WrongKind, other.Place, "resourceType", "ViewDefinition");
        }

        Known(root, Metadata);
        var name = Text(root, "name");
        if (name is not null)
        {
            Named(name);
        }

        var resource = Required(root, "resource");
        var constants = Objects(root, "constant").Select(Constant).OfType<ConstantDefinition>().ToArray();
        var selects = Objects(root, "select").ConvertAll(s => Select(s, 1));
        if (selects.Count == 0 && (root.Member("select") is null or { IsArray: true }))
        {
            Add(ViewFindings.Missing, root.Member("select")?.Place ?? root.Place, "select");
        }

        var where = Objects(root, "where").Select(w => Required(w, "path")).OfType<Written>().ToArray();
        return resource is null ? null : new ViewDefinition(name?.Text, resource, constants, [.. selects], where);
    }

    private SelectDefinition Select(JsonSpot spot, int depth)
    {
        Known(spot, InSelect);
        if (depth > MaxNesting)
        {
            Add(ViewFindings.TooLarge, spot.Place, $"{MaxNesting} levels");
            return new SelectDefinition(spot.Place, null, false, [], [], [], []);
        }

        var each = Text(spot, "forEach");
        var orNull = Text(spot, "forEachOrNull");
        var repeat = Repeat(spot);
        if ((each is null ? 0 : 1) + (orNull is null ? 0 : 1) + (repeat.Length == 0 ? 0 : 1) > 1)
        {
            Add(ViewFindings.TwoIterations, spot.Place);
        }

        return new SelectDefinition(
            spot.Place,
            each ?? orNull,
            each is null && orNull is not null,
            repeat,
            [.. Objects(spot, "column").Select(Column).OfType<ColumnDefinition>()],
            [.. Objects(spot, "select").Select(s => Select(s, depth + 1))],
            [.. Objects(spot, "unionAll").Select(s => Select(s, depth + 1))]);
    }

    private Written[] Repeat(JsonSpot spot)
    {
        if (spot.Member("repeat") is not { } list)
        {
            return [];
        }

        if (!list.IsArray || list.Items.Count == 0 || list.Items.Exists(i => !i.IsString))
        {
            Add(ViewFindings.WrongKind, list.Place, "repeat", "a list of expressions");
            return [];
        }

        return [.. list.Items.Select(i => new Written(i.Text, i.Place))];
    }

    private ColumnDefinition? Column(JsonSpot spot)
    {
        Known(spot, InColumn);
        var name = Required(spot, "name");
        var path = Required(spot, "path");
        var isCollection = spot.Member("collection");
        if (isCollection is not null && isCollection.Kind is not (JsonTokenType.True or JsonTokenType.False))
        {
            Add(ViewFindings.WrongKind, isCollection.Place, "collection", "true or false");
        }

        if (name is null || path is null)
        {
            return null;
        }

        Named(name);
        Written? sqlType = null;
        foreach (var tag in Objects(spot, "tag"))
        {
            if (tag.Member("name") is { Text: "ansi/type" })
            {
                sqlType = Required(tag, "value");
            }
        }

        return new ColumnDefinition(name, path, isCollection?.Kind == JsonTokenType.True, Text(spot, "type"), sqlType);
    }

    private ConstantDefinition? Constant(JsonSpot spot)
    {
        if (Required(spot, "name") is not { } name)
        {
            return null;
        }

        Named(name);
        var values = spot.Members.FindAll(m => m.Name.StartsWith("value", StringComparison.Ordinal));
        if (values is [var (property, value)]
            && value.Kind is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False
            && PrimitiveNamed(property.AsSpan(5)) is { } type)
        {
            return new ConstantDefinition(name, type, new Written(value.Text, value.Place));
        }

        Add(ViewFindings.BadConstant, spot.Place, name.Text);
        return null;
    }

    private static string? PrimitiveNamed(ReadOnlySpan<char> suffix)
    {
        foreach (var type in R4.Facts.Types)
        {
            if (type.IsPrimitive && suffix.Equals(type.Name, StringComparison.OrdinalIgnoreCase) && char.IsAsciiLetterUpper(suffix[0]))
            {
                return type.Name;
            }
        }

        return suffix is "Integer64" ? "integer" : null;
    }

    private void Named(Written name)
    {
        var text = name.Text;
        if (text.Length is 0 or > 255 || !char.IsAsciiLetter(text[0]) || !text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            Add(ViewFindings.BadName, name.Place, text);
        }
    }

    private void Known(JsonSpot spot, HashSet<string> names)
    {
        for (var i = 0; i < spot.Members.Count; i++)
        {
            var (name, value) = spot.Members[i];
            if (spot.Members.FindIndex(m => m.Name == name) < i)
            {
                Add(ViewFindings.NameTwice, value.Place, name);
            }
            else if (!names.Contains(name.TrimStart('_')))
            {
                Add(ViewFindings.Unknown, value.Place, name);
            }
        }
    }

    private Written? Required(JsonSpot spot, string name)
    {
        if (spot.Member(name) is null)
        {
            Add(ViewFindings.Missing, spot.Place, name);
        }

        return Text(spot, name);
    }

    private Written? Text(JsonSpot spot, string name)
    {
        if (spot.Member(name) is not { } value)
        {
            return null;
        }

        if (value.IsString && value.Text.Length > 0)
        {
            return new Written(value.Text, value.Place);
        }

        Add(ViewFindings.WrongKind, value.Place, name, "a text");
        return null;
    }

    private List<JsonSpot> Objects(JsonSpot spot, string name)
    {
        if (spot.Member(name) is not { } list)
        {
            return [];
        }

        if (!list.IsArray || list.Items.Exists(i => !i.IsObject))
        {
            Add(ViewFindings.WrongKind, list.Place, name, "a list of objects");
            return list.IsArray ? list.Items.FindAll(i => i.IsObject) : [];
        }

        return list.Items;
    }
}
