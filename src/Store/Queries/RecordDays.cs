using Kangqiao.Fhir.Search.Query;
using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>The records of a type that tell of certain days, as terms can say it: for who decides by days what may be seen.</summary>
public static class RecordDays
{
    /// <param name="from">A FHIR date, or null.</param>
    /// <param name="to">A FHIR date, or null.</param>
    /// <returns>Those that surely are of these days, and all that may be: what says no day may be of any.</returns>
    public static async ValueTask<Outcome<(TermQuery Surely, TermQuery Perhaps)>> WithinAsync(
        TermBook book, string type, string? from, string? to, SearchContext context, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(book);
        if (!(await book.OfAsync(type, cancel)).Try(out var terms, out var problem))
        {
            return problem;
        }

        if (CareDates.CodeOf(terms.Plan) is not { } code)
        {
            return (TermQuery.Nothing, TermQuery.Everything);
        }

        var clauses = new List<SearchClause>();
        foreach (var (prefix, date) in new[] { ("ge", from), ("le", to) })
        {
            if (date is not null)
            {
                if (!SearchClause.Parse(terms.Plan, code, prefix + date, context).Try(out var clause, out problem))
                {
                    return problem;
                }

                clauses.Add(clause);
            }
        }

        if (clauses.Count == 0)
        {
            return (TermQuery.Everything, TermQuery.Everything);
        }

        var likely = new ClauseCompiler(terms, null).Compile(clauses);
        var missing = TermQuery.Without(terms.Has(terms.Plan.Find(code)));
        return (TermQuery.AllOf(likely.Maybe, TermQuery.Without(likely.Doubt)), TermQuery.AnyOf(likely.Maybe, missing));
    }
}
