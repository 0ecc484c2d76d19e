using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Views;

/// <summary>Every way a sound view can fail on a record.</summary>
internal static class ViewProblems
{
    public static Problem Several(string column) => new(
        "VWD020", ProblemKind.Invalid, $"The column {column} takes one value, but there are several: take first(), say forEach, or mark it as a collection.");

    public static Problem NotBoolean(string path) =>
        new("VWD021", ProblemKind.Invalid, $"where asks a Boolean, but {path} gave something else.");

    public static Problem Unfit(string column, string type, string got) =>
        new("VWD022", ProblemKind.Invalid, $"The column {column} takes {type}, but there is a {got}.");

    public static Problem TooManyRows(int limit) =>
        new("VWD023", ProblemKind.TooCostly, $"One record would make more than {limit} rows.");

    public static Problem Endless(string path, int limit) =>
        new("VWD024", ProblemKind.TooCostly, $"repeat goes deeper than {limit} levels: {path}.");

    public static Problem At(string part, Problem problem) => problem with { Message = $"{part}: {problem.Message}" };
}
