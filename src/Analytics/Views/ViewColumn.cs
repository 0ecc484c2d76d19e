using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;

namespace Kangqiao.Analytics.Views;

/// <summary>What the values of a column are.</summary>
public enum ColumnKind
{
    /// <summary>Nothing is known: each value as it comes.</summary>
    Open,
    Text,
    Boolean,
    Integer,
    Long,
    Decimal,

    /// <summary>A moment with its zone.</summary>
    Instant,

    /// <summary>A complex element, as its JSON.</summary>
    Json,
}

/// <summary>A column of a view's rows.</summary>
/// <param name="Type">The FHIR type stated or read from the path; null if neither says.</param>
/// <param name="SqlType">What its tag "ansi/type" asks for; null without.</param>
/// <param name="IsCollection">Its values are lists.</param>
public sealed record ViewColumn(string Name, string? Type, ColumnKind Kind, string? SqlType, bool IsCollection)
{
    /// <summary>The kind of a FHIR or System type; null if there is no such type.</summary>
    internal static ColumnKind? KindOf(string type)
    {
        var name = type[(type.LastIndexOf('/') + 1)..];
        if (name.StartsWith("System.", StringComparison.Ordinal))
        {
            name = name[7..];
            name = name is "Boolean" or "Integer" or "Long" or "Decimal" or "String" or "Date" or "Time" ? name.ToLowerInvariant()
                : name is "DateTime" ? "dateTime"
                : name;
        }

        return name switch
        {
            "boolean" => ColumnKind.Boolean,
            "integer" or "positiveInt" or "unsignedInt" => ColumnKind.Integer,
            "integer64" or "long" => ColumnKind.Long,
            "decimal" => ColumnKind.Decimal,
            "instant" => ColumnKind.Instant,
            _ when R4.Facts.Type(name) is { } known => known.IsPrimitive ? ColumnKind.Text : ColumnKind.Json,
            _ => null,
        };
    }

    /// <summary>The one FHIR type that the items of a path have; null if there may be several.</summary>
    internal static string? TypeOf(Shape yields) =>
        yields.IsAny ? null
        : yields is { Types: [var type], Kinds: [] } ? type.Name
        : yields is { Types: [], Kinds: [var kind] } ? kind switch
        {
            ItemKind.Boolean => "boolean",
            ItemKind.Integer => "integer",
            ItemKind.Long => "integer64",
            ItemKind.Decimal => "decimal",
            ItemKind.String => "string",
            ItemKind.Date => "date",
            ItemKind.DateTime => "dateTime",
            ItemKind.Time => "time",
            _ => null,
        }
        : null;
}
