using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search.Paths;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Search;

/// <summary>
/// One search parameter, of the specification or defined at run time by a SearchParameter resource. Immutable.
/// </summary>
public sealed class SearchParameter
{
    internal SearchParameter(
        string code,
        string url,
        SearchType type,
        TypeFact[] bases,
        TypeFact[] targets,
        string? expression,
        ParsedExpression? parsed,
        FhirPathExpression? general,
        SearchComponent[] components)
    {
        Code = code;
        Url = url;
        Type = type;
        Bases = bases;
        Targets = targets;
        Expression = expression;
        Parsed = parsed;
        General = general;
        Components = components;
    }

    /// <summary>The name in a query.</summary>
    public string Code { get; }

    /// <summary>Canonical URL; unique.</summary>
    public string Url { get; }

    public SearchType Type { get; }

    /// <summary>The resource types it applies to; Resource and DomainResource stand for all.</summary>
    public TypeFact[] Bases { get; }

    /// <summary>Reference: the resource types it may point at; empty if not told.</summary>
    public TypeFact[] Targets { get; }

    /// <summary>FHIRPath as defined; null for parameters that are not read from elements (_text, _content, _query).</summary>
    public string? Expression { get; }

    /// <summary>Composite: its parts in order.</summary>
    public SearchComponent[] Components { get; }

    internal ParsedExpression? Parsed { get; }

    /// <summary>
    /// For an expression outside what the walk can do: evaluated on its own. No parameter of the specification needs it.
    /// </summary>
    internal FhirPathExpression? General { get; }

    /// <summary>Compiles a parameter of the specification.</summary>
    public static Outcome<SearchParameter> Of(SearchFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        var components = new SearchComponent[fact.Components.Length];
        for (var i = 0; i < components.Length; i++)
        {
            var part = fact.Components[i];
            if (R4.Facts.SearchParameter(part.Definition) is not { } definition)
            {
                return SearchProblems.BadDefinition($"its component {part.Definition} is not known");
            }

            if (!PathParser.Parse(part.Expression).Try(out var partPaths, out var partProblem))
            {
                return partProblem;
            }

            components[i] = new SearchComponent(definition.Code, definition.Type, definition.Targets, partPaths);
        }

        return Compile(fact.Code, fact.Url, fact.Type, fact.Bases, fact.Targets, fact.Expression, components);
    }

    /// <summary>Compiles a SearchParameter resource.</summary>
    /// <param name="resource">The resource; only what R4 requires for searching is looked at.</param>
    /// <param name="find">Finds the definition of a component by canonical URL, beyond those of the specification.</param>
    public static Outcome<SearchParameter> Of(Element resource, Func<string, SearchParameter?>? find = null)
    {
        var code = resource.ChildText("code");
        var url = resource.ChildText("url");
        var expression = resource.ChildText("expression");
        if (code is null || url is null || resource.ChildText("type") is not { } typeText
            || !Enum.TryParse<SearchType>(typeText, ignoreCase: true, out var type) || int.TryParse(typeText, out _))
        {
            return SearchProblems.BadDefinition("it needs url, code and a type of R4");
        }

        if (expression is null && type != SearchType.Special)
        {
            return SearchProblems.BadDefinition($"'{code}' has no expression");
        }

        var bases = new List<TypeFact>();
        foreach (var child in resource.ChildrenNamed("base"))
        {
            if (R4.Facts.Type(child.Text() ?? "") is not { IsResource: true } known)
            {
                return SearchProblems.BadDefinition($"'{code}' has a base that is no resource type: {child.Text()}");
            }

            bases.Add(known);
        }

        if (bases.Count == 0)
        {
            return SearchProblems.BadDefinition($"'{code}' has no base");
        }

        var targets = new List<TypeFact>();
        foreach (var child in resource.ChildrenNamed("target"))
        {
            if (R4.Facts.Type(child.Text() ?? "") is { IsResource: true } known)
            {
                targets.Add(known);
            }
        }

        var components = new List<SearchComponent>();
        foreach (var part in resource.ChildrenNamed("component"))
        {
            var definition = part.ChildText("definition") ?? "";
            var found = find?.Invoke(definition)
                ?? (R4.Facts.SearchParameter(definition) is { } fact && Of(fact).Try(out var compiled, out _) ? compiled : null);
            if (found is null)
            {
                return SearchProblems.BadDefinition($"the component {definition} of '{code}' is not known");
            }

            if (!PathParser.Parse(part.ChildText("expression") ?? "").Try(out var paths, out var problem))
            {
                return problem;
            }

            components.Add(new SearchComponent(found.Code, found.Type, found.Targets, paths));
        }

        return Compile(code, url, type, [.. bases], [.. targets], expression, [.. components]);
    }

    /// <summary>True if resources of the type have the parameter.</summary>
    public bool AppliesTo(TypeFact type) => Array.Exists(Bases, type.IsA);

    public override string ToString() => $"{Code} ({Type})";

    private static Outcome<SearchParameter> Compile(
        string code, string url, SearchType type, TypeFact[] bases, TypeFact[] targets, string? expression, SearchComponent[] components)
    {
        if (type == SearchType.Composite && (components.Length == 0 || components.Length > byte.MaxValue))
        {
            return SearchProblems.BadDefinition($"'{code}' is a composite without components");
        }

        ParsedExpression? parsed = null;
        FhirPathExpression? general = null;
        if (expression is not null && !PathParser.Parse(expression).Try(out parsed, out var problem)
            && (problem.Code == SearchProblems.UnknownName || !FhirPathExpression.Compile(expression).Try(out general, out problem)))
        {
            return problem;
        }

        return new SearchParameter(code, url, type, bases, targets, expression, parsed, general, components);
    }
}

/// <summary>One part of a composite parameter: the parameter it is compared as, found relative to the composite's element.</summary>
public sealed class SearchComponent
{
    internal SearchComponent(string code, SearchType type, TypeFact[] targets, ParsedExpression parsed)
    {
        Code = code;
        Type = type;
        Targets = targets;
        Parsed = parsed;
    }

    public string Code { get; }

    public SearchType Type { get; }

    public TypeFact[] Targets { get; }

    internal ParsedExpression Parsed { get; }
}
