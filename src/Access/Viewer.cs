namespace Kangqiao.Access;

/// <summary>Who asks, as far as it decides what may be seen.</summary>
/// <param name="Role">A code of <see cref="Roles.RoleBook"/>.</param>
public sealed record Viewer(string Role)
{
    /// <summary>The platform itself and its operators.</summary>
    public const string System = "system";

    /// <summary>Code of the institution that the viewer acts for.</summary>
    public string? Institution { get; init; }

    /// <summary>Id of the viewer's Practitioner.</summary>
    public string? Practitioner { get; init; }

    /// <summary>Id of the Person whose records they are: the resident, or whom the guardian acts for.</summary>
    public string? Resident { get; init; }

    /// <summary>GB/T 2260 or one of the city's own below it; 100100 stands for all that begins with 1001.</summary>
    public string? Region { get; init; }

    /// <summary>Why records are looked at (v3-PurposeOfUse); treatment where it is not said.</summary>
    public string? Purpose { get; init; }

    /// <summary>SMART scopes, which narrow what the role may; null for all of it.</summary>
    public string? Scopes { get; init; }

    /// <summary>The Patient that a SMART app was started for.</summary>
    public string? Patient { get; init; }

    public bool IsSystem => Role == System && Scopes is null;
}
