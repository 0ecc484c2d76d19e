using Kangqiao.Kernel;

namespace Kangqiao.Identity;

/// <summary>Every way in which this room refuses; what OAuth has its own word for is an <see cref="OAuth.OAuthError"/>.</summary>
internal static class Problems
{
    public static Problem WeakPassword(string why) => new("IDN001", ProblemKind.Invalid, $"The password cannot be used: {why}.");

    /// <summary>One answer for all: who tries must not learn which part was wrong.</summary>
    public static Problem NotSignedIn() => new("IDN002", ProblemKind.NotAuthenticated, "The sign-in failed: name, password or code is wrong, or the account is locked for a while.");

    public static Problem PasswordExpired() => new("IDN003", ProblemKind.NotPermitted, "The password is too old: set a new one first.");

    public static Problem TooManyAttempts() => new("IDN004", ProblemKind.Throttled, "Too many attempts from this address; come back in a minute.");

    public static Problem AccountExists() => new("IDN005", ProblemKind.Conflict, "There is an account of that name.");

    public static Problem NoSuchAccount() => new("IDN006", ProblemKind.NotFound, "There is no such account.");

    public static Problem NotForRole(string role) => new("IDN007", ProblemKind.NotPermitted, $"The role {role} may not do this: accounts are made by the system administrator, given their role by the security officer, and watched by the auditor.");

    public static Problem NotYourself() => new("IDN008", ProblemKind.NotPermitted, "Nobody changes their own account's role or state.");

    public static Problem BadRequest(string why) => new("IDN009", ProblemKind.Invalid, $"The request cannot be used: {why}.");

    public static Problem NotVerified() => new("IDN010", ProblemKind.NotPermitted, "Name and ID number could not be verified together.");

    public static Problem BadKey(string why) => new("IDN011", ProblemKind.Unavailable, $"The key for identity tokens cannot be used: {why}.");

    public static Problem BadClient(string why) => new("IDN012", ProblemKind.Invalid, $"The application cannot be registered: {why}.");
}
