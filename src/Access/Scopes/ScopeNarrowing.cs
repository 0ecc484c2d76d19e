using Kangqiao.Access.Deciding;
using Kangqiao.Access.Roles;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Kernel;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Access.Scopes;

/// <summary>What a token's scopes leave of what its role may: never more than that.</summary>
internal sealed class ScopeNarrowing
{
    private readonly IReadOnlyList<(SmartScope Scope, TermQuery Query)> scopes;

    private ScopeNarrowing(IReadOnlyList<(SmartScope Scope, TermQuery Query)> scopes) => this.scopes = scopes;

    /// <summary>Turns the searches of granular scopes into terms. What terms cannot decide is left out.</summary>
    public static async ValueTask<Outcome<ScopeNarrowing>> OfAsync(string scopes, TermBook book, SearchPlanner planner, TimeProvider time, CancellationToken cancel)
    {
        var found = new List<(SmartScope, TermQuery)>();
        foreach (var scope in SmartScope.Parse(scopes))
        {
            if (scope.Query is not { } query)
            {
                found.Add((scope, TermQuery.Everything));
                continue;
            }

            KeyValuePair<string, string>[] pairs = [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Pair)];

            // A scope that asks other records, or all types at once, is not one that can be held to.
            if (scope.Type == SmartScope.All || Array.Exists(pairs, p => p.Key.Contains('.', StringComparison.Ordinal) || p.Key.StartsWith('_'))
                || !SearchRequestParser.Parse(book, scope.Type, pairs, new SearchContext(time.GetUtcNow()), SearchOptions.Default).Try(out var request, out _))
            {
                continue;
            }

            if (!(await planner.FilterAsync(request, ReaderPredicate.Platform, cancel)).Try(out var filter, out var problem))
            {
                if (problem.Kind == ProblemKind.Unavailable)
                {
                    return problem;
                }

                continue;
            }

            if (filter is not null)
            {
                found.Add((scope, TermQuery.AllOf(filter.Query, TermQuery.Without(filter.Doubtful))));
            }
        }

        return new ScopeNarrowing(found);
    }

    /// <param name="ofPatient">Records of a type that are the patient's in whose context the app was started; null where there is none.</param>
    public Narrowing For(Func<string, TermQuery>? ofPatient) => (type, action) => TermQuery.AnyOf([.. scopes
        .Where(s => s.Scope.IsFor(type) && (action is AccessAction.Write ? "cud" : "rs").Any(s.Scope.Allows))
        .Select(s => s.Scope.Context == ScopeContext.Patient ? TermQuery.AllOf(s.Query, ofPatient?.Invoke(type) ?? TermQuery.Nothing) : s.Query)]);

    private static KeyValuePair<string, string> Pair(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? new(text, "") : new(Uri.UnescapeDataString(text[..equals]), Uri.UnescapeDataString(text[(equals + 1)..]));
    }
}
