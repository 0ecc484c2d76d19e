namespace Kangqiao.Access.Scopes;

/// <summary>Whose records a scope is about.</summary>
public enum ScopeContext
{
    /// <summary>Of the patient in whose context the app was started.</summary>
    Patient,

    /// <summary>Whatever the user may.</summary>
    User,

    /// <summary>Whatever the service may.</summary>
    System,
}

/// <summary>
/// One clinical scope of SMART App Launch 2 (hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html):
/// <c>patient/Observation.rs?category=laboratory</c>; version 1's <c>.read</c>, <c>.write</c> and <c>.*</c> are understood too.
/// </summary>
/// <param name="Type">A resource type, or * for all.</param>
/// <param name="Letters">Of c, r, u, d, s.</param>
/// <param name="Query">A search that narrows it; null for all.</param>
public sealed record SmartScope(ScopeContext Context, string Type, string Letters, string? Query)
{
    public const string All = "*";

    private const string Order = "cruds";

    /// <summary>The clinical scopes of a token's scope claim; others, and those that are not well formed, grant nothing.</summary>
    public static IReadOnlyList<SmartScope> Parse(string scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        return [.. scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(One).OfType<SmartScope>()];
    }

    public bool IsFor(string type) => Type == All || Type == type;

    public bool Allows(char letter) => Letters.Contains(letter, StringComparison.Ordinal);

    private static SmartScope? One(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var mark = text.IndexOf('?', StringComparison.Ordinal);
        var head = mark < 0 ? text : text[..mark];
        var dot = head.LastIndexOf('.');
        if (slash <= 0 || dot <= slash + 1)
        {
            return null;
        }

        ScopeContext? context = text[..slash] switch { "patient" => ScopeContext.Patient, "user" => ScopeContext.User, "system" => ScopeContext.System, _ => null };
        var letters = head[(dot + 1)..] switch { "read" => "rs", "write" => "cud", "*" => Order, var said => said };

        // The letters stand in this order, each once; anything else is no scope.
        var isInOrder = letters.Length > 0 && letters.All(l => Order.Contains(l, StringComparison.Ordinal)) && letters.SequenceEqual(letters.Distinct().OrderBy(l => Order.IndexOf(l, StringComparison.Ordinal)));
        return context is { } of && isInOrder ? new(of, head[(slash + 1)..dot], letters, mark < 0 ? null : text[(mark + 1)..]) : null;
    }
}
