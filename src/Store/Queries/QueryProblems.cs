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

    private static string Short(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
