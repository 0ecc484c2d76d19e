using System.Buffers;
using System.Text.Json;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Fuzz;

/// <summary>JSON patches whose pointers mostly point at something: at what the resource has, at its neighbours, or at nothing.</summary>
internal static class PatchShapes
{
    private static readonly string[] Operations = ["add", "remove", "replace", "move", "copy", "test", "add", "copy", "none"];

    public static byte[] Of(byte[] resource, ref SplitMix64 random)
    {
        using var tree = JsonDocument.Parse(resource.AsMemory(resource.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
        var pointers = new List<string> { "", "/-", "/0", "/~2", "//", "/resourceType" };
        var values = new List<JsonElement>();
        Collect(tree.RootElement, "", pointers, values, 0);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            for (var i = random.Chance(950) ? random.Between(1, 3) : random.Between(100, 1_200); i > 0; i--)
            {
                writer.WriteStartObject();
                writer.WriteString("op", Operations[random.Below(Operations.Length)]);
                writer.WriteString("path", Pointer(pointers, ref random));
                writer.WriteString("from", Pointer(pointers, ref random));
                writer.WritePropertyName("value");
                values[random.Below(values.Count)].WriteTo(writer);
                writer.WriteEndObject();
                if (buffer.WrittenCount + writer.BytesPending > 1_000_000)
                {
                    break;
                }
            }

            writer.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string Pointer(List<string> pointers, ref SplitMix64 random)
    {
        var pointer = pointers[random.Below(pointers.Count)];
        return random.Below(10) switch
        {
            0 => pointer + "/-",
            1 => pointer + "/0",
            2 => pointer + "/extension",
            3 => pointer + "/99999999999",
            _ => pointer,
        };
    }

    private static void Collect(JsonElement at, string pointer, List<string> pointers, List<JsonElement> values, int depth)
    {
        if (depth > 20 || pointers.Count > 2_000)
        {
            return;
        }

        pointers.Add(pointer);
        values.Add(at);
        if (at.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in at.EnumerateObject())
            {
                Collect(property.Value, pointer + "/" + property.Name, pointers, values, depth + 1);
            }
        }
        else if (at.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var entry in at.EnumerateArray())
            {
                Collect(entry, pointer + "/" + index++, pointers, values, depth + 1);
            }
        }
    }
}
