using Kangqiao.Store.Queries;
using Kangqiao.Store.Search;

namespace Kangqiao.Rest.Callers;

/// <summary>Who asks, as the token says.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
public sealed record Caller(string Role)
{
    /// <summary>Code of the institution that the caller acts for.</summary>
    public string? Institution { get; init; }

    public string? Practitioner { get; init; }

    public string? Resident { get; init; }

    public string? Region { get; init; }

    /// <summary>Why the caller looks.</summary>
    public string? Purpose { get; init; }

    /// <summary>Access rules are there for this role. Where they are not, nothing may be seen or changed.</summary>
    internal bool HasRules => Role == Roles.System;

    /// <summary>What the caller may see: all for the system, nothing for roles without rules.</summary>
    internal ReaderPredicate Reader => HasRules ? ReaderPredicate.Platform : ReaderPredicate.Of(TermQuery.Nothing);
}

/// <summary>The roles a token may have.</summary>
public static class Roles
{
    public const string System = "system";

    public static IReadOnlyList<string> All { get; } =
        [System, "institution", "clinician", "resident", "supervisor", "steward", "auditor", "researcher"];
}
