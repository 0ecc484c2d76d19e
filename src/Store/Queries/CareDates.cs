using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Kernel;

namespace Kangqiao.Store.Queries;

/// <summary>
/// When what a record tells of was done (R4 patient-operation-everything.html: "start" and "end" are dates of care, not of the
/// record). A record that does not say when stays in.
/// </summary>
internal static class CareDates
{
    // In the order of what tells most; the first that the type has counts.
    private static readonly string[] Codes =
    [
        "date", "period", "performed", "occurrence", "authoredon", "authored", "effective-time", "effective", "whenhandedover", "onset-date",
        "recorded-date", "started", "created", "sent", "event-date", "when", "time", "issued", "recorded",
    ];

    /// <summary>Narrows each ask to a span of time; null, or why it cannot be read.</summary>
    public static Problem? Narrow(IReadOnlyList<TypeAsk> asks, (string? From, string? To) span, SearchContext context)
    {
        if (span is (null, null))
        {
            return null;
        }

        foreach (var ask in asks)
        {
            if (CodeOf(ask.Plan) is not { } code)
            {
                continue;
            }

            FilterNode? inside = null;
            foreach (var (prefix, date) in new[] { ("ge", span.From), ("le", span.To) })
            {
                if (date is null)
                {
                    continue;
                }

                if (!SearchClause.Parse(ask.Plan, code, prefix + date, context).Try(out var clause, out var problem))
                {
                    return problem;
                }

                FilterNode test = new FilterNode.Plain(clause);
                inside = inside is null ? test : new FilterNode.All(inside, test);
            }

            var missing = SearchClause.Parse(ask.Plan, code + ":missing", "true", context).Value;
            ask.Filters.Add(new FilterNode.Any(new FilterNode.Plain(missing), inside!));
        }

        return null;
    }

    public static string? CodeOf(SearchPlan plan) =>
        Array.Find(Codes, c => plan.Find(c) is >= 0 and var at && plan.Parameters[at].Type == SearchType.Date);
}
