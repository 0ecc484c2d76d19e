using Kangqiao.Kernel;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>Every way an expression can be refused or can fail.</summary>
internal static class FhirPathProblems
{
    public static Problem Syntax(int position, string what) =>
        new("FPX001", ProblemKind.Invalid, $"FHIRPath, character {position + 1}: {what}");

    public static Problem TooLong(int limit) =>
        new("FPX002", ProblemKind.TooLarge, $"The FHIRPath expression is longer than {limit} characters.");

    public static Problem TooDeep(int position, int limit) =>
        new("FPX003", ProblemKind.TooLarge, $"FHIRPath, character {position + 1}: nested deeper than {limit} levels.");

    public static Problem UnknownFunction(int position, string name) =>
        new("FPX004", ProblemKind.Invalid, $"FHIRPath, character {position + 1}: there is no function {name}().");

    public static Problem ArgumentCount(int position, string name, int least, int most) => new(
        "FPX005",
        ProblemKind.Invalid,
        $"FHIRPath, character {position + 1}: {name}() takes {(least == most ? $"{least}" : $"{least} to {most}")} arguments.");

    public static Problem UnknownType(int position, string name) =>
        new("FPX006", ProblemKind.Invalid, $"FHIRPath, character {position + 1}: there is no type {name}.");

    public static Problem UnknownPath(int position, string name, string type) =>
        new("FPX007", ProblemKind.Invalid, $"FHIRPath, character {position + 1}: {type} has no element {name}.");

    public static Problem WrongType(int position, string what) =>
        new("FPX008", ProblemKind.Invalid, $"FHIRPath, character {position + 1}: {what}");

    public static Problem NotSingle(string where) =>
        new("FPX010", ProblemKind.Invalid, $"{where} takes a single item, but there are several.");

    public static Problem Unsuitable(string where, string wanted, string got) =>
        new("FPX011", ProblemKind.Invalid, $"{where} takes {wanted}, not {got}.");

    public static Problem UnknownVariable(string name) =>
        new("FPX012", ProblemKind.Invalid, $"The variable %{name} is not defined.");

    public static Problem VariableTaken(string name) =>
        new("FPX013", ProblemKind.Invalid, $"The variable %{name} is already defined.");

    public static Problem TooCostly(long steps) =>
        new("FPX014", ProblemKind.TooCostly, $"The expression was stopped after {steps} steps.");

    public static Problem BadPattern(string reason) =>
        new("FPX015", ProblemKind.Invalid, $"The regular expression cannot be used: {reason}");

    public static Problem UnknownProfile(string url) =>
        new("FPX016", ProblemKind.NotFound, $"conformsTo(): the profile {url} is not known here.");

    public static Problem NotSupported(string function) =>
        new("FPX017", ProblemKind.NotSupported, $"{function}() is not supported here.");

    public static Problem UnexpectedModifier(string url) =>
        new("FPX018", ProblemKind.Invalid, $"checkModifiers(): there is a modifier extension {url} that is not among those named.");
}
