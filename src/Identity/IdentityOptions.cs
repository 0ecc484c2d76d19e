namespace Kangqiao.Identity;

/// <summary>How people and systems sign in. The numbers are those of GB/T 22239-2019 level 3 as hospitals are assessed by it.</summary>
public sealed record IdentityOptions(string DataFolder)
{
    /// <summary>Address of the platform as clients see it, without a slash at its end; null to take it from each request.</summary>
    public string? Issuer { get; init; }

    /// <summary>Codes sent to phones are shown in the answer: for a demonstration only.</summary>
    public bool IsDemonstration { get; init; }

    public TimeSpan AccessLife { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>SMART backend services: five minutes at most.</summary>
    public TimeSpan ServiceLife { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan CodeLife { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A sign-in ends when it was not used so long.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>And after so long in any case.</summary>
    public TimeSpan SessionLife { get; init; } = TimeSpan.FromHours(12);

    /// <summary>The same with the scope offline_access.</summary>
    public TimeSpan OfflineLife { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Sign-ins of one account at a time; a further one ends the oldest.</summary>
    public int MostSessions { get; init; } = 3;

    /// <summary>Wrong passwords or codes in a row that lock an account.</summary>
    public int MostFailures { get; init; } = 5;

    public TimeSpan LockedFor { get; init; } = TimeSpan.FromMinutes(30);

    public TimeSpan PasswordLife { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Attempts to sign in from one address in a minute.</summary>
    public int MostAttempts { get; init; } = 30;

    /// <summary>Rounds of PBKDF2 with SHA-256 (OWASP Password Storage Cheat Sheet).</summary>
    public int PasswordRounds { get; init; } = 600_000;
}
