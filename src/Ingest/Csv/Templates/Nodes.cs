using System.Text.Json;
using Kangqiao.Ingest.Csv.Content;

namespace Kangqiao.Ingest.Csv.Templates;

/// <summary>A piece of a resource as a template says it. What a row says nothing of is left out.</summary>
internal abstract class Node
{
    /// <summary>It is the same in every row; an object of nothing else than such pieces says nothing of its own.</summary>
    public virtual bool IsConstant => false;

    public abstract bool IsPresent(Row row);

    public abstract void Write(Utf8JsonWriter json, Row row);

    /// <summary>As a member of an object; some choose the name themselves.</summary>
    public virtual void WriteMember(Utf8JsonWriter json, JsonEncodedText name, Row row)
    {
        json.WritePropertyName(name);
        Write(json, row);
    }
}

/// <summary>Text, number or truth that stands in the template.</summary>
internal sealed class ConstantNode(JsonElement value) : Node
{
    public override bool IsConstant => true;

    public override bool IsPresent(Row row) => true;

    public override void Write(Utf8JsonWriter json, Row row) => value.WriteTo(json);
}

/// <summary>"{column}" alone: the value as what it is, a number as a number.</summary>
internal sealed class ColumnNode(Column column) : Node
{
    public override bool IsPresent(Row row) => row[column] is not null;

    public override void Write(Utf8JsonWriter json, Row row)
    {
        var value = row[column]!;
        switch (column.Kind)
        {
            case ColumnKind.Integer or ColumnKind.Decimal:
                json.WriteRawValue(value, skipInputValidation: true);
                break;
            case ColumnKind.Flag:
                json.WriteBooleanValue(value == "true");
                break;
            default:
                json.WriteStringValue(value);
                break;
        }
    }
}

/// <summary>Text with values in it; nothing where one of them is missing.</summary>
internal sealed class TextNode(Words words) : Node
{
    public override bool IsPresent(Row row) => words.Fill(row) is not null;

    public override void Write(Utf8JsonWriter json, Row row) => json.WriteStringValue(words.Fill(row));
}

/// <summary>An object. It is there when one of its pieces that depend on the row is there, or when none depends on the row.</summary>
internal sealed class ObjectNode((JsonEncodedText Name, Node Value)[] members, Condition? condition, Node[] needed) : Node
{
    private readonly bool isConstant = condition is null && Array.TrueForAll(members, m => m.Value.IsConstant);

    public override bool IsConstant => isConstant;

    public override bool IsPresent(Row row)
    {
        if (condition?.Holds(row) == false || !Array.TrueForAll(needed, n => n.IsPresent(row)))
        {
            return false;
        }

        var isDependent = false;
        foreach (var (_, value) in members)
        {
            if (!value.IsConstant)
            {
                if (value.IsPresent(row))
                {
                    return true;
                }

                isDependent = true;
            }
        }

        return !isDependent;
    }

    public override void Write(Utf8JsonWriter json, Row row)
    {
        json.WriteStartObject();
        foreach (var (name, value) in members)
        {
            if (value.IsPresent(row))
            {
                value.WriteMember(json, name, row);
            }
        }

        json.WriteEndObject();
    }
}

/// <summary>A list of what is there.</summary>
internal sealed class ArrayNode(Node[] items) : Node
{
    private readonly bool isConstant = Array.TrueForAll(items, i => i.IsConstant);

    public override bool IsConstant => isConstant;

    public override bool IsPresent(Row row) => Array.Exists(items, i => i.IsPresent(row));

    public override void Write(Utf8JsonWriter json, Row row)
    {
        json.WriteStartArray();
        foreach (var item in items)
        {
            if (item is SplitNode split)
            {
                split.WriteItems(json, row);
            }
            else if (item.IsPresent(row))
            {
                item.Write(json, row);
            }
        }

        json.WriteEndArray();
    }
}

/// <summary>The first of several that is there.</summary>
internal sealed class FirstNode(Node[] choices) : Node
{
    public override bool IsPresent(Row row) => Array.Exists(choices, c => c.IsPresent(row));

    public override void Write(Utf8JsonWriter json, Row row) => Array.Find(choices, c => c.IsPresent(row))!.Write(json, row);
}

/// <summary>A column that holds several values with a mark between them: a piece for each, in which {.} is the value.</summary>
internal sealed class SplitNode(Column column, string mark, Node each) : Node
{
    private const int Most = 500;

    public override bool IsPresent(Row row) => row[column] is not null;

    public override void Write(Utf8JsonWriter json, Row row)
    {
        json.WriteStartArray();
        WriteItems(json, row);
        json.WriteEndArray();
    }

    public void WriteItems(Utf8JsonWriter json, Row row)
    {
        if (row[column] is not { } list)
        {
            return;
        }

        foreach (var item in list.Split(mark, Most, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal))
        {
            row.Listed = item;
            if (each.IsPresent(row))
            {
                each.Write(json, row);
            }
        }

        row.Listed = null;
    }
}

/// <summary>Whether a piece or a record is said at all.</summary>
/// <param name="codes">What the column has to hold; empty for anything.</param>
internal sealed class Condition(Column column, string[] codes, bool isNegated)
{
    public bool Holds(Row row) =>
        (row[column] is { } value && (codes.Length == 0 || Array.IndexOf(codes, value) >= 0)) != isNegated;
}
