namespace Kangqiao.Fhir.Reading;

/// <summary>What reading accepts. The bounds keep a hostile or broken record from costing more than it should.</summary>
public sealed record ReadOptions
{
    public static readonly ReadOptions Default = new();

    /// <summary>Levels of JSON objects and arrays.</summary>
    public int MaxDepth { get; init; } = 64;

    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Bytes of one string; FHIR allows 1 MB (datatypes.html#string). Binary data and narratives, which are not of type
    /// string, are bounded by <see cref="MaxBytes"/> only.
    /// </summary>
    public int MaxStringBytes { get; init; } = 1024 * 1024;

    /// <summary>Elements of one record, bundle entries included.</summary>
    public int MaxElements { get; init; } = 4_000_000;

    /// <summary>Leave unknown elements out with a warning instead of refusing them: only for a sender whose feed says so.</summary>
    public bool AllowUnknownElements { get; init; }
}
