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
}

/// <summary>The roles a token may have.</summary>
public static class Roles
{
    public const string System = "system";

    public static IReadOnlyList<string> All { get; } =
        [System, "institution", "clinician", "resident", "supervisor", "steward", "auditor", "researcher"];
}
