using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Index;
using Kangqiao.Audit.Trail;

namespace Kangqiao.Web.Resident;

/// <summary>Somebody touched the resident's records.</summary>
/// <param name="Doing">Key of what was done: "looked.did.KEY".</param>
/// <param name="Kinds">Types of the records.</param>
/// <param name="IsRefused">It was tried and not allowed.</param>
public sealed record Touch(DateTimeOffset At, string Role, string? Institution, string? Purpose, string Doing, IReadOnlyList<string> Kinds, int Records, bool IsRefused);

/// <param name="Next">Where older ones begin.</param>
public sealed record LookedModel(IReadOnlyList<Touch> Looks, string? Next)
{
    private const int PageLooks = 100;

    /// <summary>From the trail, what is about these Patients and was not done by the resident.</summary>
    internal static LookedModel Of(AuditTrail trail, IReadOnlyList<string> patients, string resident, string? after, Func<string, string> institution)
    {
        var me = patients.ToHashSet(StringComparer.Ordinal);
        var page = trail.Index.Search(new AuditQuery
        {
            Patients = patients,
            After = after is not null && AuditPlace.TryParse(after, out var place) ? place : null,
            Limit = PageLooks,
        });
        return new LookedModel(
            [
                .. page.Entries
                    .Where(e => e.Entry.Actor.Resident != resident && e.Entry.Action is not (AuditAction.Warning or AuditAction.Watch or AuditAction.Unwatch))
                    .Select(e =>
                    {
                        var mine = e.Entry.Records.Where(r => (r.Patient >= 0 && me.Contains(e.Entry.Patients[r.Patient])) || me.Contains(r.Id)).ToArray();
                        return new Touch(
                            e.At, e.Entry.Actor.Role, e.Entry.Actor.Institution is { } code ? institution(code) : null, e.Entry.Actor.Purpose, DoingOf(e.Entry.Action),
                            [.. mine.Select(r => r.Type).Distinct(StringComparer.Ordinal)], mine.Length, e.Entry.Outcome != AuditOutcome.Success);
                    }),
            ],
            page.Next?.ToString());
    }

    private static string DoingOf(AuditAction action) => action switch
    {
        AuditAction.Create or AuditAction.Submit => "sent",
        AuditAction.Update or AuditAction.Patch => "changed",
        AuditAction.Delete => "deleted",
        AuditAction.Export => "exported",
        AuditAction.BreakGlass => "opened",
        AuditAction.Reveal => "revealed",
        _ => "seen",
    };
}
