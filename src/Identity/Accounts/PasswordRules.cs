using Kangqiao.Kernel;

namespace Kangqiao.Identity.Accounts;

/// <summary>What a password must be (GB/T 22239-2019, 8.1.4.1: complexity and regular change).</summary>
internal static class PasswordRules
{
    public const int Shortest = 10;
    public const int Longest = 128;

    /// <summary>Passwords before that may not come again.</summary>
    public const int Remembered = 5;

    private const int Kinds = 3;

    /// <summary>Null where it is good.</summary>
    public static Problem? Refusal(string login, string password) =>
        password.Length is < Shortest or > Longest ? Problems.WeakPassword($"it has {Shortest} to {Longest} characters")
        : KindsIn(password) < Kinds ? Problems.WeakPassword("it has three of: small letters, capital letters, digits, others")
        : password.Contains(login, StringComparison.OrdinalIgnoreCase) ? Problems.WeakPassword("it contains the name")
        : password.Distinct().Count() < Shortest / 2 ? Problems.WeakPassword("it repeats itself")
        : null;

    private static int KindsIn(string password) =>
        (password.Any(char.IsAsciiLetterLower) ? 1 : 0) + (password.Any(char.IsAsciiLetterUpper) ? 1 : 0) + (password.Any(char.IsAsciiDigit) ? 1 : 0) + (password.Any(c => !char.IsAsciiLetterOrDigit(c)) ? 1 : 0);
}
