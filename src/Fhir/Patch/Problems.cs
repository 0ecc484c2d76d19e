using Kangqiao.Fhir.Findings;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Patch;

/// <summary>Every way a patch can be refused. Operations are counted from 0, as JSON Pointers and FHIRPath count.</summary>
internal static class Problems
{
    private const int ShownCharacters = 120;

    public static Problem NotJson(string what, string why) =>
        new("PCH001", ProblemKind.Invalid, $"The {what} is not well-formed JSON: {why}");

    public static Problem NotOperations() =>
        new("PCH002", ProblemKind.Invalid, "A JSON Patch is a JSON array of operations (RFC 6902).");

    public static Problem NotParameters(string why) =>
        new("PCH003", ProblemKind.Invalid, $"A FHIRPath Patch is a Parameters resource: {why}");

    public static Problem BadOperation(int operation, string why) =>
        new("PCH004", ProblemKind.Invalid, $"Operation {operation}: {why}");

    public static Problem BadPointer(int operation, string pointer) =>
        new("PCH005", ProblemKind.Invalid, $"Operation {operation}: '{Shown(pointer)}' is not a JSON Pointer (RFC 6901): '/' before each name, ~0 for '~', ~1 for '/'.");

    public static Problem NotFound(int operation, string path) =>
        new("PCH006", ProblemKind.Invalid, $"Operation {operation}: there is nothing at '{Shown(path)}'.");

    public static Problem BadIndex(int operation, string path, int count) =>
        new("PCH007", ProblemKind.Invalid, $"Operation {operation}: the position in '{Shown(path)}' is not in the list, which has {count} entries.");

    public static Problem TestFailed(int operation, string path) =>
        new("PCH008", ProblemKind.Conflict, $"Operation {operation}: the value at '{Shown(path)}' is not the one tested for.");

    public static Problem IntoItself(int operation, string from) =>
        new("PCH009", ProblemKind.Invalid, $"Operation {operation}: '{Shown(from)}' cannot be moved into itself.");

    public static Problem TooManyOperations(int limit) =>
        new("PCH010", ProblemKind.TooCostly, $"The patch has more than {limit} operations. Send the whole resource instead.");

    public static Problem TooLarge(int limit) =>
        new("PCH011", ProblemKind.TooLarge, $"The resource and what the patch adds come to more than {limit} bytes.");

    public static Problem TooCostly() =>
        new("PCH012", ProblemKind.TooCostly, "The patch asks for too much work on so large a resource. Send the whole resource instead.");

    public static Problem TooDeep(int operation, int limit) =>
        new("PCH013", ProblemKind.TooCostly, $"Operation {operation} would nest the resource deeper than {limit} levels.");

    public static Problem NotAResource() =>
        new("PCH014", ProblemKind.Invalid, "What is to be patched is not a FHIR R4 resource in JSON.");

    public static Problem OtherType(string before, string after) =>
        new("PCH015", ProblemKind.Invalid, $"The patch turns the {before} into {(after.Length == 0 ? "something without resourceType" : $"a '{Shown(after)}'")}.");

    public static Problem Broken(Finding finding, int count) => new(
        "PCH016",
        ProblemKind.Invalid,
        $"The patched resource is not sound: {finding.English} ({(finding.Path.Length == 0 ? "at the root" : finding.Path)}{(count > 1 ? $"; {count - 1} more findings" : "")})");

    public static Problem BadPath(int operation, string path, Problem why) =>
        new("PCH017", why.Kind, $"Operation {operation}: '{Shown(path)}' cannot be evaluated: {why.Message}");

    public static Problem ManySelected(int operation, string path, int count) =>
        new("PCH018", ProblemKind.Invalid, $"Operation {operation}: '{Shown(path)}' selects {count} elements, but it must be one.");

    public static Problem NotAnElement(int operation, string path) =>
        new("PCH019", ProblemKind.Invalid, $"Operation {operation}: '{Shown(path)}' computes a value instead of selecting an element of the resource.");

    public static Problem NotOneList(int operation, string path) =>
        new("PCH020", ProblemKind.Invalid, $"Operation {operation}: '{Shown(path)}' does not select one whole list.");

    public static Problem NoSuchElement(int operation, string type, string name) =>
        new("PCH021", ProblemKind.Invalid, $"Operation {operation}: {type} has no element '{Shown(name)}'.");

    public static Problem AlreadyThere(int operation, string path, string name) =>
        new("PCH022", ProblemKind.Invalid, $"Operation {operation}: '{Shown(path)}' has '{name}' already, and it does not repeat. Use replace.");

    public static Problem WrongType(int operation, string element, string type) =>
        new("PCH023", ProblemKind.Invalid, $"Operation {operation}: {element} cannot be a {type}.");

    public static Problem RootStays(int operation) =>
        new("PCH024", ProblemKind.Invalid, $"Operation {operation}: the resource itself cannot be removed, replaced or moved by a path.");

    public static Problem NotXml(string what, string why) =>
        new("PCH025", ProblemKind.Invalid, $"The {what} is not well-formed XML: {why}");

    public static Problem NoOperations() =>
        new("PCH026", ProblemKind.Invalid, "An XML Patch is an element with add, replace and remove inside (RFC 5261); this one has none.");

    public static Problem BadSelector(int operation, string sel) =>
        new("PCH027", ProblemKind.Invalid, $"Operation {operation}: '{Shown(sel)}' is no selector of RFC 5261 4.1: child steps such as f:Patient/f:name[1]/f:family/@value.");

    private static string Shown(string text) => text.Length <= ShownCharacters ? text : text[..ShownCharacters] + "…";
}
