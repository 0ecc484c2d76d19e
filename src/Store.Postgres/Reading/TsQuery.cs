using System.Text;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>A question to terms kept as text, in tsquery's language (postgresql.org/docs/15/datatype-textsearch.html#DATATYPE-TSQUERY).</summary>
internal static class TsQuery
{
    /// <summary>All terms of the question are kept as text.</summary>
    public static bool Holds(TermQuery query) => query switch
    {
        TermQuery.Term term => !WholeTerms.IsOne(term.Text),
        TermQuery.Prefix prefix => WholeTerms.With(prefix.Text) is null,
        TermQuery.And and => and.Parts.All(Holds),
        TermQuery.Or or => or.Parts.All(Holds),
        TermQuery.Not not => Holds(not.Part),
        _ => false,
    };

    /// <param name="query">Neither everything nor nothing nor a bare negation.</param>
    public static string Of(TermQuery query)
    {
        var text = new StringBuilder();
        Write(query, text);
        return text.ToString();
    }

    private static void Write(TermQuery query, StringBuilder text)
    {
        switch (query)
        {
            // Quoted, because a term may hold characters that a locale takes for white space; it holds no quote itself.
            case TermQuery.Term term:
                text.Append('\'').Append(TermColumns.Cut(term.Text)).Append('\'');
                break;
            case TermQuery.Prefix prefix:
                text.Append('\'').Append(TermColumns.Cut(prefix.Text)).Append("':*");
                break;
            case TermQuery.Or or:
                Join(or.Parts, '|', text);
                break;
            case TermQuery.And and:
                Join(and.Parts, '&', text);
                break;
            case TermQuery.Not not:
                text.Append('!');
                Write(not.Part, text);
                break;
            default:
                throw new ArgumentException("Everything and nothing have no terms.", nameof(query));
        }
    }

    private static void Join(IReadOnlyList<TermQuery> parts, char with, StringBuilder text)
    {
        text.Append('(');
        for (var i = 0; i < parts.Count; i++)
        {
            if (i > 0)
            {
                text.Append(with);
            }

            Write(parts[i], text);
        }

        text.Append(')');
    }
}
