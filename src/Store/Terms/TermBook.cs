using System.Collections.Concurrent;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;

namespace Kangqiao.Store.Terms;

/// <summary>
/// The letters that stand for search parameters in one store's terms, by resource type. Asks the store once a type. Safe for
/// any number of threads. When search parameters are added, make another.
/// </summary>
/// <param name="plans">Which parameters a type has; null for those of the specification.</param>
public sealed class TermBook(IRecordStore store, Func<TypeFact, SearchPlan>? plans = null)
{
    private readonly ConcurrentDictionary<string, TypeTerms> known = [];

    /// <summary>The parameters of a type, or null if there is no such resource type.</summary>
    public SearchPlan? PlanOf(string type) =>
        R4.Facts.Type(type) is { IsResource: true, IsAbstract: false } fact ? plans?.Invoke(fact) ?? SearchPlan.Of(fact) : null;

    /// <summary>Refused when there is no such resource type, or when the store cannot be asked.</summary>
    public async ValueTask<Outcome<TypeTerms>> OfAsync(string type, CancellationToken cancel = default)
    {
        if (known.TryGetValue(type, out var terms))
        {
            return terms;
        }

        if (PlanOf(type) is not { } plan)
        {
            return Queries.QueryProblems.UnknownType(type);
        }

        var names = Array.ConvertAll(plan.Parameters, p => (Scope(p, plan.Type), p.Code));
        var codes = await store.ParameterCodesAsync(names, cancel);
        return codes.Try(out var letters, out var problem) ? known.GetOrAdd(type, new TypeTerms(plan, letters)) : problem;
    }

    // A parameter of all resources has one code for all: a search over all types is then one question.
    private static string Scope(SearchParameter parameter, TypeFact type) =>
        Array.Exists(parameter.Bases, b => b.IsAbstract) ? "Resource" : type.Name;
}
