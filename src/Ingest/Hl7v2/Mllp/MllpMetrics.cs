using System.Diagnostics.Metrics;

namespace Kangqiao.Ingest.Hl7v2.Mllp;

/// <summary>What the MLLP door counts; never who or what.</summary>
internal static class MllpMetrics
{
    private static readonly Meter Meter = new("Kangqiao.Ingest.Mllp");

    public static readonly Counter<long> Connections = Meter.CreateCounter<long>("mllp.connections");
    public static readonly Counter<long> Turned = Meter.CreateCounter<long>("mllp.connections.refused");
    public static readonly Counter<long> Messages = Meter.CreateCounter<long>("mllp.messages");
    public static readonly Counter<long> Broken = Meter.CreateCounter<long>("mllp.frames.broken");
    public static readonly Counter<long> Failed = Meter.CreateCounter<long>("mllp.messages.failed");
}
