using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Patch;

/// <summary>
/// JSON Patch (RFC 6902) on a resource (http.html#patch). All operations are done or none; the result is checked to be a
/// sound resource of the same type.
/// </summary>
public static class JsonPatch
{
    /// <summary>The patched resource, minified, or the first problem with the operation it came from.</summary>
    public static Outcome<byte[]> Apply(ReadOnlyMemory<byte> resource, ReadOnlyMemory<byte> patch, PatchLimits? limits = null)
    {
        limits ??= PatchLimits.Default;
        if (!PatchedResource.Open(resource, limits).Try(out var root, out var problem))
        {
            return problem;
        }

        var type = PatchedResource.TypeOf(root);
        return Apply(root, resource.Length, patch, limits).Then(patched => PatchedResource.Close(patched, type, limits));
    }

    /// <summary>The same on any JSON. The given tree is used up.</summary>
    internal static Outcome<JsonNode?> Apply(JsonNode? root, int bytes, ReadOnlyMemory<byte> patch, PatchLimits limits)
    {
        if (patch.Length > limits.MaxBytes)
        {
            return Problems.TooLarge(limits.MaxBytes);
        }

        if (JsonTree.TryParse(patch, limits.MaxDepth, out var tree) is { } fault)
        {
            return Problems.NotJson("patch", fault);
        }

        if (tree is not JsonArray operations)
        {
            return Problems.NotOperations();
        }

        if (operations.Count > limits.MaxOperations)
        {
            return Problems.TooManyOperations(limits.MaxOperations);
        }

        var run = new Run(root, new PatchBudget(limits, bytes));
        for (var i = 0; i < operations.Count; i++)
        {
            if (run.Do(i, operations[i]) is { } problem)
            {
                return problem;
            }
        }

        return run.Root;
    }

    /// <summary>The tree as it stands after the operations so far.</summary>
    private sealed class Run(JsonNode? root, PatchBudget budget)
    {
        public JsonNode? Root { get; private set; } = root;

        public Problem? Do(int number, JsonNode? step)
        {
            if (step is not JsonObject operation)
            {
                return Problems.BadOperation(number, "an operation is a JSON object.");
            }

            if (Text(operation, "op") is not { } op)
            {
                return Problems.BadOperation(number, "'op' is missing or not a string.");
            }

            if (!Pointer(number, operation, "path").Try(out var path, out var problem))
            {
                return problem;
            }

            switch (op)
            {
                case "add":
                    return Value(number, operation, out var added) ?? Add(number, path, added?.DeepClone());
                case "remove":
                    return Remove(number, path, out _);
                case "replace":
                    return Value(number, operation, out var other) ?? Replace(number, path, other?.DeepClone());
                case "test":
                    return Value(number, operation, out var due) ?? Test(number, path, due);
                case "move":
                    return Pointer(number, operation, "from").Try(out var source, out problem) ? Move(number, source, path) : problem;
                case "copy":
                    return Pointer(number, operation, "from").Try(out source, out problem) ? Copy(number, source, path) : problem;
                default:
                    return Problems.BadOperation(number, "'op' is none of add, remove, replace, move, copy and test.");
            }
        }

        private Problem? Add(int number, JsonPointer path, JsonNode? value) =>
            budget.Add(number, value, path.Depth) ?? Put(number, path, value);

        private Problem? Put(int number, JsonPointer path, JsonNode? value)
        {
            if (path.IsRoot)
            {
                Root = value;
                return null;
            }

            if (!path.TryFindHolder(Root, out var holder))
            {
                return Problems.NotFound(number, path.Text);
            }

            if (holder is JsonArray items)
            {
                var index = path.IndexIn(items.Count, isForAdding: true);
                if (index < 0)
                {
                    return Problems.BadIndex(number, path.Text, items.Count);
                }

                items.Insert(index, value);
                return budget.Work(items.Count - index);
            }

            holder!.AsObject()[path.Last] = value;
            return null;
        }

        private Problem? Remove(int number, JsonPointer path, out JsonNode? removed)
        {
            removed = Root;
            if (path.IsRoot)
            {
                Root = null;
                return null;
            }

            if (!path.TryFind(Root, out removed) || !path.TryFindHolder(Root, out var holder))
            {
                return Problems.NotFound(number, path.Text);
            }

            if (holder is JsonArray items)
            {
                var index = path.IndexIn(items.Count, isForAdding: false);
                items.RemoveAt(index);
                return budget.Work(items.Count - index);
            }

            var members = holder!.AsObject();
            members.Remove(path.Last);
            return budget.Work(members.Count);
        }

        private Problem? Replace(int number, JsonPointer path, JsonNode? value)
        {
            if (budget.Add(number, value, path.Depth) is { } problem)
            {
                return problem;
            }

            if (path.IsRoot)
            {
                Root = value;
                return null;
            }

            if (!path.TryFind(Root, out _) || !path.TryFindHolder(Root, out var holder))
            {
                return Problems.NotFound(number, path.Text);
            }

            if (holder is JsonArray items)
            {
                items[path.IndexIn(items.Count, isForAdding: false)] = value;
            }
            else
            {
                holder!.AsObject()[path.Last] = value;
            }

            return null;
        }

        private Problem? Move(int number, JsonPointer source, JsonPointer path)
        {
            if (path.IsInside(source))
            {
                return Problems.IntoItself(number, source.Text);
            }

            if (path.IsSameAs(source))
            {
                return path.TryFind(Root, out _) ? null : Problems.NotFound(number, source.Text);
            }

            return Remove(number, source, out var value) ?? budget.Move(number, value, path.Depth) ?? Put(number, path, value);
        }

        private Problem? Copy(int number, JsonPointer source, JsonPointer path)
        {
            if (!source.TryFind(Root, out var value))
            {
                return Problems.NotFound(number, source.Text);
            }

            // Asked before the copy is made: that is the point of asking.
            return budget.Add(number, value, path.Depth) ?? Put(number, path, value?.DeepClone());
        }

        /// <summary>Numbers are equal by value, strings by characters, objects in any order (RFC 6902 section 4.6).</summary>
        private Problem? Test(int number, JsonPointer path, JsonNode? due) =>
            !path.TryFind(Root, out var value) ? Problems.NotFound(number, path.Text)
            : JsonNode.DeepEquals(value, due) ? null
            : Problems.TestFailed(number, path.Text);

        private static Problem? Value(int number, JsonObject operation, out JsonNode? value) =>
            operation.TryGetPropertyValue("value", out value) ? null : Problems.BadOperation(number, "'value' is missing.");

        private static Outcome<JsonPointer> Pointer(int number, JsonObject operation, string name) =>
            Text(operation, name) is not { } text ? Problems.BadOperation(number, $"'{name}' is missing or not a string.")
            : JsonPointer.Parse(text) is { } pointer ? pointer
            : Problems.BadPointer(number, text);

        private static string? Text(JsonObject operation, string name) =>
            operation.TryGetPropertyValue(name, out var node) && node is JsonValue value && value.GetValueKind() == JsonValueKind.String
                ? value.GetValue<string>()
                : null;
    }
}
