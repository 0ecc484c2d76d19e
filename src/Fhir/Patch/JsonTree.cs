using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Patch;

/// <summary>
/// JSON that can be changed. Values that no operation touches keep their digits, since the framework's nodes write a
/// number as the text they read.
/// </summary>
internal static class JsonTree
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The tree, or in English why the bytes are none. JSON's null is a tree too: a null one.</summary>
    public static string? TryParse(ReadOnlyMemory<byte> utf8, int maxDepth, out JsonNode? tree)
    {
        tree = null;
        if (utf8.Span.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            return "the bytes are not valid UTF-8.";
        }

        try
        {
            if (!HasWholeCharacters(utf8.Span, maxDepth))
            {
                return "an escape is half of a surrogate pair and stands for no character.";
            }

            tree = JsonNode.Parse(utf8.Span, null, new JsonDocumentOptions { MaxDepth = maxDepth, AllowDuplicateProperties = false });
            return null;
        }
        catch (JsonException fault)
        {
            // The framework's reader reports by throwing; this is the edge where it becomes a value.
            return fault.Message;
        }
    }

    public static byte[] Write(JsonNode? tree)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            if (tree is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                tree.WriteTo(writer);
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>About how many bytes it writes as, and how many levels it has (a scalar has none).</summary>
    public static (long Bytes, int Levels) Measure(JsonNode? tree)
    {
        switch (tree)
        {
            case JsonObject members:
            {
                var size = (Bytes: 2L, Levels: 0);
                foreach (var (name, value) in members)
                {
                    var (bytes, levels) = Measure(value);
                    size = (size.Bytes + name.Length + 4 + bytes, Math.Max(size.Levels, levels));
                }

                return (size.Bytes, size.Levels + 1);
            }

            case JsonArray items:
            {
                var size = (Bytes: 2L, Levels: 0);
                foreach (var item in items)
                {
                    var (bytes, levels) = Measure(item);
                    size = (size.Bytes + 1 + bytes, Math.Max(size.Levels, levels));
                }

                return (size.Bytes, size.Levels + 1);
            }

            case JsonValue scalar when scalar.TryGetValue<JsonElement>(out var element):
                return (JsonMarshal.GetRawUtf8Value(element).Length, 0);
            default:
                return (4, 0);
        }
    }

    /// <summary>Strings are turned into text later, where a lone surrogate would throw.</summary>
    private static bool HasWholeCharacters(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
        while (reader.Read())
        {
            if (!reader.ValueIsEscaped)
            {
                continue;
            }

            var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
            var isWhole = JsonText.TryUnescape(reader.ValueSpan, rented, out _);
            ArrayPool<byte>.Shared.Return(rented);
            if (!isWhole)
            {
                return false;
            }
        }

        return true;
    }
}
