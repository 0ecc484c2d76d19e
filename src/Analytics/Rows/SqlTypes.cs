using System.Globalization;
using Kangqiao.Analytics.Duck;
using Kangqiao.Analytics.Views;

namespace Kangqiao.Analytics.Rows;

/// <summary>
/// The SQL type of a column: what its tag "ansi/type" says, else what goes with its FHIR type
/// (https://sql-on-fhir.org/ig/StructureDefinition-ViewDefinition.html, Type Hinting with Tags). A date or dateTime may lack its day or its
/// time, so without a tag it stays text.
/// </summary>
internal static class SqlTypes
{
    public static DuckType Of(ViewColumn column)
    {
        var type = (column.SqlType is { } sql ? Parse(sql) : null) ?? column.Kind switch
        {
            ColumnKind.Boolean => DuckType.Boolean,
            ColumnKind.Integer => DuckType.Integer,
            ColumnKind.Long => DuckType.BigInt,
            ColumnKind.Decimal => DuckType.Decimal(38, 18),
            ColumnKind.Instant => DuckType.TimestampTz,
            _ => DuckType.Varchar,
        };
        return column.IsCollection ? DuckType.List(type) : type;
    }

    /// <summary>Whether values of the kind can be written as the SQL type.</summary>
    public static bool CanBe(ColumnKind kind, string sql) => Parse(sql) is { } type && (type.Kind, kind) switch
    {
        (DuckKind.Varchar, _) => true,
        (DuckKind.Boolean, ColumnKind.Boolean) => true,
        (DuckKind.Boolean, _) => false,
        (DuckKind.Date or DuckKind.Time or DuckKind.Timestamp or DuckKind.TimestampTz, ColumnKind.Text or ColumnKind.Instant or ColumnKind.Open) => true,
        (DuckKind.Date or DuckKind.Time or DuckKind.Timestamp or DuckKind.TimestampTz, _) => false,
        (_, ColumnKind.Integer or ColumnKind.Long or ColumnKind.Decimal or ColumnKind.Open) => true,
        _ => false,
    };

    /// <summary>Null for a type that is not known.</summary>
    private static DuckType? Parse(string sql)
    {
        var text = sql.Trim().ToUpperInvariant();
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var close = text.IndexOf(')', StringComparison.Ordinal);
        int[] sizes = [];
        var name = text;
        if (open > 0 && close > open)
        {
            var parts = text[(open + 1)..close].Split(',');
            sizes = [.. parts.Select(p => int.TryParse(p, NumberStyles.Integer, CultureInfo.InvariantCulture, out var size) ? size : -1)];
            name = string.Join(' ', $"{text[..open]} {text[(close + 1)..]}".Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        return name switch
        {
            "BOOLEAN" => DuckType.Boolean,
            "SMALLINT" => new DuckType(DuckKind.SmallInt),
            "INT" or "INTEGER" => DuckType.Integer,
            "BIGINT" => DuckType.BigInt,
            "REAL" => new DuckType(DuckKind.Float),
            "FLOAT" or "DOUBLE" or "DOUBLE PRECISION" => DuckType.Double,
            "DECIMAL" or "NUMERIC" or "DEC" => sizes switch
            {
                [] => DuckType.Decimal(38, 18),
                [>= 1 and <= 38 and var width] => DuckType.Decimal((byte)width, 0),
                [>= 1 and <= 38 and var width, >= 0 and var scale] when scale <= width => DuckType.Decimal((byte)width, (byte)scale),
                _ => null,
            },
            "CHARACTER" or "CHAR" or "CHARACTER VARYING" or "CHAR VARYING" or "VARCHAR" or "TEXT" => DuckType.Varchar,
            "DATE" => DuckType.Date,
            "TIME" => new DuckType(DuckKind.Time),
            "TIMESTAMP" or "TIMESTAMP WITHOUT TIME ZONE" => DuckType.Timestamp,
            "TIMESTAMP WITH TIME ZONE" => DuckType.TimestampTz,
            _ => null,
        };
    }
}
