namespace Kangqiao.Identity.Accounts;

/// <summary>A person who signs in here; a document of the ledger.</summary>
/// <param name="Login">3 to 40 of a-z 0-9 . - _; for residents the word resident- and their Person's id.</param>
internal sealed record Account(string Login)
{
    public const string Kind = "Account";

    /// <summary>Empty until the security officer has given one; then nobody can sign in with it.</summary>
    public string Role { get; init; } = "";

    public string? Institution { get; init; }

    public string? Practitioner { get; init; }

    public string? Region { get; init; }

    public string? Resident { get; init; }

    /// <summary>PBKDF2; null for who signs in by phone.</summary>
    public string? PasswordHash { get; init; }

    public DateTimeOffset PasswordSetAt { get; init; }

    /// <summary>Given by an administrator, to be changed at first use.</summary>
    public bool MustChange { get; init; }

    /// <summary>Hashes of passwords before, newest first.</summary>
    public IReadOnlyList<string> OldHashes { get; init; } = [];

    /// <summary>Secret of the second factor, sealed for this account; null until it is set up.</summary>
    public string? Totp { get; init; }

    /// <summary>The last time step whose code was used: no code counts twice.</summary>
    public long TotpStep { get; init; }

    public int Failures { get; init; }

    public DateTimeOffset? LockedUntil { get; init; }

    public bool IsDisabled { get; init; }

    public static bool IsLogin(string login) => login.Length is >= 3 and <= 80 && login.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_');
}
