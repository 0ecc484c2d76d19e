namespace Kangqiao.Ingest.Csv;

/// <summary>What reading a file accepts. The bounds keep a hostile or broken one from costing more than it should.</summary>
public sealed record CsvOptions
{
    public static readonly CsvOptions Default = new();

    /// <summary>Bytes of one row; what is beyond is cut and said to be cut.</summary>
    public int MaxRowBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of the header row. It goes into quarantine with every row that waits there.</summary>
    public int MaxHeaderBytes { get; init; } = 64 * 1024;

    public int MaxColumns { get; init; } = 2_000;
}
