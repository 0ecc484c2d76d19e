using System.Text.Json.Nodes;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Patch;

/// <summary>What is left of the limits while a patch runs. Nothing is given back for what is removed.</summary>
internal sealed class PatchBudget(PatchLimits limits, int resourceBytes)
{
    private long bytes = resourceBytes;
    private long work;

    /// <summary>Null if the value may come to that depth.</summary>
    public Problem? Add(int operation, JsonNode? value, int depth)
    {
        var size = JsonTree.Measure(value);
        bytes += size.Bytes;
        return bytes > limits.MaxBytes ? Problems.TooLarge(limits.MaxBytes) : Place(operation, size, depth);
    }

    /// <summary>Null if the value, which is in the resource already, may go to that depth.</summary>
    public Problem? Move(int operation, JsonNode? value, int depth) => Place(operation, JsonTree.Measure(value), depth);

    /// <summary>Null if so much more may be done.</summary>
    public Problem? Work(long steps)
    {
        work += steps;
        return work > limits.MaxWork ? Problems.TooCostly() : null;
    }

    private Problem? Place(int operation, (long Bytes, int Levels) size, int depth) =>
        depth + size.Levels > limits.MaxDepth ? Problems.TooDeep(operation, limits.MaxDepth) : Work(size.Bytes);
}
