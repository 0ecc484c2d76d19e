using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Fhir.Facts;
using Kangqiao.Ingest.Csv.Content;

namespace Kangqiao.Ingest.Csv.Templates;

/// <summary>
/// A template of a resource, which is the resource with columns in braces and the few operators of content/datasets/README.md, as pieces
/// that write it. It can only put values in places: what needs a decision is an operator here, with a test.
/// </summary>
internal sealed class TemplateCompiler(IReadOnlyDictionary<string, Column> columns, IReadOnlyDictionary<string, RecordTemplate> records)
{
    private static readonly string[] Operators =
        ["$coding", "$concept", "$map", "$ref", "$quantity", "$money", "$first", "$split", "$local", "$instant"];

    /// <exception cref="TemplateException">It says what there is not.</exception>
    public Node Resource(string type, JsonObject body)
    {
        var whole = new JsonObject { ["resourceType"] = type };
        foreach (var (name, value) in body)
        {
            var element = name.TrimStart('_');
            if (R4.Facts.Type(type)?.Element(element) is null && element != "value[x]" && !IsChoice(type, element))
            {
                throw new TemplateException($"{type} has no element '{name}'", $"\"{name}\"");
            }

            whole[name] = value?.DeepClone();
        }

        return Object(whole);
    }

    public Words Words(string text) => Templates.Words.Parse(text, columns.GetValueOrDefault);

    public Condition Condition(JsonNode? when)
    {
        if (when is JsonValue value && value.TryGetValue<string>(out var name))
        {
            return new Condition(ColumnOf(name), [], isNegated: false);
        }

        if (when is JsonObject members && members["column"]?.ToString() is { } column && members.All(m => m.Key is "column" or "is" or "not"))
        {
            var codes = members["is"] ?? members["not"];
            return new Condition(ColumnOf(column), codes is JsonArray list ? [.. list.Select(c => c.Text("is"))] : codes is null ? [] : [codes.ToString()], members.ContainsKey("not"));
        }

        throw new TemplateException("a condition is a column, or {\"column\": …, \"is\": […]}, or {\"column\": …, \"not\": […]}", "when");
    }

    // A choice is said by its full name (valueQuantity), which the facts have as value[x].
    private static bool IsChoice(string type, string element)
    {
        for (var i = element.Length - 1; i > 0; i--)
        {
            if (char.IsUpper(element[i]) && R4.Facts.Type(type)?.Element(element[..i]) is { IsChoice: true })
            {
                return true;
            }
        }

        return false;
    }

    private Column ColumnOf(string name) => columns.GetValueOrDefault(name) ?? throw new TemplateException($"'{name}' is no column of the data set", name);

    private Column? ColumnOf(JsonObject members, string name) => members[name] is { } said ? ColumnOf(said.ToString()) : null;

    private Node Node(JsonNode? node) => node switch
    {
        JsonObject members => Array.Find(Operators, members.ContainsKey) is { } named ? Operator(named, members) : Object(members),
        JsonArray list => new ArrayNode([.. list.Select(Node)]),
        JsonValue value when value.TryGetValue<string>(out var text) && text.Contains('{', StringComparison.Ordinal) => Text(text),
        JsonValue value => new ConstantNode(JsonSerializer.SerializeToElement(value)),
        _ => throw new TemplateException("null says nothing", "null"),
    };

    private Node Text(string text)
    {
        var words = Words(text);
        return words.Only is { } column ? new ColumnNode(column) : new TextNode(words);
    }

    private ObjectNode Object(JsonObject members)
    {
        var condition = members["$when"] is { } when ? Condition(when) : null;
        var needed = members["$needs"] is { } needs ? needs.Items("$needs").Select(n => Node(n)).ToArray() : [];
        return new ObjectNode(
            [.. members.Where(m => !m.Key.StartsWith('$')).Select(m => (JsonEncodedText.Encode(m.Key, JavaScriptEncoder.UnsafeRelaxedJsonEscaping), Node(m.Value)))],
            condition,
            needed);
    }

    private Node Operator(string name, JsonObject members)
    {
        var said = members[name];
        Only(name, members);
        return name switch
        {
            "$coding" => new CodingNode(Coded(said), ColumnOf(members, "display")),
            "$concept" => new ConceptNode(Coded(said), ColumnOf(members, "text")),
            "$map" => new MapNode(
                ColumnOf(said.Text(name)),
                (members["codes"]?.AsObject() ?? []).ToFrozenDictionary(c => c.Key, c => c.Value.Text(c.Key), StringComparer.Ordinal),
                members["present"]?.ToString(),
                members["else"]?.ToString()),
            "$ref" when said is JsonObject target => new ReferenceByKeyNode(target["type"].Text("type"), Words(target["key"].Text("key"))),
            "$ref" => new ReferenceNode(
                records.GetValueOrDefault(said.Text(name)) ?? throw new TemplateException($"'{said}' is no record of the data set", said.Text(name)),
                ColumnOf(members, "display")),
            "$quantity" => new QuantityNode(Counted(said), members["unit"]?.ToString(), members["ucum"]?.ToString(), ColumnOf(members, "unitColumn")),
            "$money" => new MoneyNode(Counted(said)),
            "$first" => new FirstNode([.. said.Items(name).Select(Node)]),
            "$split" => new SplitNode(ColumnOf(said.Text(name)), members["by"]?.ToString() ?? ";", Node(members["each"])),
            "$instant" => new InstantNode(ColumnOf(said.Text(name))),
            _ => new LocalSystemNode(said.Text(name)),
        };
    }

    private static void Only(string name, JsonObject members)
    {
        string[] allowed = name switch
        {
            "$coding" => ["display"],
            "$concept" => ["text"],
            "$map" => ["codes", "present", "else"],
            "$ref" => ["display"],
            "$quantity" => ["unit", "ucum", "unitColumn"],
            "$split" => ["by", "each"],
            _ => [],
        };
        foreach (var (other, _) in members)
        {
            if (other != name && Array.IndexOf(allowed, other) < 0)
            {
                throw new TemplateException($"{name} knows no '{other}'", $"\"{other}\"");
            }
        }
    }

    private Column Coded(JsonNode? said) =>
        ColumnOf(said.Text("$coding")) is { Kind: ColumnKind.Code } column ? column : throw new TemplateException($"'{said}' is not a coded column", "$coding");

    private Column Counted(JsonNode? said) =>
        ColumnOf(said.Text("$quantity")) is { Kind: ColumnKind.Integer or ColumnKind.Decimal or ColumnKind.Result } column
            ? column
            : throw new TemplateException($"'{said}' is not a column of numbers", "$quantity");
}
