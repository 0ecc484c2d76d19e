using System.Globalization;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Patch;

/// <summary>One operation of a FHIRPath Patch as its Parameters say it (fhirpatch.html).</summary>
/// <param name="Number">From 0.</param>
/// <param name="Type">add, insert, delete, replace or move.</param>
/// <param name="Name">For add: the element to add.</param>
/// <param name="Value">The part that holds the value; the default where there is none.</param>
/// <param name="Index">For insert; -1 where there is none, as for the other two.</param>
/// <param name="Source">For move.</param>
/// <param name="Destination">For move.</param>
internal sealed record FhirPathOperation(
    int Number, string Type, string Path, string Name, Element Value, int Index, int Source, int Destination)
{
    public static Outcome<List<FhirPathOperation>> ReadAll(ReadOnlyMemory<byte> patch, PatchLimits limits)
    {
        var findings = new FindingList();
        var options = new ReadOptions { MaxBytes = limits.MaxBytes, MaxDepth = limits.MaxDepth };
        var document = FhirDocument.Read(patch, findings, options);
        if (findings.HasErrors)
        {
            return Problems.NotParameters(findings.Items.First(f => f.IsError).English);
        }

        if (document.Root.Type.Name != "Parameters")
        {
            return Problems.NotParameters($"this is a {document.Root.Type.Name}.");
        }

        var operations = new List<FhirPathOperation>();
        foreach (var parameter in document.Root.ChildrenNamed("parameter"))
        {
            if (parameter.ChildText("name") != "operation")
            {
                return Problems.NotParameters($"parameter[{operations.Count}] is not named 'operation'.");
            }

            if (operations.Count == limits.MaxOperations)
            {
                return Problems.TooManyOperations(limits.MaxOperations);
            }

            if (!Read(operations.Count, parameter).Try(out var operation, out var problem))
            {
                return problem;
            }

            operations.Add(operation);
        }

        return operations;
    }

    private static Outcome<FhirPathOperation> Read(int number, Element parameter)
    {
        var operation = new FhirPathOperation(number, "", "", "", default, -1, -1, -1);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parameter.ChildrenNamed("part"))
        {
            var name = part.ChildText("name") ?? "";
            if (!seen.Add(name))
            {
                return Problems.BadOperation(number, $"the part '{name}' occurs twice.");
            }

            var text = part.ChildText("value");
            switch (name)
            {
                case "type":
                    operation = operation with { Type = text ?? "" };
                    break;
                case "path":
                    operation = operation with { Path = text ?? "" };
                    break;
                case "name":
                    operation = operation with { Name = text ?? "" };
                    break;
                case "value":
                    operation = operation with { Value = part };
                    break;
                case "index":
                    operation = operation with { Index = Position(text) };
                    break;
                case "source":
                    operation = operation with { Source = Position(text) };
                    break;
                case "destination":
                    operation = operation with { Destination = Position(text) };
                    break;
                default:
                    return Problems.BadOperation(number, $"there is no part '{name}' in a FHIRPath Patch.");
            }
        }

        return operation.Lacking() is { } lacking ? Problems.BadOperation(number, lacking) : operation;
    }

    private static int Position(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : -1;

    private string? Lacking() =>
        Type is not ("add" or "insert" or "delete" or "replace" or "move") ? "'type' is none of add, insert, delete, replace and move."
        : Path.Length == 0 ? "'path' is missing."
        : Type is "add" && Name.Length == 0 ? "'name' is missing."
        : Type is "add" or "insert" or "replace" && !Value.Exists ? "'value' is missing."
        : Type is "insert" && Index < 0 ? "'index' is missing or not a position from 0."
        : Type is "move" && (Source < 0 || Destination < 0) ? "'source' or 'destination' is missing or not a position from 0."
        : null;
}
