using Kangqiao.Kernel;

namespace Kangqiao.Terminology;

/// <summary>Every way this room can refuse. What a code validation finds is no refusal: see <see cref="Operations.CodeVerdict"/>.</summary>
internal static class Problems
{
    public static Problem UnknownCodeSystem(string url, string? version) =>
        new("TRM001", ProblemKind.NotFound, $"The code system {Shown(url, version)} is not loaded here.");

    public static Problem UnknownValueSet(string url) =>
        new("TRM002", ProblemKind.NotFound, $"The value set {Short(url)} is not loaded here.");

    public static Problem UnknownConceptMap(string url) =>
        new("TRM003", ProblemKind.NotFound, $"The concept map {Short(url)} is not loaded here.");

    public static Problem UnknownCode(string system, string code) =>
        new("TRM004", ProblemKind.NotFound, $"The code system {Short(system)} has no code {Short(code)}.");

    public static Problem TooManyCodes(int total, int limit) =>
        new("TRM005", ProblemKind.TooCostly, $"The expansion has {total} codes, more than the {limit} given at once: ask for pages with offset and count, or narrow it with filter.");

    public static Problem TooCostly(string what) => new("TRM006", ProblemKind.TooCostly, what);

    public static Problem Missing(string what) => new("TRM007", ProblemKind.Invalid, what);

    public static Problem NotEnumerable(string system) =>
        new("TRM008", ProblemKind.TooCostly, $"{Short(system)} is not a list but a grammar or another body's registry: its codes can be checked but not expanded.");

    public static Problem UnsupportedFilter(string property, string op, string system) =>
        new("TRM009", ProblemKind.NotSupported, $"The filter {Short(property)} {Short(op)} is not known for the code system {Short(system)}.");

    public static Problem CyclicValueSet(string url) =>
        new("TRM010", ProblemKind.Invalid, $"The value set {Short(url)} includes itself, directly or through others.");

    public static Problem CyclicHierarchy(string url, string code) =>
        new("TRM011", ProblemKind.Invalid, $"In the code system {Short(url)} the code {Short(code)} lies beneath itself.");

    public static Problem DuplicateCode(string url, string code) =>
        new("TRM012", ProblemKind.Invalid, $"The code system {Short(url)} has the code {Short(code)} more than once.");

    public static Problem Unreadable(string origin, string why) =>
        new("TRM013", ProblemKind.Invalid, $"{origin}: {why}");

    public static Problem BadExpression(string pattern) =>
        new("TRM014", ProblemKind.Invalid, $"The regular expression {Short(pattern)} cannot be used: keep to the common syntax without look-around and back-references.");

    public static Problem DifferentSystems() =>
        new("TRM015", ProblemKind.Invalid, "Both codes must be of one code system.");

    public static Problem UnknownParent(string url, string code) =>
        new("TRM016", ProblemKind.Invalid, $"In the code system {Short(url)} the property parent, child or subsumedBy names the code {Short(code)}, which it does not have.");

    public static Problem MissingPart(string url) =>
        new("TRM017", ProblemKind.NotFound, $"The value set needs {Short(url)}, which is not loaded here.");

    public static Problem NotWhole(string url) =>
        new("TRM018", ProblemKind.Invalid, $"Not all codes of the value set {Short(url)} are loaded here, so it cannot be told what is in it.");

    /// <summary>Caller's text in a message never floods the answer.</summary>
    private static string Short(string text) => text.Length <= 200 ? text : string.Concat(text.AsSpan(0, 200), "…");

    private static string Shown(string url, string? version) => version is null ? Short(url) : $"{Short(url)} in version {Short(version)}";
}
