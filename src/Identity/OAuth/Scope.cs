namespace Kangqiao.Identity.OAuth;

/// <summary>
/// Whether scopes ask for no more than others grant (SMART App Launch 2): the same context and letters that are among those granted, of the type or of
/// all, with the same search or a narrower one.
/// </summary>
internal static class Scope
{
    private const int Longest = 2000;
    private const string Letters = "cruds";

    private static readonly string[] Plain = ["openid", "fhirUser", "profile", "launch", "launch/patient", "offline_access", "online_access"];

    public static bool IsWithin(string asked, string granted) =>
        asked.Length <= Longest && Parts(asked).All(one => Parts(granted).Any(other => one == other || Covers(other, one)));

    /// <summary>What of the asked is granted.</summary>
    public static string Within(string asked, string granted) =>
        asked.Length > Longest ? "" : string.Join(' ', Parts(asked).Where(one => Parts(granted).Any(other => one == other || Covers(other, one))));

    public static bool Has(string? scopes, string one) => scopes is not null && Parts(scopes).Contains(one);

    /// <summary>An application's context cannot be wider than who signs in: who is a resident has no <c>user/</c> or <c>system/</c> beyond their own role, which the role itself sees to; a service has only <c>system/</c>.</summary>
    public static bool IsForService(string scopes) => Parts(scopes).All(s => s.StartsWith("system/", StringComparison.Ordinal));

    private static string[] Parts(string scopes) => scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool Covers(string wide, string narrow)
    {
        if (Plain.Contains(narrow) || Read(wide) is not { } from || Read(narrow) is not { } to)
        {
            return false;
        }

        return from.Context == to.Context && (from.Type == "*" || from.Type == to.Type) && to.Letters.All(from.Letters.Contains)
            && (from.Query.Length == 0 || from.Query == to.Query || to.Query.StartsWith(from.Query + "&", StringComparison.Ordinal));
    }

    private static (string Context, string Type, string Letters, string Query)? Read(string scope)
    {
        var mark = scope.IndexOf('?', StringComparison.Ordinal);
        var head = mark < 0 ? scope : scope[..mark];
        var slash = head.IndexOf('/', StringComparison.Ordinal);
        var dot = head.LastIndexOf('.');
        if (slash <= 0 || dot <= slash)
        {
            return null;
        }

        var letters = head[(dot + 1)..] switch { "read" => "rs", "write" => "cud", "*" => Letters, var said => said };
        return letters.Length > 0 && letters.All(Letters.Contains) && head[..slash] is "patient" or "user" or "system"
            ? (head[..slash], head[(slash + 1)..dot], letters, mark < 0 ? "" : scope[(mark + 1)..])
            : null;
    }
}
