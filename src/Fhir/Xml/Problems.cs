using Kangqiao.Fhir.Narrative;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Xml;

/// <summary>Every way FHIR XML, or JSON that is to become XML, can be refused. A message names the place and never the values of a record.</summary>
internal static class Problems
{
    public static Problem NotXml(int line, int column, string why) => At("FHX001", line, column, why);

    public static Problem TooLarge(long maxCharacters) =>
        new("FHX002", ProblemKind.TooLarge, $"The XML has more than {maxCharacters} characters.");

    public static Problem TooDeep(int line, int column, int maxDepth) =>
        At("FHX003", line, column, $"Elements are nested deeper than {maxDepth}.");

    public static Problem NotFhir(int line, int column, string name) =>
        At("FHX004", line, column, $"{name} is not a FHIR R4 resource in the namespace {FhirXml.Namespace}.");

    public static Problem UnknownElement(int line, int column, string type, string name) =>
        At("FHX005", line, column, $"{type} has no element {name}.");

    public static Problem UnknownAttribute(int line, int column, string element, string name) =>
        At("FHX006", line, column, $"Element {element} has no attribute {name}.");

    public static Problem Text(int line, int column, string element) =>
        At("FHX007", line, column, $"Element {element} holds text: FHIR XML carries values in the attribute value.");

    public static Problem OutOfOrder(int line, int column, string type, string name, string previous) =>
        At("FHX008", line, column, $"In {type}, {name} stands after {previous}: FHIR XML keeps the order of the definition.");

    public static Problem Repeated(int line, int column, string type, string name) =>
        At("FHX009", line, column, $"{type}.{name} stands more than once, or not all of it together.");

    public static Problem Empty(int line, int column, string name) =>
        At("FHX010", line, column, $"Element {name} has neither a value nor children.");

    public static Problem NotA(int line, int column, string name, string primitive) =>
        At("FHX011", line, column, $"The value of {name} is not of type {primitive}.");

    public static Problem NotOneResource(int line, int column, string name) =>
        At("FHX012", line, column, $"Element {name} holds exactly one resource.");

    public static Problem NotJson(long line, long column) =>
        At("FHX101", (int)line + 1, (int)column + 1, "This is not JSON, holds a property twice, or is nested too deep.");

    public static Problem NotFhirJson(string path) =>
        In("FHX102", path, "There is no FHIR R4 resource with its resourceType.");

    public static Problem UnknownProperty(string path) => In("FHX103", path, "There is a property that R4 does not define.");

    public static Problem WrongJson(string path) => In("FHX104", path, "The JSON value is not of the kind that the element takes.");

    public static Problem NoXmlCharacter(string path) => In("FHX105", path, "The text has a character that XML does not have.");

    public static Problem UnsafeNarrative(string path, NarrativeFault fault) =>
        In("FHX106", path, $"The narrative cannot stand in XML: {fault.Reason} at {fault.Offset}.");

    private static Problem In(string code, string path, string what) =>
        new(code, ProblemKind.Invalid, path.Length == 0 ? what : $"{path}: {what}");

    private static Problem At(string code, int line, int column, string what) =>
        new(code, ProblemKind.Invalid, $"Line {line}, column {column}: {what}");
}
