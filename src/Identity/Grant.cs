namespace Kangqiao.Identity;

/// <summary>What a token says of its holder.</summary>
/// <param name="Role">A role of <c>content/access/roles.json</c>.</param>
public sealed record Grant(string Role)
{
    /// <summary>The account.</summary>
    public string? User { get; init; }

    /// <summary>The application.</summary>
    public string? Client { get; init; }

    public string? Institution { get; init; }

    public string? Practitioner { get; init; }

    public string? Resident { get; init; }

    public string? Region { get; init; }

    public string? Purpose { get; init; }

    /// <summary>SMART scopes, separated by spaces; they narrow what the role may.</summary>
    public string? Scopes { get; init; }

    /// <summary>The Patient that an application was started for.</summary>
    public string? Patient { get; init; }

    /// <summary>The sign-in that it came from; a token of a revoked one is worth nothing.</summary>
    public string? Session { get; init; }
}

/// <summary>Makes and reads the platform's bearer tokens: the one who checks requests does it.</summary>
public interface IBearerTokens
{
    string Issue(Grant grant, TimeSpan life);

    /// <summary>Null where it is not ours, was altered, has expired, or its sign-in was revoked.</summary>
    ValueTask<Grant?> ReadAsync(string token);
}
