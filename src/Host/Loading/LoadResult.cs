using System.Globalization;
using System.Text.Json;
using Kangqiao.Ingest.Receipts;

namespace Kangqiao.Host.Loading;

/// <summary>What a load came to (the contract of <c>load --json</c>).</summary>
internal sealed record LoadResult(Counts Counts, long Residents, double Seconds)
{
    public double PerSecond => Seconds > 0 ? Math.Round(Counts.Received / Seconds, 1) : 0;

    public string ToJson() => JsonSerializer.Serialize(new
    {
        received = Counts.Received,
        accepted = Counts.Accepted,
        warned = Counts.Warned,
        unchanged = Counts.Unchanged,
        quarantined = Counts.Quarantined,
        residents = Residents,
        seconds = Math.Round(Seconds, 3),
        perSecond = PerSecond,
    });

    public string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"received {Counts.Received}: accepted {Counts.Accepted}, with warnings {Counts.Warned}, unchanged {Counts.Unchanged}, quarantined {Counts.Quarantined}; residents {Residents}; {Seconds:0.0} s, {PerSecond:0} a second");
}
