using System.Collections.Frozen;
using System.Text.Json;
using Kangqiao.Fhir.Units;
using Kangqiao.Ingest.Csv.Content;
using Kangqiao.Ingest.Hl7v2.Content;

namespace Kangqiao.Ingest.Csv.Templates;

/// <summary>A Coding: system, edition, code and name of a coded column.</summary>
/// <param name="display">A column with the sender's own name of it, used where the table has none.</param>
internal sealed class CodingNode(Column column, Column? display) : Node
{
    public override bool IsPresent(Row row) => row.CodeOf(column) is not null;

    public override void Write(Utf8JsonWriter json, Row row)
    {
        var code = row.CodeOf(column)!;
        json.WriteStartObject();
        if (code.System is not null)
        {
            json.WriteString("system"u8, code.System);
        }

        if (code.Version is not null)
        {
            json.WriteString("version"u8, code.Version);
        }

        json.WriteString("code"u8, code.Code);
        if ((code.Display ?? (display is null ? null : row[display])) is { } name)
        {
            json.WriteString("display"u8, name);
        }

        json.WriteEndObject();
    }
}

/// <summary>A CodeableConcept: a coded column, with the sender's words, or the words alone.</summary>
internal sealed class ConceptNode(Column column, Column? words) : Node
{
    private readonly CodingNode coding = new(column, words);

    public override bool IsPresent(Row row) => coding.IsPresent(row) || Words(row) is not null;

    public override void Write(Utf8JsonWriter json, Row row)
    {
        json.WriteStartObject();
        if (coding.IsPresent(row))
        {
            json.WriteStartArray("coding"u8);
            coding.Write(json, row);
            json.WriteEndArray();
        }

        if (Words(row) is { } text)
        {
            json.WriteString("text"u8, text);
        }

        json.WriteEndObject();
    }

    private string? Words(Row row) => (words is null ? null : row[words]) ?? row.CodeOf(column)?.Display;
}

/// <summary>A code of FHIR for each code of the column.</summary>
/// <param name="present">For a value that is none of those.</param>
/// <param name="other">Where there is no value, or none of those.</param>
internal sealed class MapNode(Column column, FrozenDictionary<string, string> codes, string? present, string? other) : Node
{
    public override bool IsPresent(Row row) => To(row) is not null;

    public override void Write(Utf8JsonWriter json, Row row) => json.WriteStringValue(To(row));

    private string? To(Row row) =>
        row[column] is not { } value ? other
        : codes.TryGetValue(value, out var code) ? code
        : present ?? other;
}

/// <summary>A Quantity, with its UCUM code where there is one. A result in words is a string, so that it may choose its member's name.</summary>
/// <param name="unitColumn">A column with the unit as the sender writes it, before <paramref name="unit"/>.</param>
internal sealed class QuantityNode(Column column, string? unit, string? ucum, Column? unitColumn) : Node
{
    private static readonly JsonEncodedText Quantity = JsonEncodedText.Encode("valueQuantity");
    private static readonly JsonEncodedText String = JsonEncodedText.Encode("valueString");

    private readonly string? ucum = ucum ?? (unit is null ? null : UcumOf(unit));

    public override bool IsPresent(Row row) => row[column] is not null;

    public override void Write(Utf8JsonWriter json, Row row)
    {
        var value = row[column]!;
        var comparator = value.AsSpan().IndexOfAnyExcept('<', '>', '=');
        json.WriteStartObject();
        if (comparator > 0)
        {
            json.WriteString("comparator"u8, value.AsSpan(0, comparator));
        }

        json.WritePropertyName("value"u8);
        json.WriteRawValue(value.AsSpan(comparator), skipInputValidation: true);
        var written = unitColumn is null ? null : row[unitColumn];
        if ((written ?? unit) is { } shown)
        {
            json.WriteString("unit"u8, shown);
        }

        if ((written is null ? ucum : UcumOf(written)) is { } code)
        {
            json.WriteString("system"u8, "http://unitsofmeasure.org"u8);
            json.WriteString("code"u8, code);
        }

        json.WriteEndObject();
    }

    /// <summary>value[x] of an Observation.</summary>
    public override void WriteMember(Utf8JsonWriter json, JsonEncodedText name, Row row)
    {
        if (!name.EncodedUtf8Bytes.SequenceEqual("value[x]"u8))
        {
            base.WriteMember(json, name, row);
        }
        else if (column.Kind == ColumnKind.Result && !CellValues.IsNumber(row[column]!))
        {
            json.WriteString(String, row[column]);
        }
        else
        {
            base.WriteMember(json, Quantity, row);
        }
    }

    private static string? UcumOf(string written) => Hl7Content.Default.UnitOf(written) ?? (Ucum.Parse(written) is not null ? written : null);
}

/// <summary>An amount in yuan.</summary>
internal sealed class MoneyNode(Column column) : Node
{
    public override bool IsPresent(Row row) => row[column] is not null;

    public override void Write(Utf8JsonWriter json, Row row)
    {
        json.WriteStartObject();
        json.WritePropertyName("value"u8);
        json.WriteRawValue(row[column]!, skipInputValidation: true);
        json.WriteString("currency"u8, "CNY"u8);
        json.WriteEndObject();
    }
}

/// <summary>A Reference to a record of the sender's, of this row or another; nothing where the row does not say which.</summary>
internal sealed class ReferenceNode(RecordTemplate record, Column? display) : Node
{
    public override bool IsPresent(Row row) => row.ReferenceTo(record) is not null || (display is not null && row[display] is not null);

    public override void Write(Utf8JsonWriter json, Row row)
    {
        json.WriteStartObject();
        if (row.ReferenceTo(record) is { } reference)
        {
            json.WriteString("reference"u8, reference);
        }

        if (display is not null && row[display] is { } name)
        {
            json.WriteString("display"u8, name);
        }

        json.WriteEndObject();
    }
}

/// <summary>A Reference by a key that is put together here: to each of a list.</summary>
internal sealed class ReferenceByKeyNode(string type, Words key) : Node
{
    public override bool IsPresent(Row row) => key.Fill(row) is not null;

    public override void Write(Utf8JsonWriter json, Row row)
    {
        json.WriteStartObject();
        json.WriteString("reference"u8, row.Names.Reference(type, key.Fill(row)!));
        json.WriteEndObject();
    }
}

/// <summary>The address of a table of the sender's own.</summary>
internal sealed class LocalSystemNode(string table) : Node
{
    public override bool IsConstant => true;

    public override bool IsPresent(Row row) => true;

    public override void Write(Utf8JsonWriter json, Row row) => json.WriteStringValue(row.Names.LocalSystem(table));
}

/// <summary>A time that is known to the second, for elements that take no less.</summary>
internal sealed class InstantNode(Column column) : Node
{
    public override bool IsPresent(Row row) => row[column] is { Length: > 10 };

    public override void Write(Utf8JsonWriter json, Row row) => json.WriteStringValue(row[column]);
}
