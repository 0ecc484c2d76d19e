using System.Text.Json.Nodes;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Patch;

/// <summary>
/// FHIRPath Patch (fhirpatch.html): a Parameters resource of operations whose paths select elements of the resource. All
/// operations are done or none; the result is checked to be a sound resource of the same type.
/// </summary>
public static class FhirPathPatch
{
    /// <summary>The patched resource, minified, or the first problem with the operation it came from.</summary>
    public static Outcome<byte[]> Apply(ReadOnlyMemory<byte> resource, ReadOnlyMemory<byte> patch, PatchLimits? limits = null)
    {
        limits ??= PatchLimits.Default;
        if (patch.Length > limits.MaxBytes)
        {
            return Problems.TooLarge(limits.MaxBytes);
        }

        if (!PatchedResource.Open(resource, limits).Try(out var root, out var problem))
        {
            return problem;
        }

        if (!FhirPathOperation.ReadAll(patch, limits).Try(out var operations, out problem))
        {
            return problem;
        }

        if (JsonTree.TryParse(patch, limits.MaxDepth, out var parameters) is { } fault)
        {
            return Problems.NotJson("patch", fault);
        }

        var type = PatchedResource.TypeOf(root);
        var run = new Run(root, (JsonObject)parameters!, limits, resource.Length, operations.Count);
        foreach (var operation in operations)
        {
            problem = run.Do(operation);
            if (problem is not null)
            {
                return problem;
            }
        }

        EmptyElements.Remove(root);
        return PatchedResource.Close(root, type, limits);
    }

    /// <summary>The tree after the operations so far, read anew for each: a path sees what came before it.</summary>
    private sealed class Run(JsonObject root, JsonObject patch, PatchLimits limits, int bytes, int operations)
    {
        private readonly ReadOptions reading = new() { MaxBytes = limits.MaxBytes, MaxDepth = limits.MaxDepth };
        private readonly PatchBudget budget = new(limits, bytes);
        private readonly PatchPath paths = new(operations);
        private readonly FhirDocument document = new();

        public Problem? Do(FhirPathOperation operation)
        {
            var written = JsonTree.Write(root);
            if (budget.Work(written.Length) is { } tooMuch)
            {
                return tooMuch;
            }

            var findings = new FindingList();
            document.ReadInto(written, findings, reading);

            // What an earlier operation left empty may yet be filled; any other fault would make the tree and the document differ.
            if (findings.Items.FirstOrDefault(f => f.IsError && f.Kind != ReadFindings.Empty && f.Kind != ReadFindings.Missing) is { } fault)
            {
                return Problems.Broken(fault, findings.Count + findings.Dropped);
            }

            if (!paths.Select(operation, document.Root).Try(out var selected, out var problem))
            {
                return problem;
            }

            return operation.Type switch
            {
                "add" => One(operation, selected, isRootToo: true) ?? Add(operation, selected[0]),
                "insert" => List(operation, selected) ?? Insert(operation, selected[0]),
                "delete" => selected.Count == 0 ? null : One(operation, selected, isRootToo: false) ?? Delete(selected[0]),
                "replace" => One(operation, selected, isRootToo: false) ?? Replace(operation, selected[0]),
                _ => List(operation, selected) ?? Move(operation, selected[0]),
            };
        }

        private static Problem? One(FhirPathOperation operation, List<Element> selected, bool isRootToo) => selected switch
        {
            [] => Problems.NotFound(operation.Number, operation.Path),
            [var element] when isRootToo || element.Parent.Exists => null,
            [_] => Problems.RootStays(operation.Number),
            _ => Problems.ManySelected(operation.Number, operation.Path, selected.Count),
        };

        /// <summary>Positions count in the list as it stands in the resource, so a path that leaves some out is refused.</summary>
        private static Problem? List(FhirPathOperation operation, List<Element> selected)
        {
            if (selected.Count == 0)
            {
                return Problems.NotFound(operation.Number, operation.Path);
            }

            var first = selected[0];
            if (first.Index != 0)
            {
                return Problems.NotOneList(operation.Number, operation.Path);
            }

            var count = 0;
            foreach (var item in first.Parent.ChildrenNamed(first.NameId))
            {
                if (count == selected.Count || item != selected[count])
                {
                    return Problems.NotOneList(operation.Number, operation.Path);
                }

                count++;
            }

            return count == selected.Count ? null : Problems.NotOneList(operation.Number, operation.Path);
        }

        private Problem? Add(FhirPathOperation operation, Element target)
        {
            if (ValueParts.Named(target.Type, operation.Name) is not { } element)
            {
                return Problems.NoSuchElement(operation.Number, target.Type.Name, operation.Name);
            }

            var (owner, depth) = ElementPlace.Inside(root, target);
            if (!element.IsArray && ValueParts.Has(owner, element))
            {
                return Problems.AlreadyThere(operation.Number, operation.Path, operation.Name);
            }

            if (!Value(operation, element, depth + 1).Try(out var value, out var problem))
            {
                return problem;
            }

            if (!element.IsArray)
            {
                value.Value.Put(owner, value.JsonName);
                return null;
            }

            var items = PatchValue.TakeAll(owner, value.JsonName);
            items.Add(value.Value);
            PatchValue.PutAll(owner, value.JsonName, items);
            return null;
        }

        private Problem? Insert(FhirPathOperation operation, Element first)
        {
            var place = ElementPlace.Of(root, first);
            if (!Value(operation, first.Fact!, place.Depth).Try(out var value, out var problem))
            {
                return problem;
            }

            var items = PatchValue.TakeAll(place.Owner, place.Name);
            if (operation.Index > items.Count)
            {
                return Problems.BadIndex(operation.Number, operation.Path, items.Count);
            }

            items.Insert(operation.Index, value.Value);
            PatchValue.PutAll(place.Owner, place.Name, items);
            return null;
        }

        private Problem? Delete(Element element)
        {
            var place = ElementPlace.Of(root, element);
            if (place.Index < 0)
            {
                default(PatchValue).Put(place.Owner, place.Name);
                return null;
            }

            var items = PatchValue.TakeAll(place.Owner, place.Name);
            items.RemoveAt(place.Index);
            PatchValue.PutAll(place.Owner, place.Name, items);
            return null;
        }

        private Problem? Replace(FhirPathOperation operation, Element element)
        {
            var place = ElementPlace.Of(root, element);
            if (!Value(operation, element.Fact!, place.Depth).Try(out var value, out var problem))
            {
                return problem;
            }

            if (place.Index < 0)
            {
                if (value.JsonName != place.Name)
                {
                    default(PatchValue).Put(place.Owner, place.Name);
                }

                value.Value.Put(place.Owner, value.JsonName);
                return null;
            }

            var items = PatchValue.TakeAll(place.Owner, place.Name);
            items[place.Index] = value.Value;
            PatchValue.PutAll(place.Owner, place.Name, items);
            return null;
        }

        private Problem? Move(FhirPathOperation operation, Element first)
        {
            var place = ElementPlace.Of(root, first);
            var items = PatchValue.TakeAll(place.Owner, place.Name);
            if (operation.Source >= items.Count || operation.Destination >= items.Count)
            {
                return Problems.BadIndex(operation.Number, operation.Path, items.Count);
            }

            var moved = items[operation.Source];
            items.RemoveAt(operation.Source);
            items.Insert(operation.Destination, moved);
            PatchValue.PutAll(place.Owner, place.Name, items);
            return null;
        }

        private Outcome<(PatchValue Value, string JsonName)> Value(FhirPathOperation operation, ElementFact element, int depth)
        {
            if (!new ValueParts(patch, operation.Number).For(element, operation.Value).Try(out var value, out var problem))
            {
                return problem;
            }

            problem = budget.Add(operation.Number, value.Value.Value, depth) ?? budget.Add(operation.Number, value.Value.Extras, depth);
            return problem is null ? value : problem;
        }
    }
}
