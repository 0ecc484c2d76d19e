using System.Text;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Sqlite.Reading;

/// <summary>A term query in FTS5's language (sqlite.org/fts5.html#full_text_query_syntax).</summary>
internal static class FtsText
{
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
            case TermQuery.Term term:
                text.Append('"').Append(term.Text).Append('"');
                break;
            case TermQuery.Prefix prefix:
                text.Append('"').Append(prefix.Text).Append("\" *");
                break;
            case TermQuery.Or or:
                Join(or.Parts, " OR ", text);
                break;
            case TermQuery.And and:
                And(and, text);
                break;
            default:
                throw new ArgumentException("A negation stands only beside something that narrows.", nameof(query));
        }
    }

    /// <summary>FTS5's NOT takes one from the other: (what must be) NOT (what must not).</summary>
    private static void And(TermQuery.And and, StringBuilder text)
    {
        var wanted = new List<TermQuery>(and.Parts.Count);
        var unwanted = new List<TermQuery>();
        foreach (var part in and.Parts)
        {
            if (part is TermQuery.Not not)
            {
                unwanted.Add(not.Part);
            }
            else
            {
                wanted.Add(part);
            }
        }

        text.Append('(');
        Join(wanted, " AND ", text);
        if (unwanted.Count > 0)
        {
            text.Append(" NOT ");
            Join(unwanted, " OR ", text);
        }

        text.Append(')');
    }

    private static void Join(IReadOnlyList<TermQuery> parts, string with, StringBuilder text)
    {
        text.Append('(');
        for (var i = 0; i < parts.Count; i++)
        {
            text.Append(i > 0 ? with : "");
            Write(parts[i], text);
        }

        text.Append(')');
    }
}
