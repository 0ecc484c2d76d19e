namespace Kangqiao.Audit;

/// <summary>Where the trail is and how long it is kept.</summary>
/// <param name="DataFolder">The trail lies in its folder <c>audit</c>.</param>
public sealed record AuditOptions(string DataFolder)
{
    /// <summary>Where signed anchors go; better on another disk or machine. Null for <c>audit-anchors</c> in the data folder.</summary>
    public string? AnchorFolder { get; init; }

    /// <summary>Full months kept after the one of an entry. Six at least: Cybersecurity Law of the PRC, art. 23.</summary>
    public int KeepMonths { get; init; } = 72;

    public const int LeastKeepMonths = 6;

    /// <summary>An anchor is signed this often at most, while there is something new.</summary>
    public TimeSpan AnchorEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of one part; then the next begins.</summary>
    public long MostSegmentBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Entries that the index holds in memory before it writes them down.</summary>
    public int RunEntries { get; init; } = 65_536;

    internal string Root => Path.Combine(DataFolder, "audit");

    internal string Anchors => AnchorFolder ?? Path.Combine(DataFolder, "audit-anchors");
}
