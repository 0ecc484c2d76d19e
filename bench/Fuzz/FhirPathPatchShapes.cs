using System.Buffers;
using System.Text;
using System.Text.Json;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Fuzz;

/// <summary>FHIRPath patches (R4 fhirpatch.html) whose paths mostly select something, with values that mostly do not fit.</summary>
internal static class FhirPathPatchShapes
{
    private static readonly string[] Operations = ["add", "insert", "delete", "replace", "move", "add", "replace", "none"];

    private static readonly string[] Names =
        ["extension", "identifier", "name", "status", "code", "subject", "value", "text", "contained", "meta", "category", "active", "x", ""];

    private static readonly string[] Values =
    [
        "\"valueString\":\"x\"", "\"valueCode\":\"final\"", "\"valueBoolean\":true", "\"valueDecimal\":1.00", "\"valueReference\":{\"reference\":\"Patient/1\"}",
        "\"valueCodeableConcept\":{\"text\":\"x\"}", "\"valueIdentifier\":{\"value\":\"x\"}", "\"valueQuantity\":{\"value\":1e999}", "\"valueDate\":\"2024-02-30\"",
        "\"part\":[{\"name\":\"use\",\"valueCode\":\"home\"},{\"name\":\"period\",\"part\":[{\"name\":\"start\",\"valueDateTime\":\"2024\"}]}]", "\"part\":[]",
    ];

    public static byte[] Of(byte[] resource, ref SplitMix64 random)
    {
        using var tree = JsonDocument.Parse(resource.AsMemory(resource.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
        var type = tree.RootElement.GetProperty("resourceType").GetString()!;
        var properties = tree.RootElement.EnumerateObject().Select(p => p.Name).Where(n => n != "resourceType").ToArray();
        var text = new StringBuilder("{\"resourceType\":\"Parameters\",\"parameter\":[");
        var count = random.Chance(970) ? random.Between(1, 4) : random.Between(100, 1_200);
        for (var i = 0; i < count; i++)
        {
            var property = properties.Length == 0 ? "id" : properties[random.Below(properties.Length)];
            var path = random.Below(8) switch
            {
                0 => type,
                1 => $"{type}.{property}.first()",
                2 => $"{type}.{property}[{random.Below(3)}]",
                3 => $"{type}.descendants()",
                4 => $"{type}.{property}" + Hostile.Expression[random.Below(Hostile.Expression.Length)],
                _ => $"{type}.{property}",
            };
            text.Append(i == 0 ? "" : ",");
            text.Append($$"""{"name":"operation","part":[{"name":"type","valueCode":"{{Operations[random.Below(Operations.Length)]}}"},{"name":"path","valueString":{{JsonSerializer.Serialize(path)}}},{"name":"name","valueString":"{{Names[random.Below(Names.Length)]}}"},""");
            text.Append($$"""{"name":"index","valueInteger":{{random.Between(-1, 3)}}},{"name":"source","valueInteger":{{random.Below(3)}}},{"name":"destination","valueInteger":{{random.Below(3)}}},{"name":"value",{{Values[random.Below(Values.Length)]}}}]}""");
        }

        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    }
}
