using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;

namespace Kangqiao.Store.Queries;

/// <summary>A search asked of one record instead of the store: a version that came to be, or one of the past.</summary>
public sealed class RecordCriteria
{
    private readonly SearchRequest request;

    private RecordCriteria(SearchRequest request) => this.request = request;

    /// <summary>Refused where the answer would depend on other records: chains, _has, compartments.</summary>
    public static Outcome<RecordCriteria> Of(SearchRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Compartment is null && request.Asks.All(a => a.Chains.Count == 0 && a.Has.Count == 0)
            ? new RecordCriteria(request)
            : QueryProblems.BadParameter("criteria", "of a single record only its own values can be asked, no chains and no _has");
    }

    /// <param name="values">Of the record, by the plan of its type; with its meta as a client sees it.</param>
    public bool Matches(RecordKey key, IndexValues values)
    {
        foreach (var ask in request.Asks)
        {
            if (ask.Plan.Type.Name == key.Type)
            {
                return ask.Ids.TrueForAll(i => i.Ids.Contains(key.Id, StringComparer.Ordinal) != i.IsNot)
                    && ask.Clauses.TrueForAll(c => c.Matches(values));
            }
        }

        return false;
    }
}
