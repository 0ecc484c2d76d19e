using Kangqiao.Access;

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

    /// <summary>The account.</summary>
    public string? User { get; init; }

    /// <summary>The application.</summary>
    public string? Client { get; init; }

    /// <summary>SMART scopes, separated by spaces; null for all that the role may.</summary>
    public string? Scopes { get; init; }

    /// <summary>The Patient that an application was started for.</summary>
    public string? Patient { get; init; }

    /// <summary>The sign-in that the token came from; null for one that an operator made.</summary>
    public string? Session { get; init; }

    internal Viewer Viewer => field ??= new Viewer(Role)
    {
        Institution = Institution,
        Practitioner = Practitioner,
        Resident = Resident,
        Region = Region,
        Purpose = Purpose,
        Scopes = Scopes,
        Patient = Patient,
    };
}

/// <summary>The roles a token may have; what each may do is in <c>content/access/roles.json</c>.</summary>
public static class Roles
{
    public const string System = Viewer.System;

    public static IReadOnlyList<string> All { get; } =
    [
        System, "institution", "clinician", "nurse", "pharmacist", "resident", "guardian", "supervisor", "steward", "auditor", "security", "researcher", "admin",
    ];
}
