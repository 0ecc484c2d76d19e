using Kangqiao.Bench.Load.Measured;
using Kangqiao.Bench.Load.Truth;
using Kangqiao.Bench.Load.Workloads;

namespace Kangqiao.Bench.Load;

/// <summary>What a run showed.</summary>
internal sealed class LoadResult
{
    public required LoadPlan Plan { get; init; }

    public Tally Tally { get; } = new();

    /// <summary>How long was measured, to the last answer.</summary>
    public double Seconds { get; set; }

    /// <summary>Processor cores that this program kept busy; its share of a machine is this by the number of cores.</summary>
    public double OwnCores { get; set; }

    public double ServerCores { get; set; }

    /// <summary>Most bytes that the server's processes held in memory; 0 when it was not told which they are.</summary>
    public long PeakResident { get; set; }

    public long? DiskBefore { get; init; }

    public long? DiskAfter { get; set; }

    /// <summary>What an import sent; null for other workloads.</summary>
    public ImportWorkload? Import { get; set; }

    /// <summary>What the server had to find; null for workloads without questions.</summary>
    public CityTruth? Truth { get; set; }

    public double RequestsPerSecond => Tally.Requests / Seconds;

    /// <summary>Bytes on disk for each resource: of what an import added, or of all when all there is came from this city.</summary>
    public double? BytesPerResource => (Import, Truth) switch
    {
        ({ Resources: > 0 } import, _) when DiskAfter - DiskBefore is { } added => added / (double)import.Resources,
        (_, { Resources: > 0 } truth) when DiskAfter is { } all => all / (double)truth.Resources,
        _ => null,
    };

    /// <summary>Everything was answered, and rightly.</summary>
    public bool IsClean => Tally.ErrorCount == 0 && Tally.Wrong == 0 && (Import is null || Import.Failed == 0) && Tally.Requests > 0;
}
