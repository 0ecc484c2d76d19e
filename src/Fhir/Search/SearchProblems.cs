using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Search;

/// <summary>Every way in which a search parameter, or what is asked of it, can be refused.</summary>
internal static class SearchProblems
{
    public const string UnknownName = "SRCH013";

    public static Problem UnknownParameter(string code, string type, string? nearest) => new(
        "SRCH001",
        ProblemKind.Invalid,
        $"{type} has no search parameter '{code}'." + (nearest is null ? "" : $" Did you mean '{nearest}'?"));

    public static Problem BadValue(string parameter, string value, string why) => new(
        "SRCH002", ProblemKind.Invalid, $"The value '{Short(value)}' of '{parameter}' cannot be used: {why}.");

    public static Problem BadModifier(string parameter, string modifier, SearchType type, string right) => new(
        "SRCH003",
        ProblemKind.Invalid,
        $"'{parameter}' is a {type.ToString().ToLowerInvariant()} parameter and does not take ':{Short(modifier)}'; it takes {right}.");

    public static Problem EmptyValue(string parameter) => new(
        "SRCH004", ProblemKind.Invalid, $"'{parameter}' has an empty value: leave the parameter out, or ask '{parameter}:missing=true'.");

    public static Problem TooMany(string parameter, int limit) => new(
        "SRCH005", ProblemKind.TooCostly, $"'{parameter}' asks for more than {limit} alternatives at once: ask in several searches.");

    public static Problem NotFromElements(string parameter) => new(
        "SRCH006",
        ProblemKind.NotSupported,
        $"'{parameter}' is not read from elements: text search and named queries are the store's to answer.");

    public static Problem ExpressionUnread(string expression, int position, string why) => new(
        "SRCH010", ProblemKind.Invalid, $"The search expression '{Short(expression)}' cannot be read at position {position + 1}: {why}.");

    public static Problem ExpressionNotSupported(string expression, string why) => new(
        "SRCH011", ProblemKind.NotSupported, $"The search expression '{Short(expression)}' is not supported: {why}.");

    public static Problem BadDefinition(string why) => new("SRCH012", ProblemKind.Invalid, $"The SearchParameter cannot be used: {why}.");

    public static Problem ExpressionNames(string expression, string why) =>
        new(UnknownName, ProblemKind.Invalid, $"The search expression '{Short(expression)}' can find nothing: {why}.");

    private static string Short(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
