using System.Runtime.CompilerServices;
using Kangqiao.Kernel;
using Kangqiao.Registry.Senders;
using Kangqiao.Store;

namespace Kangqiao.Web.Live;

/// <summary>How much the city holds: counts only, nothing of anybody.</summary>
/// <param name="Residents">Records of people, as institutions sent them.</param>
/// <param name="Senders">Institutions and others that are admitted to send.</param>
/// <param name="AsOf">When it was counted.</param>
public sealed record CityCounts(
    long Records, long Versions, long Residents, long Visits, long Results, long Reports, long Medicines, long Vaccinations, long Documents, int Senders, DateTimeOffset AsOf)
{
    internal bool SaysTheSameAs(CityCounts? other) => other is not null && this with { AsOf = other.AsOf } == other;
}

/// <summary>
/// The city's counts, live. However many look, they are counted at most once a <see cref="Pace"/>: the store keeps them in the
/// transactions that change them, so counting is reading some rows.
/// </summary>
internal sealed class CityNumbers(IRecordStore store, SenderRegistry senders, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    /// <summary>Something is sent at least so often, so that a connection that broke is noticed.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim counting = new(1);
    private CityCounts? last;

    public async ValueTask<Outcome<CityCounts>> NowAsync(CancellationToken cancel)
    {
        if (Fresh() is { } fresh)
        {
            return fresh;
        }

        await counting.WaitAsync(cancel);
        try
        {
            if (Fresh() is { } meanwhile)
            {
                return meanwhile;
            }

            return (await store.StatisticsAsync(cancel)).Try(out var statistics, out var problem) && (await senders.ListAsync(cancel)).Try(out var all, out problem)
                ? last = Count(statistics, all.Count(s => s.State == SenderState.Admitted), time.GetUtcNow())
                : problem;
        }
        finally
        {
            counting.Release();
        }
    }

    /// <summary>The counts now, and again whenever they have changed; null where only a sign of life is due.</summary>
    public async IAsyncEnumerable<CityCounts?> FollowAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        CityCounts? told = null;
        var toldAt = time.GetUtcNow();
        while (true)
        {
            if ((await NowAsync(cancel)).Try(out var counts, out _) && !counts.SaysTheSameAs(told))
            {
                told = counts;
                toldAt = time.GetUtcNow();
                yield return counts;
            }
            else if (time.GetUtcNow() - toldAt >= Heartbeat)
            {
                toldAt = time.GetUtcNow();
                yield return null;
            }

            await Task.Delay(Pace, time, cancel);
        }
    }

    public void Dispose() => counting.Dispose();

    private CityCounts? Fresh() => last is { } known && time.GetUtcNow() - known.AsOf < Pace ? known : null;

    private static CityCounts Count(StoreStatistics statistics, int senders, DateTimeOffset now)
    {
        var live = statistics.Types.ToDictionary(t => t.Type, t => t.Live, StringComparer.Ordinal);
        return new CityCounts(
            live.Values.Sum(),
            statistics.Types.Sum(t => t.Versions),
            Of("Patient"),
            Of("Encounter"),
            Of("Observation"),
            Of("DiagnosticReport"),
            Of("MedicationRequest"),
            Of("Immunization"),
            Of("DocumentReference"),
            senders,
            now);

        long Of(string type) => live.GetValueOrDefault(type);
    }
}
