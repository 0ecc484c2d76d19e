using System.Collections.Concurrent;

namespace Kangqiao.Identity;

/// <summary>Attempts from each address in the minute that is now. Its memory is bounded: beyond very many addresses all are counted anew.</summary>
internal sealed class AttemptCounter(int most, TimeProvider time)
{
    private const int MostAddresses = 50_000;

    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
    private long minute;

    /// <summary>False where it was one too many.</summary>
    public bool Take(string address)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (Interlocked.Exchange(ref minute, now) != now || counts.Count > MostAddresses)
        {
            counts.Clear();
        }

        return counts.AddOrUpdate(address, 1, (_, count) => count + 1) <= most;
    }
}
