using System.Globalization;
using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Kernel;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>Reads the parameters of a search (R4 search.html) for one type, some, or all.</summary>
public sealed class SearchRequestParser
{
    /// <summary>The parameter that carries a page link's position.</summary>
    public const string PageParameter = "_page";

    private const int MostParameters = 200;
    private const int DeepestChain = 6;
    private const string UnknownParameter = "SRCH001";

    /// <summary>Stands for "read, and nothing wrong"; never leaves the class.</summary>
    private static readonly Problem Taken = new("", ProblemKind.Invalid, "");

    private readonly TermBook book;
    private readonly SearchContext context;
    private readonly SearchOptions options;

    private SearchRequestParser(TermBook book, SearchContext context, SearchOptions options)
    {
        this.book = book;
        this.context = context;
        this.options = options;
    }

    /// <summary>Reads a search.</summary>
    /// <param name="type">Null to search all types, or those of _type.</param>
    /// <param name="parameters">Names and values, percent-decoded, in the order sent.</param>
    /// <param name="compartment">Only what is in it.</param>
    public static Outcome<SearchRequest> Parse(
        TermBook book,
        string? type,
        IReadOnlyList<KeyValuePair<string, string>> parameters,
        SearchContext context,
        SearchOptions options,
        CompartmentAsk? compartment = null)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(parameters);
        return new SearchRequestParser(book, context, options).Parse(type, parameters, compartment);
    }

    private Outcome<SearchRequest> Parse(string? type, IReadOnlyList<KeyValuePair<string, string>> parameters, CompartmentAsk? compartment)
    {
        if (parameters.Count > MostParameters)
        {
            return QueryProblems.TooManyParameters(MostParameters);
        }

        if (compartment is not null && !Array.Exists(R4.Facts.Compartments, c => c.Type.Name == compartment.Type))
        {
            return QueryProblems.BadParameter(
                compartment.Type, "R4 has compartments of Patient, Encounter, Practitioner, RelatedPerson and Device");
        }

        if (!Types(type, parameters).Try(out var asks, out var problem))
        {
            return problem;
        }

        var request = new SearchRequest(asks, context) { Count = options.PageSize, Compartment = compartment };
        foreach (var (name, value) in parameters)
        {
            var refused = Control(request, name, value) ?? Criterion(request, name, value);
            if (refused is not null && !ReferenceEquals(refused, Taken))
            {
                if (refused.Code != UnknownParameter || !options.IsLenient)
                {
                    return refused;
                }

                request.IgnoredNames.Add(name);
            }
        }

        if (request.Includes.Count > 0 && parameters.Any(p => p is { Key: "_summary", Value: "text" }))
        {
            return QueryProblems.NotWithTextSummary();
        }

        if (CareDates.Narrow(request.Asks, options.Care, context) is { } bad)
        {
            return bad;
        }

        request.Fingerprint = Fingerprint(type, parameters, compartment);
        return request;
    }

    private Outcome<IReadOnlyList<TypeAsk>> Types(string? type, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var names = type is null
            ? [.. parameters.Where(p => p.Key == "_type").SelectMany(p => p.Value.Split(',')).Distinct(StringComparer.Ordinal)]
            : new List<string> { type };
        if (names.Count == 0)
        {
            names.AddRange(R4.Facts.Types.Where(t => t is { IsResource: true, IsAbstract: false }).Select(t => t.Name));
        }

        var asks = new List<TypeAsk>();
        foreach (var name in names)
        {
            if (book.PlanOf(name) is not { } plan)
            {
                return QueryProblems.UnknownType(name);
            }

            asks.Add(new(plan));
        }

        return asks;
    }

    /// <summary>Null if the parameter is none of those that shape the answer.</summary>
    private Problem? Control(SearchRequest request, string name, string value)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var code = colon < 0 ? name : name[..colon];
        return code switch
        {
            "_count" => Count(request, value),
            "_total" => Total(request, value),
            "_summary" => Summary(request, value),
            "_sort" => Sort(request, value),
            "_include" or "_revinclude" => Include(request, name, value, code == "_revinclude"),
            PageParameter => Page(request, value),

            // Rest's to answer: they shape what is shown, not what is found.
            "_type" or "_elements" or "_format" or "_pretty" => Taken,
            "_contained" => value == "false" ? Taken : QueryProblems.NoContained(),
            "_containedType" => Taken,
            _ => null,
        };
    }

    private Problem? Criterion(SearchRequest request, string name, string value)
    {
        // For all types or for none: what one type refuses must not narrow another.
        var added = new List<TypeAsk>();
        foreach (var ask in request.Asks)
        {
            var one = new TypeAsk(ask.Plan);
            added.Add(one);
            if (Add(one, name, value, 0) is { } problem)
            {
                return request.Asks.Count > 1 && problem.Code == UnknownParameter
                    ? problem with { Message = QueryProblems.NotForAllTypes(name).Message }
                    : problem;
            }
        }

        for (var i = 0; i < added.Count; i++)
        {
            request.Asks[i].Take(added[i]);
        }

        return null;
    }

    private Problem? Add(TypeAsk ask, string name, string value, int depth)
    {
        if (depth > DeepestChain)
        {
            return QueryProblems.TooDeep(DeepestChain);
        }

        if (name.StartsWith("_has:", StringComparison.Ordinal))
        {
            return Has(ask, name, value, depth);
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0)
        {
            return Chain(ask, name[..dot], name[(dot + 1)..], value, depth);
        }

        if (name is "_id" or "_id:not")
        {
            return Ids(ask, name, value);
        }

        return name switch
        {
            "_filter" => Filter(ask, value, depth),
            "_text" or "_content" => Text(ask, name, value),
            "_list" => Lists(ask, value),
            _ when IsHierarchy(ask.Plan, name, out var plain) => Hierarchy(ask, name, plain, value),
            _ => Plain(ask, name, value),
        };
    }

    private Problem? Plain(TypeAsk ask, string name, string value)
    {
        if (!SearchClause.Parse(ask.Plan, name, value, context).Try(out var clause, out var problem))
        {
            return problem;
        }

        ask.Clauses.Add(clause);
        return null;
    }

    private static Problem? Text(TypeAsk ask, string name, string value)
    {
        if (!TextQuestion.Parse(name, value).Try(out var question, out var problem))
        {
            return problem;
        }

        ask.Texts.Add(question);
        return null;
    }

    private Problem? Filter(TypeAsk ask, string value, int depth)
    {
        // "subject.name co x" is a chain whose far end has a filter of its own.
        Outcome<FilterNode> Linked(TypeAsk around, string link, string rest)
        {
            var holder = new TypeAsk(around.Plan);
            return Chain(holder, link, "_filter", rest, depth + 1) is { } refused ? refused : new FilterNode.Chain(holder.Chains[0]);
        }

        if (!new FilterParser(context, Linked).Parse(ask, value).Try(out var node, out var problem))
        {
            return problem;
        }

        ask.Filters.Add(node);
        return null;
    }

    private static Problem? Lists(TypeAsk ask, string value)
    {
        var ids = value.Split(',').Select(i => i.StartsWith("List/", StringComparison.Ordinal) ? i["List/".Length..] : i).ToArray();
        if (ids.Length > 20 || !Array.TrueForAll(ids, i => new RecordKey("List", i).IsWellFormed))
        {
            // R4's lists of the kind "$current-allergies" would be the server's own judgement of what is current.
            return QueryProblems.BadParameter("_list", "it takes the ids of at most 20 List resources");
        }

        ask.Lists.Add(new(ids));
        return null;
    }

    private static bool IsHierarchy(SearchPlan plan, string name, out string plain)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        plain = colon < 0 ? name : name[..colon];
        return colon > 0 && name[colon..] is ":above" or ":below"
            && plan.Find(plain) is >= 0 and var at && plan.Parameters[at].Type == SearchType.Reference;
    }

    private Problem? Hierarchy(TypeAsk ask, string name, string plain, string value)
    {
        if (!SearchClause.Parse(ask.Plan, plain, value, context).Try(out var clause, out var problem))
        {
            return problem;
        }

        foreach (var operand in clause.Operands)
        {
            if (operand is not ReferenceOperand { Id: not null, Url: null } reference)
            {
                return QueryProblems.BadParameter(name, "it takes [type]/[id] or [id] of a resource here");
            }

            if (reference.Type is { } type && (book.PlanOf(type) is not { } parts || Hierarchies.ParentOf(parts) < 0))
            {
                return QueryProblems.NoHierarchy(name, type);
            }
        }

        ask.Hierarchies.Add(new(name, clause, name.EndsWith(":below", StringComparison.Ordinal)));
        return null;
    }

    private static Problem? Ids(TypeAsk ask, string name, string value)
    {
        if (value.Length == 0)
        {
            return QueryProblems.BadParameter(name, "its value is empty");
        }

        var ids = value.Split(',').Select(i => i.StartsWith('|') ? i[1..] : i).Distinct(StringComparer.Ordinal).ToArray();
        if (ids.Length > SearchClause.MostAlternatives)
        {
            return QueryProblems.BadParameter(name, $"it has more than {SearchClause.MostAlternatives} alternatives");
        }

        ask.Ids.Add(new(ids, name == "_id:not"));
        return null;
    }

    private Problem? Chain(TypeAsk ask, string link, string rest, string value, int depth)
    {
        var colon = link.IndexOf(':', StringComparison.Ordinal);
        var code = colon < 0 ? link : link[..colon];
        var position = ask.Plan.Find(code);
        if (position < 0)
        {
            return SearchClause.Parse(ask.Plan, code, value, context).Problem;
        }

        var parameter = ask.Plan.Parameters[position];
        if (parameter.Type != SearchType.Reference)
        {
            return QueryProblems.NotAReference(code);
        }

        if (!Targets(parameter, colon < 0 ? null : link[(colon + 1)..]).Try(out var targets, out var problem))
        {
            return problem;
        }

        var asks = new List<TypeAsk>();
        foreach (var target in targets)
        {
            var inner = new TypeAsk(book.PlanOf(target.Name)!);
            if (Add(inner, rest, value, depth + 1) is not { } refused)
            {
                asks.Add(inner);
            }
            else if (targets.Count == 1 || refused.Code != UnknownParameter)
            {
                return refused;
            }
        }

        if (asks.Count == 0)
        {
            return QueryProblems.NoTargetHas(link, rest);
        }

        ask.Chains.Add(new($"{link}.{rest}", position, asks));
        return null;
    }

    private static Outcome<IReadOnlyList<TypeFact>> Targets(SearchParameter parameter, string? named)
    {
        if (named is not null)
        {
            return R4.Facts.Type(named) is { IsResource: true, IsAbstract: false } type
                && (parameter.Targets.Length == 0 || Array.Exists(parameter.Targets, type.IsA))
                    ? (TypeFact[])[type]
                    : QueryProblems.BadParameter(parameter.Code, $"it does not point at '{named}'");
        }

        var all = parameter.Targets.Length == 0 || Array.Exists(parameter.Targets, t => t.IsAbstract)
            ? R4.Facts.Types.Where(t => t.IsResource)
            : parameter.Targets;
        return all.Where(t => !t.IsAbstract).ToArray();
    }

    private Problem? Has(TypeAsk ask, string name, string value, int depth)
    {
        var parts = name.Split(':', 4);
        if (parts.Length < 4 || parts[3].Length == 0)
        {
            return QueryProblems.BadParameter(name, "write _has:[type]:[reference parameter]:[parameter]");
        }

        if (book.PlanOf(parts[1]) is not { } plan)
        {
            return QueryProblems.UnknownType(parts[1]);
        }

        var position = plan.Find(parts[2]);
        if (position < 0)
        {
            return SearchClause.Parse(plan, parts[2], value, context).Problem;
        }

        var parameter = plan.Parameters[position];
        if (parameter.Type != SearchType.Reference)
        {
            return QueryProblems.NotAReference(parts[2]);
        }

        if (parameter.Targets.Length > 0 && !Array.Exists(parameter.Targets, ask.Plan.Type.IsA))
        {
            return QueryProblems.BadParameter(name, $"'{parts[2]}' of {parts[1]} does not point at {ask.Plan.Type.Name}");
        }

        var inner = new TypeAsk(plan);
        if (Add(inner, parts[3], value, depth + 1) is { } problem)
        {
            return problem;
        }

        ask.Has.Add(new(name, position, inner));
        return null;
    }

    private Problem? Count(SearchRequest request, string value)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return QueryProblems.BadParameter("_count", "it takes a whole number from 0");
        }

        // R4 search.html#count: "If _count has the value 0, this shall be treated the same as _summary=count".
        request.IsCountOnly |= count == 0;
        request.Count = Math.Clamp(count, 1, options.LargestPage);
        return Taken;
    }

    private static Problem? Total(SearchRequest request, string value)
    {
        if (!Enum.TryParse<TotalMode>(value, ignoreCase: true, out var mode) || value is not ("none" or "estimate" or "accurate"))
        {
            return QueryProblems.BadParameter("_total", "it takes none, estimate or accurate");
        }

        request.Total = mode;
        return Taken;
    }

    private static Problem? Summary(SearchRequest request, string value)
    {
        if (value is not ("true" or "text" or "data" or "count" or "false"))
        {
            return QueryProblems.BadParameter("_summary", "it takes true, text, data, count or false");
        }

        request.IsCountOnly |= value == "count";
        return Taken;
    }

    private static Problem? Page(SearchRequest request, string value)
    {
        request.Page = value;
        return Taken;
    }

    private static Problem? Sort(SearchRequest request, string value)
    {
        foreach (var part in value.Split(','))
        {
            var isDescending = part.StartsWith('-');
            var code = isDescending ? part[1..] : part;
            if (code is "_id" or "_lastUpdated")
            {
                request.Sort.Add(new(code == "_id" ? SortBy.Id : SortBy.LastUpdated, code, SearchType.Date, isDescending));
                continue;
            }

            foreach (var ask in request.Asks)
            {
                if (ask.Plan.Find(code) < 0)
                {
                    return SearchClause.Parse(ask.Plan, code, "", request.Context).Problem;
                }
            }

            var parameter = request.Asks[0].Plan.Parameters[request.Asks[0].Plan.Find(code)];
            if (parameter.Type is SearchType.Composite or SearchType.Special || parameter.Expression is null)
            {
                return QueryProblems.BadParameter("_sort", $"there is no order of '{code}'");
            }

            request.Sort.Add(new(SortBy.Parameter, code, parameter.Type, isDescending));
        }

        return Taken;
    }

    private Problem? Include(SearchRequest request, string name, string value, bool isReverse)
    {
        var isIterate = name.EndsWith(":iterate", StringComparison.Ordinal) || name.EndsWith(":recurse", StringComparison.Ordinal);
        if (!isIterate && name.Contains(':', StringComparison.Ordinal))
        {
            return QueryProblems.BadParameter(name, "it takes no modifier but :iterate");
        }

        if (value == "*" && !isReverse)
        {
            request.Includes.Add(new(false, isIterate, null, null, null));
            return Taken;
        }

        var parts = value.Split(':');
        if (parts.Length is < 2 or > 3 || book.PlanOf(parts[0]) is not { } plan)
        {
            return QueryProblems.BadParameter(
                name, "write [type]:[reference parameter], [type]:[reference parameter]:[target type] or [type]:*");
        }

        TypeFact? target = null;
        if (parts.Length == 3 && (target = R4.Facts.Type(parts[2])) is not { IsResource: true })
        {
            return QueryProblems.UnknownType(parts[2]);
        }

        if (parts[1] != "*")
        {
            var position = plan.Find(parts[1]);
            if (position < 0)
            {
                return SearchClause.Parse(plan, parts[1], "", context).Problem;
            }

            if (plan.Parameters[position].Type != SearchType.Reference)
            {
                return QueryProblems.NotAReference(parts[1]);
            }
        }

        request.Includes.Add(new(isReverse, isIterate, parts[0], parts[1] == "*" ? null : parts[1], target));
        return Taken;
    }

    private static long Fingerprint(string? type, IReadOnlyList<KeyValuePair<string, string>> parameters, CompartmentAsk? compartment)
    {
        var text = new StringBuilder(type);
        text.Append('\n').Append(compartment?.Type).Append('\n').AppendJoin('\n', compartment?.Ids ?? []);
        foreach (var (name, value) in parameters)
        {
            if (name is not (PageParameter or "_count" or "_format" or "_pretty" or "_total" or "_summary" or "_elements"))
            {
                text.Append('\n').Append(name).Append('=').Append(value);
            }
        }

        return StableHash.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
