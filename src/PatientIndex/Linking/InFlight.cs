using System.Diagnostics.CodeAnalysis;

namespace Kangqiao.PatientIndex.Linking;

/// <summary>
/// Residents that somebody is writing right now. All of one plan are claimed at once or none, so nobody waits while holding.
/// Called with the index's gate held.
/// </summary>
internal sealed class InFlight
{
    private readonly Dictionary<int, Claim> claims = [];

    public bool TryClaim(IEnumerable<int> residents, [NotNullWhen(true)] out Claim? claim, [NotNullWhen(false)] out Task? other)
    {
        claim = null;
        other = null;
        int[] asked = [.. residents];
        foreach (var resident in asked)
        {
            lock (claims)
            {
                if (claims.TryGetValue(resident, out var holder))
                {
                    other = holder.Ended;
                    return false;
                }
            }
        }

        claim = new Claim(this, asked);
        lock (claims)
        {
            foreach (var resident in asked)
            {
                claims.Add(resident, claim);
            }
        }

        return true;
    }

    /// <param name="ended">Ends when nobody is writing the resident.</param>
    public bool IsClaimed(int resident, [NotNullWhen(true)] out Task? ended)
    {
        lock (claims)
        {
            ended = claims.TryGetValue(resident, out var holder) ? holder.Ended : null;
            return ended is not null;
        }
    }

    internal sealed class Claim(InFlight owner, int[] residents)
    {
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => ended.Task;

        public void End()
        {
            lock (owner.claims)
            {
                foreach (var resident in residents)
                {
                    owner.claims.Remove(resident);
                }
            }

            ended.TrySetResult();
        }
    }
}
