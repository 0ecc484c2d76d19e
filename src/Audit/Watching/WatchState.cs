using System.Globalization;
using Kangqiao.Audit.Entries;

namespace Kangqiao.Audit.Watching;

/// <summary>What a rule has found.</summary>
internal sealed record Suspicion(WatchRule Rule, AuditActor Actor, IReadOnlyList<string> Patients, string What);

/// <summary>
/// Looks at entries one after the other and remembers of each actor what the rules need, no longer than they need it. Families are somebody
/// else's to know: those it only asks to be looked at.
/// </summary>
internal sealed class WatchState(IReadOnlyList<WatchRule> rules)
{
    /// <summary>Actors remembered by each rule; those not heard of longest are forgotten.</summary>
    private const int MostActors = 20_000;

    /// <summary>Persons remembered of one actor.</summary>
    private const int MostRemembered = 5_000;

    /// <summary>Persons named in a warning.</summary>
    private const int MostNamed = 50;

    private readonly Dictionary<(string Rule, string Actor), Seen> seen = [];
    private readonly HashSet<string> watched = new(StringComparer.Ordinal);

    /// <summary>Persons under special watch, by their Patient's id.</summary>
    public IReadOnlyCollection<string> Watched => watched;

    public List<Suspicion> Take(AuditedEntry one)
    {
        var entry = one.Entry;
        var found = new List<Suspicion>();
        switch (entry.Action)
        {
            case AuditAction.Watch:
                watched.UnionWith(entry.Patients);
                return found;
            case AuditAction.Unwatch:
                watched.ExceptWith(entry.Patients);
                return found;
            case AuditAction.Warning or AuditAction.Start or AuditAction.Stop or AuditAction.Retire:
                return found;
        }

        foreach (var rule in rules)
        {
            if (rule.IsFor(entry) && Of(rule, one) is { } suspicion)
            {
                found.Add(suspicion);
            }
        }

        return found;
    }

    private Suspicion? Of(WatchRule rule, AuditedEntry one)
    {
        var entry = one.Entry;
        switch (rule.Kind)
        {
            case WatchKind.Burst when entry.Outcome == AuditOutcome.Success && entry.Patients.Count > 0:
                var known = Remember(rule, one, entry.Patients);
                return known.Things.Count >= rule.Count && known.Warn(one.At, rule)
                    ? new(rule, entry.Actor, [.. known.Things.Keys.Take(MostNamed)], Text($"{rule.Minutes}分钟内接触了{known.Things.Count}名居民的数据"))
                    : null;
            case WatchKind.Enumeration when entry.Outcome == AuditOutcome.Refused:
                var refused = Remember(rule, one, [one.Place.ToString()]);
                return refused.Things.Count >= rule.Count && refused.Warn(one.At, rule)
                    ? new(rule, entry.Actor, [], Text($"{rule.Minutes}分钟内被拒绝{refused.Things.Count}次"))
                    : null;
            case WatchKind.Night when rule.IsNight(one.At) && (entry.Action == AuditAction.Export || entry.Records.Count > 0):
                var night = Remember(rule, one, []);
                night.Records += Math.Max(1, entry.Records.Count);
                return night.Records >= rule.Count && night.Warn(one.At, rule)
                    ? new(rule, entry.Actor, [.. entry.Patients.Take(MostNamed)], Text($"夜间{rule.Minutes}分钟内取出{night.Records}条记录"))
                    : null;
            case WatchKind.Watched when entry.Patients.Any(watched.Contains):
                var peeked = entry.Patients.Where(watched.Contains).ToList();
                return Remember(rule, one, []).Warn(one.At, rule) ? new(rule, entry.Actor, peeked, "查看了重点关注人员的数据") : null;
            case WatchKind.Family when entry.Actor.Practitioner is not null && entry.Outcome == AuditOutcome.Success && entry.Patients.Count is > 0 and <= 20:
                var met = Remember(rule, one, []);
                var strangers = entry.Patients.Where(p => met.Things.TryAdd(p, one.At)).ToList();
                return strangers.Count > 0 ? new(rule, entry.Actor, strangers, "查看了可能是本人或家属的数据") : null;
            default:
                return null;
        }
    }

    private Seen Remember(WatchRule rule, AuditedEntry one, IReadOnlyList<string> things)
    {
        var key = (rule.Id, one.Entry.Actor.Name);
        if (!seen.TryGetValue(key, out var known))
        {
            if (seen.Count >= MostActors)
            {
                foreach (var old in seen.OrderBy(s => s.Value.Last).Take(MostActors / 4).Select(s => s.Key).ToList())
                {
                    seen.Remove(old);
                }
            }

            seen.Add(key, known = new Seen());
        }

        known.Forget(one.At.AddMinutes(-rule.Minutes), MostRemembered);
        known.Last = one.At;
        foreach (var thing in things)
        {
            known.Things[thing] = one.At;
        }

        return known;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Seen
    {
        private DateTimeOffset? warned;
        private DateTimeOffset looked;

        public Dictionary<string, DateTimeOffset> Things { get; } = new(StringComparer.Ordinal);

        public int Records { get; set; }

        public DateTimeOffset Last { get; set; }

        /// <summary>True once in the rule's time.</summary>
        public bool Warn(DateTimeOffset now, WatchRule rule)
        {
            if (warned is { } before && now - before < TimeSpan.FromMinutes(rule.Minutes))
            {
                return false;
            }

            warned = now;
            return true;
        }

        public void Forget(DateTimeOffset before, int most)
        {
            if (Last < before)
            {
                Records = 0;
            }

            // Not at every entry: what is a little too old only counts a little too long.
            if (Things.Count > most || before - looked > TimeSpan.FromMinutes(1))
            {
                looked = before;
                foreach (var old in Things.Where(t => t.Value < before).Select(t => t.Key).ToList())
                {
                    Things.Remove(old);
                }

                if (Things.Count > most)
                {
                    Things.Clear();
                }
            }
        }
    }
}
