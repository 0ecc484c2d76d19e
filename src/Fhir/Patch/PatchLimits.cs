using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Patch;

/// <summary>What a patch may cost. A patch of a few lines can ask for copies of copies.</summary>
public sealed record PatchLimits
{
    public static readonly PatchLimits Default = new();

    /// <summary>Operations of one patch.</summary>
    public int MaxOperations { get; init; } = 1000;

    /// <summary>Bytes of the resource, of the patch, and of the resource with all that the patch adds to it.</summary>
    public int MaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes looked at and entries moved by all operations together: the bound on time.</summary>
    public long MaxWork { get; init; } = 256 * 1024 * 1024;

    /// <summary>Levels of JSON objects and arrays of the patched resource.</summary>
    public int MaxDepth { get; init; } = ReadOptions.Default.MaxDepth;
}
