using Kangqiao.Kernel;

namespace Kangqiao.Store.Queries;

/// <summary>Every way in which a search is refused beyond what a single parameter's value can be wrong in.</summary>
internal static class QueryProblems
{
    public static Problem UnknownType(string type) =>
        new("QRY001", ProblemKind.Invalid, $"There is no resource type '{Short(type)}' in FHIR R4.");

    public static Problem TooManyTerms(int most) =>
        new("QRY002", ProblemKind.TooLarge, $"The record has more than {most} values to be found by: split it.");

    public static Problem BadParameter(string name, string why) =>
        new("QRY003", ProblemKind.Invalid, $"The parameter '{Short(name)}' cannot be used: {why}.");

    public static Problem NotAReference(string name) =>
        new("QRY004", ProblemKind.Invalid, $"'{Short(name)}' is no reference parameter, so nothing can be chained to it.");

    public static Problem NoTargetHas(string name, string parameter) =>
        new("QRY005", ProblemKind.Invalid, $"None of the types that '{Short(name)}' may point at can be searched by '{Short(parameter)}'.");

    public static Problem TooManyChained(string name, int most) =>
        new("QRY006", ProblemKind.TooCostly, $"'{Short(name)}' reaches over more than {most} records on either side: narrow the search.");

    public static Problem TooManyIncluded(int most) =>
        new("QRY007", ProblemKind.TooCostly, $"More than {most} records would have to be included: ask for fewer per page, or include less.");

    public static Problem TooManyToSort(int most) =>
        new("QRY008", ProblemKind.TooCostly, $"More than {most} records would have to be read to sort them so: narrow the search, or sort by a date first.");

    public static Problem BadPage() =>
        new("QRY009", ProblemKind.Invalid, "The page link does not belong to this search: begin with its first page.");

    public static Problem TookTooLong() =>
        new("QRY010", ProblemKind.TooCostly, "The search takes longer than allowed: narrow it.");

    public static Problem TooDeep(int most) =>
        new("QRY011", ProblemKind.TooCostly, $"A chain has at most {most} links.");

    public static Problem TooManyParameters(int most) =>
        new("QRY012", ProblemKind.TooCostly, $"A search has at most {most} parameters.");

    public static Problem NotForAllTypes(string name) =>
        new("QRY013", ProblemKind.Invalid, $"'{Short(name)}' needs one resource type to search.");

    public static Problem UnknownValueSet(string url) =>
        new("QRY014", ProblemKind.NotFound, $"The value set '{Short(url)}' is not known here, so nothing can be said to be in it.");

    public static Problem NoSuchList(string id) =>
        new("QRY015", ProblemKind.NotFound, $"There is no List/{Short(id)}; _list takes the id of a List.");

    public static Problem NotWithTextSummary() =>
        new("QRY016", ProblemKind.Invalid, "_summary=text cannot be joined with _include or _revinclude (R4 search.html#summary).");

    public static Problem NoContained() =>
        new("QRY017", ProblemKind.NotSupported, "Contained resources cannot be searched by themselves here: leave out _contained, or send false.");

    public static Problem NoHierarchy(string name, string type) =>
        new("QRY018", ProblemKind.Invalid, $"'{Short(name)}' asks for what is above or below, but {type} has no parts of its own kind.");

    private static string Short(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
