using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;

namespace Kangqiao.Store.Queries;

/// <summary>What _filter asks, as a tree (R4 search_filter.html).</summary>
internal abstract record FilterNode
{
    public sealed record All(FilterNode Left, FilterNode Right) : FilterNode;

    public sealed record Any(FilterNode Left, FilterNode Right) : FilterNode;

    public sealed record Not(FilterNode Part) : FilterNode;

    /// <summary>What a plain parameter says as well.</summary>
    public sealed record Plain(SearchClause Clause) : FilterNode;

    /// <summary>What only the value itself tells; <paramref name="Candidates"/> says which records are worth reading.</summary>
    public sealed record OfValue(SearchClause Candidates, FilterComparison How, string Form, DateRange Range) : FilterNode
    {
        private readonly byte[] form = Encoding.UTF8.GetBytes(Form);

        public bool Matches(IndexValues values)
        {
            if (How == FilterComparison.Differs)
            {
                return Candidates.Differs(values);
            }

            foreach (ref readonly var value in values.Items)
            {
                if (value.Parameter == Candidates.Position && Matches(values, value))
                {
                    return true;
                }
            }

            return false;
        }

        private bool Matches(IndexValues values, in IndexValue value) => How switch
        {
            FilterComparison.Same => value.Kind == IndexKind.String && values.Text(value.Second).SequenceEqual(form),
            FilterComparison.EndsWith => value.Kind == IndexKind.String && values.Text(value.Second).EndsWith(form),
            _ => value.Kind == IndexKind.Date && value.LowTicks < Range.High && value.HighTicks > Range.Low,
        };
    }

    public sealed record Ids(IdAsk Ask) : FilterNode;

    public sealed record Chain(ChainAsk Ask) : FilterNode;

    /// <summary>The type has nothing that could be compared: never, or always.</summary>
    public sealed record Fixed(bool IsTrue) : FilterNode;
}

internal enum FilterComparison
{
    /// <summary>eq of a string: the whole of it.</summary>
    Same,

    /// <summary>ew.</summary>
    EndsWith,

    /// <summary>ne: some value is another one.</summary>
    Differs,

    /// <summary>po: the times have something in common.</summary>
    Overlaps,
}
