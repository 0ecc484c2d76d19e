using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Callers;
using Kangqiao.Store;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Records;

/// <summary>
/// What a condition (If-None-Exist, a conditional update, delete or patch, a conditional reference) finds now, and how the
/// store asks again inside its transaction, so that two who ask the same at once do not both create.
/// </summary>
/// <param name="Matches">None, one, or several: as many as were asked for at most.</param>
/// <param name="Identity">Set where the condition is one business identifier.</param>
/// <param name="Filter">Else the question; null where it reaches over other records, so that it cannot be asked again.</param>
internal sealed record Condition(IReadOnlyList<StoredRecord> Matches, Identity? Identity, Store.Search.SearchFilter? Filter)
{
    /// <summary>What must still be so when the write happens.</summary>
    public IReadOnlyList<Expectation> Expectations
    {
        get
        {
            long? number = Matches.Count == 1 ? Matches[0].Number : null;
            return Matches.Count > 1 ? [] : Identity is { } identity ? [new Expectation.OfIdentity(identity, number)]
                : Filter is not null ? [new Expectation.OfSearch(Filter, number)]
                : [];
        }
    }

    /// <param name="criteria">A query without question mark: identifier=system|value.</param>
    public static async ValueTask<Outcome<Condition>> FindAsync(
        RestRoom room, Ask ask, string type, string criteria, CancellationToken cancel, int most = 2)
    {
        var parameters = new AskParameters();
        return parameters.Add(criteria.TrimStart('?')) is { } problem
            ? problem
            : await FindAsync(room, ask, type, parameters, cancel, most);
    }

    public static async ValueTask<Outcome<Condition>> FindAsync(
        RestRoom room, Ask ask, string type, AskParameters criteria, CancellationToken cancel, int most = 2)
    {
        var asked = criteria.Pairs.Where(p => p.Key is not ("_format" or "_pretty" or "_summary" or "_elements")).ToArray();
        if (asked.Length == 0)
        {
            return Problems.NoCriteria();
        }

        if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out var problem))
        {
            return problem;
        }

        // An identifier is looked up among all records: only who sees all of them may be told what it finds.
        return sight.SeesAll && IdentityOf(type, asked) is { } identity
            ? await ByIdentityAsync(room, identity, most, cancel)
            : await BySearchAsync(room, sight, ask, type, asked, most, cancel);
    }

    /// <summary>The identity that a condition names, when it is nothing but one identifier.</summary>
    public static Identity? IdentityOf(string type, IReadOnlyList<KeyValuePair<string, string>> criteria)
    {
        if (criteria is not [{ Key: "identifier", Value: var value }] || value.IndexOfAny([',', '\\']) >= 0
            || SearchPlan.Of(type) is not { } plan || plan.Find("identifier") < 0)
        {
            return null;
        }

        var bar = value.IndexOf('|', StringComparison.Ordinal);
        return bar > 0 && bar < value.Length - 1 ? Store.Identity.Of(type, value[..bar], value[(bar + 1)..]) : null;
    }

    private static async ValueTask<Outcome<Condition>> ByIdentityAsync(RestRoom room, Identity identity, int most, CancellationToken cancel)
    {
        if (!(await room.Platform.FindAsync(identity, cancel)).Try(out var numbers, out var problem))
        {
            return problem;
        }

        if (numbers.Count == 0)
        {
            return new Condition([], identity, null);
        }

        return (await room.Platform.ReadAsync([.. numbers.Take(most)], cancel)).Try(out var records, out problem)
            ? new Condition([.. records.OfType<StoredRecord>()], identity, null)
            : problem;
    }

    private static async ValueTask<Outcome<Condition>> BySearchAsync(
        RestRoom room, Sight sight, Ask ask, string type, KeyValuePair<string, string>[] criteria, int most, CancellationToken cancel)
    {
        var options = new SearchOptions { PageSize = most, LargestPage = Math.Max(most, 1000) };
        if (!SearchRequestParser.Parse(room.Book, type, criteria, room.SearchContext(ask.Base), options).Try(out var request, out var problem)
            || MaskedQuestion.Refusal(room, ask.Caller, type, criteria) is { } masked && (problem = masked) is not null
            || !(await room.Planner.SearchAsync(request, sight.Reader, cancel)).Try(out var answer, out problem)
            || !(await room.Planner.FilterAsync(request, sight.Reader, cancel)).Try(out var filter, out problem))
        {
            return problem;
        }

        return new Condition([.. answer.Entries.Where(e => e.IsMatch).Select(e => e.Record)], null, filter);
    }
}
