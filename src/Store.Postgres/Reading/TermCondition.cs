using System.Globalization;
using System.Text;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;
using Npgsql;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>
/// A term query as a condition on the columns <c>x</c> and <c>t</c>. Terms go in as parameters, so that questions of one shape
/// are one statement, planned once. What is asked of one column together is said together: the index then walks the rarest
/// list and looks into the others.
/// </summary>
internal sealed class TermCondition
{
    private readonly StringBuilder text = new();
    private readonly List<object> values = [];

    private readonly int behind;

    /// <param name="query">Neither everything nor nothing; to be found by the index no bare negation either.</param>
    /// <param name="behind">How many parameters of the statement come before its own.</param>
    public TermCondition(TermQuery query, int behind = 0)
    {
        this.behind = behind;
        Write(query);
    }

    public string Text => text.ToString();

    /// <summary>How many parameters there are.</summary>
    public int Count => values.Count;

    public NpgsqlBatchCommand Bind(NpgsqlBatchCommand command)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(value is string question
                ? new NpgsqlParameter<string> { TypedValue = question, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }
                : new NpgsqlParameter<long[]> { TypedValue = (long[])value });
        }

        return command;
    }

    private void Write(TermQuery query)
    {
        if (TsQuery.Holds(query))
        {
            AsText(query);
            return;
        }

        switch (query)
        {
            case TermQuery.Term term:
                Whole("@>", [TermColumns.HashOf(term.Text)]);
                break;
            case TermQuery.Prefix prefix:
                Whole("&&", [.. WholeTerms.With(prefix.Text)!.Select(TermColumns.HashOf)]);
                break;
            case TermQuery.And and:
                WriteAnd(and.Parts);
                break;
            case TermQuery.Or or:
                WriteOr(or.Parts);
                break;
            case TermQuery.Not not:
                text.Append("NOT ");
                Write(not.Part);
                break;
            default:
                throw new ArgumentException("Everything and nothing have no terms.", nameof(query));
        }
    }

    private void WriteAnd(IReadOnlyList<TermQuery> parts)
    {
        var whole = new List<long>();
        var texts = new List<TermQuery>();
        var others = new List<TermQuery>();
        foreach (var part in parts)
        {
            if (part is TermQuery.Term term && WholeTerms.IsOne(term.Text))
            {
                whole.Add(TermColumns.HashOf(term.Text));
            }
            else if (TsQuery.Holds(part))
            {
                texts.Add(part);
            }
            else
            {
                others.Add(part);
            }
        }

        // Every record has the store's own term: beside anything else that is wanted it says nothing.
        var isAny = texts.Find(part => part is TermQuery.Prefix { Text: "l" });
        if (isAny is not null && parts.Any(part => !ReferenceEquals(part, isAny) && part is not TermQuery.Not))
        {
            texts.Remove(isAny);
        }

        text.Append('(');
        var isFirst = true;
        if (whole.Count > 0)
        {
            And();
            Whole("@>", [.. whole]);
        }

        if (texts.Exists(part => part is not TermQuery.Not))
        {
            And();
            AsText(texts.Count == 1 ? texts[0] : new TermQuery.And(texts));
            texts.Clear();
        }

        foreach (var part in others.Concat(texts))
        {
            And();
            Write(part);
        }

        text.Append(')');

        void And()
        {
            text.Append(isFirst ? "" : " AND ");
            isFirst = false;
        }
    }

    private void WriteOr(IReadOnlyList<TermQuery> parts)
    {
        var whole = new List<long>();
        var texts = new List<TermQuery>();
        var others = new List<TermQuery>();
        foreach (var part in parts)
        {
            switch (part)
            {
                case TermQuery.Term term when WholeTerms.IsOne(term.Text):
                    whole.Add(TermColumns.HashOf(term.Text));
                    break;
                case TermQuery.Prefix prefix when WholeTerms.With(prefix.Text) is { } known:
                    whole.AddRange(known.Select(TermColumns.HashOf));
                    break;
                default:
                    (TsQuery.Holds(part) ? texts : others).Add(part);
                    break;
            }
        }

        text.Append('(');
        var isFirst = true;
        if (whole.Count > 0)
        {
            Or();
            Whole("&&", [.. whole]);
        }

        if (texts.Count > 0)
        {
            Or();
            AsText(texts.Count == 1 ? texts[0] : new TermQuery.Or(texts));
        }

        foreach (var part in others)
        {
            Or();
            Write(part);
        }

        text.Append(')');

        void Or()
        {
            text.Append(isFirst ? "" : " OR ");
            isFirst = false;
        }
    }

    private void Whole(string operation, long[] hashes)
    {
        values.Add(hashes);
        text.Append(CultureInfo.InvariantCulture, $"x {operation} ${behind + values.Count}");
    }

    private void AsText(TermQuery query)
    {
        if (query is TermQuery.Not not)
        {
            text.Append("NOT ");
            AsText(not.Part);
            return;
        }

        values.Add(TsQuery.Of(query));
        text.Append(CultureInfo.InvariantCulture, $"t @@ ${behind + values.Count}::tsquery");
    }
}
