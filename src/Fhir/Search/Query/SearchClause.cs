using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Search.Query;

/// <summary>
/// One parameter of a query, "name:contains=eve,pete": the alternatives are joined by or, clauses by and. Pure meaning: what
/// needs other resources (chains, _has, _include) is built on top of it.
/// </summary>
public sealed class SearchClause
{
    /// <summary>Alternatives in one clause.</summary>
    public const int MostAlternatives = 1000;

    private SearchClause(
        SearchParameter parameter, int position, SearchModifier modifier, TypeFact? targetType, bool isMissing, Operand[] operands)
    {
        Parameter = parameter;
        Position = position;
        Modifier = modifier;
        TargetType = targetType;
        IsMissing = isMissing;
        Operands = operands;
    }

    public SearchParameter Parameter { get; }

    /// <summary>Position in <see cref="SearchPlan.Parameters"/>.</summary>
    public int Position { get; }

    public SearchModifier Modifier { get; }

    /// <summary>Of subject:Patient, the type Patient.</summary>
    public TypeFact? TargetType { get; }

    /// <summary>Of :missing, whether resources without a value are asked for.</summary>
    public bool IsMissing { get; }

    /// <summary>The alternatives; none for :missing.</summary>
    public Operand[] Operands { get; }

    /// <summary>Reads one parameter of a query.</summary>
    /// <param name="plan">Of the resource type searched.</param>
    /// <param name="name">"name:contains", percent-decoded.</param>
    /// <param name="value">"eve,pete", percent-decoded.</param>
    /// <param name="context">What the meaning depends on besides.</param>
    public static Outcome<SearchClause> Parse(SearchPlan plan, string name, string value, SearchContext context)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(context);
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var code = colon < 0 ? name : name[..colon];
        var position = plan.Find(code);
        if (position < 0)
        {
            return SearchProblems.UnknownParameter(code, plan.Type.Name, Nearest(plan, code));
        }

        var parameter = plan.Parameters[position];
        TypeFact? targetType = null;
        var modifier = SearchModifier.None;
        if (colon >= 0 && !TryModifier(parameter, name[(colon + 1)..], out modifier, out targetType))
        {
            return SearchProblems.BadModifier(code, name[(colon + 1)..], parameter.Type, Modifiers(parameter.Type));
        }

        if (value.Length == 0)
        {
            return SearchProblems.EmptyValue(name);
        }

        if (modifier == SearchModifier.Missing)
        {
            return value is "true" or "false"
                ? new SearchClause(parameter, position, modifier, null, value == "true", [])
                : SearchProblems.BadValue(name, value, "':missing' takes true or false");
        }

        var texts = SearchEscapes.Split(value, ',', MostAlternatives);
        if (texts.Count > MostAlternatives)
        {
            return SearchProblems.TooMany(name, MostAlternatives);
        }

        var parser = new OperandParser(name, context);
        var operands = new Operand[texts.Count];
        for (var i = 0; i < operands.Length; i++)
        {
            if (!parser.Parse(parameter, modifier, targetType, texts[i]).Try(out var operand, out var problem))
            {
                return problem;
            }

            operands[i] = operand;
        }

        return new SearchClause(parameter, position, modifier, targetType, isMissing: false, operands);
    }

    /// <summary>The same clause with further alternatives.</summary>
    public SearchClause OrAlso(IReadOnlyList<Operand> alternatives) => new(Parameter, Position, Modifier, TargetType, IsMissing, [.. Operands, .. alternatives]);

    /// <summary>Does the resource whose values these are meet the clause?</summary>
    /// <param name="values">Taken by the plan the clause was read for.</param>
    public bool Matches(IndexValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (Modifier == SearchModifier.Missing)
        {
            return values.Has(Position) != IsMissing;
        }

        // R4 search.html#modifiers: :not and :not-in also return resources that have no value.
        return Modifier is SearchModifier.Not or SearchModifier.NotIn ? !AnyMatches(values) : AnyMatches(values);
    }

    /// <summary>Has the resource a value that none of the alternatives is? What _filter calls "ne" (R4 search_filter.html).</summary>
    /// <param name="values">Taken by the plan the clause was read for.</param>
    public bool Differs(IndexValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (ref readonly var value in values.Items)
        {
            // The other kinds say the same value in other words.
            if (value.Parameter != Position
                || value.Kind is IndexKind.StringKey or IndexKind.TokenText or IndexKind.TokenOfType or IndexKind.ReferenceIdentifier)
            {
                continue;
            }

            var isMet = false;
            foreach (var operand in Operands)
            {
                isMet |= operand.Matches(values, value, Modifier);
            }

            if (!isMet)
            {
                return true;
            }
        }

        return false;
    }

    private bool AnyMatches(IndexValues values)
    {
        foreach (ref readonly var value in values.Items)
        {
            if (value.Parameter != Position)
            {
                continue;
            }

            foreach (var operand in Operands)
            {
                if (operand.Matches(values, value, Modifier))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool TryModifier(SearchParameter parameter, string text, out SearchModifier modifier, out TypeFact? targetType)
    {
        targetType = null;
        modifier = text switch
        {
            "missing" => SearchModifier.Missing,
            "exact" => SearchModifier.Exact,
            "contains" => SearchModifier.Contains,
            "text" => SearchModifier.Text,
            "not" => SearchModifier.Not,
            "above" => SearchModifier.Above,
            "below" => SearchModifier.Below,
            "in" => SearchModifier.In,
            "not-in" => SearchModifier.NotIn,
            "of-type" => SearchModifier.OfType,
            "identifier" => SearchModifier.Identifier,
            _ => SearchModifier.None,
        };
        if (modifier == SearchModifier.None && parameter.Type == SearchType.Reference
            && R4.Facts.Type(text) is { IsResource: true, IsAbstract: false } type
            && (parameter.Targets.Length == 0 || Array.Exists(parameter.Targets, type.IsA)))
        {
            targetType = type;
            modifier = SearchModifier.Type;
        }

        return modifier == SearchModifier.Missing || parameter.Type switch
        {
            SearchType.String => modifier is SearchModifier.Exact or SearchModifier.Contains,
            SearchType.Token => modifier is SearchModifier.Text or SearchModifier.Not or SearchModifier.Above or SearchModifier.Below
                or SearchModifier.In or SearchModifier.NotIn or SearchModifier.OfType,
            SearchType.Reference => modifier is SearchModifier.Type or SearchModifier.Identifier,
            SearchType.Uri => modifier is SearchModifier.Above or SearchModifier.Below,
            _ => false,
        };
    }

    private static string Modifiers(SearchType type) => type switch
    {
        SearchType.String => ":exact, :contains, :missing",
        SearchType.Token => ":text, :not, :above, :below, :in, :not-in, :of-type, :missing",
        SearchType.Reference => "a resource type it may point at (:Patient), :identifier, :missing",
        SearchType.Uri => ":above, :below, :missing",
        _ => ":missing only",
    };

    private static string? Nearest(SearchPlan plan, string code)
    {
        if (code.Length is 0 or > 64)
        {
            return null;
        }

        var best = default(string);
        var least = 3;
        foreach (var parameter in plan.Parameters)
        {
            var distance = Distance(parameter.Code, code);
            if (distance < least)
            {
                (best, least) = (parameter.Code, distance);
            }
        }

        return best;
    }

    /// <summary>How many letters have to be changed, added or left out.</summary>
    private static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j < row.Length; j++)
            {
                var above = row[j];
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
