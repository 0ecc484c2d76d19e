using System.Text;
using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Fhir.Text;
using Kangqiao.Kernel;

namespace Kangqiao.Store.Queries;

/// <summary>
/// Reads the value of _filter (R4 search_filter.html) into parameters that the index can be asked by. "and" and "or" have the same
/// rank and go from left to right, as R4 has it. What cannot be asked so is refused by name.
/// </summary>
/// <param name="chain">Reads "subject.name co x" for a type: the link, and what is asked at its other end.</param>
internal sealed class FilterParser(SearchContext context, FilterParser.ChainReader chain)
{
    private const int MostTests = 100;
    private const int Deepest = 16;

    private string text = "";
    private int at;
    private int tests;
    private Problem? refused;

    /// <summary>A chain's node, or why there is none.</summary>
    public delegate Outcome<FilterNode> ChainReader(TypeAsk ask, string link, string rest);

    public Outcome<FilterNode> Parse(TypeAsk ask, string value)
    {
        (text, at, tests, refused) = (value, 0, 0, null);
        var node = Tests(ask, 0);
        Skip();
        if (node is not null && at < text.Length)
        {
            Refuse($"'{text[at..]}' is left over at position {at + 1}");
        }

        return refused is { } problem ? problem : node!;
    }

    private FilterNode? Tests(TypeAsk ask, int depth)
    {
        var left = Test(ask, depth);
        while (left is not null)
        {
            var isAnd = TakeWord("and");
            if (!isAnd && !TakeWord("or"))
            {
                return left;
            }

            if (Test(ask, depth) is not { } right)
            {
                return null;
            }

            left = isAnd ? new FilterNode.All(left, right) : new FilterNode.Any(left, right);
        }

        return null;
    }

    private FilterNode? Test(TypeAsk ask, int depth)
    {
        if (depth > Deepest || ++tests > MostTests)
        {
            return Refuse($"it has more than {MostTests} tests or {Deepest} levels");
        }

        var before = at;
        if (TakeWord("not"))
        {
            if (Take('('))
            {
                return Inside(ask, depth) is { } inner ? new FilterNode.Not(inner) : null;
            }

            at = before;
        }

        return Take('(') ? Inside(ask, depth) : Comparison(ask);
    }

    private FilterNode? Inside(TypeAsk ask, int depth)
    {
        var inner = Tests(ask, depth + 1);
        return inner is null || Take(')') ? inner : Refuse($"a ) is missing at position {at + 1}");
    }

    private FilterNode? Comparison(TypeAsk ask)
    {
        Skip();
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '-' or '.' or ':'))
        {
            at++;
        }

        var path = text[start..at];
        if (at < text.Length && text[at] == '[')
        {
            return Refuse($"the part in brackets after '{path}' is not supported: ask a composite parameter, as in code-value-quantity eq a$b");
        }

        Skip();
        var op = Word();
        if (path.Length == 0 || op.Length == 0)
        {
            return Refuse($"at position {start + 1} there is no [parameter] [operation] [value]");
        }

        var valueAt = at;
        if (Value() is not { } value)
        {
            return Refuse($"'{path} {op}' has no value");
        }

        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0)
        {
            return chain(ask, path[..dot], $"{path[(dot + 1)..]} {op} {text[valueAt..at].Trim()}").Try(out var linked, out var problem)
                ? linked
                : Refuse(problem);
        }

        return Make(ask, path, op, value);
    }

    private FilterNode? Make(TypeAsk ask, string code, string op, string value)
    {
        if (code == "_id")
        {
            return op switch
            {
                "eq" => new FilterNode.Ids(new([value], false)),
                "ne" => new FilterNode.Ids(new([value], true)),
                "pr" when value is "true" or "false" => new FilterNode.Fixed(value == "true"),
                _ => NotFor(code, op),
            };
        }

        var position = ask.Plan.Find(code);
        if (position < 0)
        {
            return Plain(ask, code, "x");
        }

        var parameter = ask.Plan.Parameters[position];
        if (op == "pr")
        {
            return value is "true" or "false" ? Plain(ask, code + ":missing", value == "true" ? "false" : "true") : Refuse($"'{code} pr' takes true or false");
        }

        var alternative = Alternative(value, parameter.Type);
        return (parameter.Type, op) switch
        {
            (SearchType.String, "co") => Plain(ask, code + ":contains", alternative),
            (SearchType.String, "sw") => Plain(ask, code, alternative),
            (SearchType.String, "eq") => OfText(ask, code, alternative, FilterComparison.Same, value),
            (SearchType.String, "ew") => OfText(ask, code + ":contains", alternative, FilterComparison.EndsWith, value),
            (SearchType.Token, "in") => Plain(ask, code + ":in", alternative),
            (SearchType.Token, "ni") => Plain(ask, code + ":not-in", alternative),

            // The value subsumes the record's concept: that lies below it.
            (SearchType.Token, "ss") => Plain(ask, code + ":below", alternative),
            (SearchType.Token, "sb") => Plain(ask, code + ":above", alternative),
            (SearchType.Reference, "re") => Plain(ask, code, alternative),
            (SearchType.Date, "po") => Overlapping(ask, code, value),
            (SearchType.Date or SearchType.Number or SearchType.Quantity, "eq" or "ne" or "gt" or "lt" or "ge" or "le" or "ap" or "sa" or "eb") =>
                Plain(ask, code, op + alternative),
            (SearchType.Token or SearchType.Reference or SearchType.Uri or SearchType.Composite or SearchType.Special, "eq") => Plain(ask, code, alternative),
            (SearchType.String or SearchType.Token or SearchType.Reference or SearchType.Uri, "ne") =>
                OfText(ask, parameter.Type == SearchType.String ? code + ":exact" : code, alternative, FilterComparison.Differs, value),
            _ => NotFor(code, op),
        };
    }

    private FilterNode? NotFor(string code, string op) => op is "eq" or "ne" or "co" or "sw" or "ew" or "gt" or "lt" or "ge" or "le" or "ap" or "sa"
        or "eb" or "pr" or "po" or "ss" or "sb" or "in" or "ni" or "re"
            ? Refuse($"'{op}' says nothing of '{code}', by its type")
            : Refuse($"'{op}' is no operation of R4 search_filter.html");

    private FilterNode? Plain(TypeAsk ask, string name, string value) =>
        SearchClause.Parse(ask.Plan, name, value, context).Try(out var clause, out var problem) ? new FilterNode.Plain(clause) : Refuse(problem);

    private FilterNode? OfText(TypeAsk ask, string name, string value, FilterComparison how, string form) =>
        SearchClause.Parse(ask.Plan, name, value, context).Try(out var clause, out var problem)
            ? new FilterNode.OfValue(clause, how, SearchText.Normalise(form), default)
            : Refuse(problem);

    private FilterNode? Overlapping(TypeAsk ask, string code, string value)
    {
        if (!SearchClause.Parse(ask.Plan, code, "ap" + value, context).Try(out var clause, out var problem))
        {
            return Refuse(problem);
        }

        return DateRange.TryParse(Encoding.UTF8.GetBytes(value), out var range)
            ? new FilterNode.OfValue(clause, FilterComparison.Overlaps, "", range)
            : Refuse($"'{value}' is no date");
    }

    /// <summary>One alternative of a plain parameter: what would divide it there is text here.</summary>
    private static string Alternative(string value, SearchType type)
    {
        if (type == SearchType.String)
        {
            value = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal);
        }

        return value.Replace(",", "\\,", StringComparison.Ordinal);
    }

    private string? Value()
    {
        Skip();
        var start = at;
        if (at < text.Length && text[at] == '"')
        {
            for (at++; at < text.Length && text[at] != '"'; at++)
            {
                at += text[at] == '\\' ? 1 : 0;
            }

            at = Math.Min(at + 1, text.Length);
            try
            {
                return JsonSerializer.Deserialize<string>(text[start..at]);
            }
            catch (JsonException)
            {
                return null;
            }
        }

        while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not (')' or ']'))
        {
            at++;
        }

        return at > start ? text[start..at] : null;
    }

    private string Word()
    {
        var start = at;
        while (at < text.Length && char.IsAsciiLetter(text[at]))
        {
            at++;
        }

        return text[start..at];
    }

    private bool TakeWord(string word)
    {
        Skip();
        var end = at + word.Length;
        if (!text.AsSpan(at).StartsWith(word, StringComparison.Ordinal) || (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] != '('))
        {
            return false;
        }

        at = end;
        return true;
    }

    private bool Take(char c)
    {
        Skip();
        if (at == text.Length || text[at] != c)
        {
            return false;
        }

        at++;
        return true;
    }

    private void Skip()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }

    private FilterNode? Refuse(string why) => Refuse(QueryProblems.BadParameter("_filter", why));

    private FilterNode? Refuse(Problem problem)
    {
        refused ??= problem;
        return null;
    }
}
