namespace Kangqiao.Ingest.Cda;

/// <summary>What reading a document accepts. The bounds keep a hostile or broken one from costing more than it should.</summary>
public sealed record CdaOptions
{
    public static readonly CdaOptions Default = new();

    /// <summary>Bytes of one document; what is beyond is cut and said to be cut.</summary>
    public int MaxBytes { get; init; } = 192 * 1024 * 1024;

    /// <summary>Levels of elements; the deepest published document has under 40.</summary>
    public int MaxDepth { get; init; } = 128;

    /// <summary>Elements and pieces of text of one document.</summary>
    public int MaxNodes { get; init; } = 1_000_000;

    public int MaxAttributes { get; init; } = 64;

    /// <summary>Text of this many bytes and more in a value is an attachment or is cut: FHIR bounds a string to 1 MB.</summary>
    public int MaxTextBytes { get; init; } = 256 * 1024;

    /// <summary>Records that one document may bring; a document that brings more is refused.</summary>
    public int MaxRecords { get; init; } = 20_000;

    /// <summary>
    /// This feed means "was never so" by versionNumber -1, as some vendors do; no standard says so, and it is off unless the
    /// feed is configured.
    /// </summary>
    public bool MinusOneWithdraws { get; init; }
}
