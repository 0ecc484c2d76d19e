using Kangqiao.Audit.Entries;

namespace Kangqiao.Audit.Index;

/// <summary>What is looked for in the trail; all that is said must hold.</summary>
public sealed record AuditQuery
{
    /// <summary>About any of these Patients; empty for all.</summary>
    public IReadOnlyList<string> Patients { get; init; } = [];

    /// <summary>An account, <c>Practitioner/id</c>, <c>Person/id</c> or an application.</summary>
    public string? Actor { get; init; }

    public string? Institution { get; init; }

    public IReadOnlyList<AuditAction> Actions { get; init; } = [];

    public AuditOutcome? Outcome { get; init; }

    /// <summary>Type/id of a record.</summary>
    public string? Record { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Up to and without it.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The last entry of the page before.</summary>
    public AuditPlace? After { get; init; }

    public int Limit { get; init; } = 50;

    internal bool Matches(AuditedEntry one) =>
        (Patients.Count == 0 || one.Entry.Patients.Any(Patients.Contains))
        && (Actor is null || one.Entry.Actor is var actor && (actor.User == Actor || actor.Client == Actor || "Practitioner/" + actor.Practitioner == Actor || "Person/" + actor.Resident == Actor))
        && (Institution is null || one.Entry.Actor.Institution == Institution)
        && (Actions.Count == 0 || Actions.Contains(one.Entry.Action))
        && (Outcome is null || one.Entry.Outcome == Outcome)
        && (Record is null || one.Entry.Records.Any(r => r.ToString() == Record))
        && (From is null || one.At >= From)
        && (Until is null || one.At < Until);
}

/// <param name="Entries">Newest first.</param>
/// <param name="Next">To be given as <see cref="AuditQuery.After"/>; null when there are no more. A page may hold less than was asked and still have a next one, where what is looked for is rare.</param>
/// <param name="Total">Where it can be told at once.</param>
public sealed record AuditPage(IReadOnlyList<AuditedEntry> Entries, AuditPlace? Next, long? Total);
