using System.Text.Json.Nodes;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Patch;

/// <summary>
/// What every patch begins and ends with: a tree to change, and a resource that is sound and still of its type
/// (fhirpatch.html: "Servers SHALL return an error if the outcome of the patch operation is not a valid resource";
/// the invariants are the validator's to check).
/// </summary>
internal static class PatchedResource
{
    public static Outcome<JsonObject> Open(ReadOnlyMemory<byte> resource, PatchLimits limits)
    {
        if (resource.Length > limits.MaxBytes)
        {
            return Problems.TooLarge(limits.MaxBytes);
        }

        if (JsonTree.TryParse(resource, limits.MaxDepth, out var tree) is { } fault)
        {
            return Problems.NotJson("resource", fault);
        }

        return tree is JsonObject root && TypeOf(root).Length > 0 ? root : Problems.NotAResource();
    }

    public static Outcome<byte[]> Close(JsonNode? patched, string type, PatchLimits limits)
    {
        if (TypeOf(patched) is var now && now != type)
        {
            return Problems.OtherType(type, now);
        }

        var bytes = JsonTree.Write(patched);
        var findings = new FindingList();
        FhirDocument.Read(bytes, findings, new ReadOptions { MaxDepth = limits.MaxDepth, MaxBytes = limits.MaxBytes });
        return findings.HasErrors
            ? Problems.Broken(findings.Items.First(f => f.IsError), findings.Count + findings.Dropped)
            : bytes;
    }

    /// <summary>Empty if it has none.</summary>
    public static string TypeOf(JsonNode? tree) =>
        tree is JsonObject root && root["resourceType"] is JsonValue value && value.TryGetValue<string>(out var type) ? type : "";
}
