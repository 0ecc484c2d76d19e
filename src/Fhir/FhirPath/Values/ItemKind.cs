namespace Kangqiao.Fhir.FhirPath;

/// <summary>What a <see cref="FhirPathItem"/> holds.</summary>
public enum ItemKind : byte
{
    /// <summary>An element of a resource.</summary>
    Element,
    Boolean,
    Integer,
    Long,
    Decimal,
    String,
    Date,
    DateTime,
    Time,
    Quantity,

    /// <summary>What type() answers: a namespace and a name.</summary>
    Type,

    /// <summary>The target of a reference that is not at hand: only its resource type is known.</summary>
    Unresolved,
}

/// <summary>The finest part a partial date or time states; seconds and their fraction are one (FHIRPath, Date/Time comparison).</summary>
internal enum TimePrecision : byte
{
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}
