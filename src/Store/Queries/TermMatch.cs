using System.Text;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Queries;

/// <summary>Asks of one record's terms what the index would be asked of all: so a single record obeys the reader's predicate too.</summary>
public static class TermMatch
{
    /// <param name="terms">As <see cref="Writes.PreparedRecord.Terms"/>, with the store's own term where the query asks for it.</param>
    public static bool Matches(TermQuery query, ReadOnlySpan<byte> terms)
    {
        switch (query)
        {
            case TermQuery.AllRecords:
                return true;
            case TermQuery.Term term:
                return Holds(terms, term.Text, isPrefix: false);
            case TermQuery.Prefix prefix:
                return Holds(terms, prefix.Text, isPrefix: true);
            case TermQuery.Not not:
                return !Matches(not.Part, terms);
            case TermQuery.And and:
                foreach (var part in and.Parts)
                {
                    if (!Matches(part, terms))
                    {
                        return false;
                    }
                }

                return true;
            case TermQuery.Or or:
                foreach (var part in or.Parts)
                {
                    if (Matches(part, terms))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }

    private static bool Holds(ReadOnlySpan<byte> terms, string text, bool isPrefix)
    {
        Span<byte> sought = stackalloc byte[256];
        sought = Encoding.UTF8.GetByteCount(text) <= sought.Length ? sought : new byte[Encoding.UTF8.GetByteCount(text)];
        sought = sought[..Encoding.UTF8.GetBytes(text, sought)];
        foreach (var range in terms.Split((byte)' '))
        {
            var term = terms[range];
            if (isPrefix ? term.StartsWith(sought) : term.SequenceEqual(sought))
            {
                return true;
            }
        }

        return false;
    }
}
