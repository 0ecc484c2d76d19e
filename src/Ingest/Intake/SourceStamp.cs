using System.Buffers;
using System.Text.Json;

namespace Kangqiao.Ingest.Intake;

/// <summary>Writes into a record's bytes who sent it (<c>meta.source</c>), in place of whatever the sender wrote there.</summary>
internal static class SourceStamp
{
    /// <summary>The URI of a sender.</summary>
    public static string Of(string sender) => $"https://kangqiao.dev/fhir/sender/{Uri.EscapeDataString(sender)}";

    /// <param name="json">One resource; returned as it is where it is not one JSON object.</param>
    public static ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> json, string source)
    {
        var span = json.Span;
        var value = JsonEncodedText.Encode(source).EncodedUtf8Bytes;
        try
        {
            var reader = new Utf8JsonReader(span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return json;
            }

            var open = (int)reader.BytesConsumed;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isMeta = reader.ValueTextEquals("meta"u8);
                reader.Read();
                if (isMeta && reader.TokenType == JsonTokenType.StartObject)
                {
                    return InMeta(ref reader, json, value);
                }

                reader.Skip();
            }

            var isEmpty = span[open..].TrimStart(" \t\r\n"u8) is [(byte)'}', ..];
            return (byte[])[.. span[..open], .. "\"meta\":{\"source\":\""u8, .. value, .. isEmpty ? "\"}"u8 : "\"},"u8, .. span[open..]];
        }
        catch (JsonException)
        {
            return json;
        }
    }

    private static ReadOnlyMemory<byte> InMeta(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, ReadOnlySpan<byte> value)
    {
        var span = json.Span;
        var open = (int)reader.BytesConsumed;
        var isEmpty = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            var isSource = reader.ValueTextEquals("source"u8);
            reader.Read();
            if (isSource && reader.TokenType == JsonTokenType.String)
            {
                var start = (int)reader.TokenStartIndex;
                return (byte[])[.. span[..(start + 1)], .. value, .. "\""u8, .. span[(int)reader.BytesConsumed..]];
            }

            reader.Skip();
        }

        return (byte[])[.. span[..open], .. "\"source\":\""u8, .. value, .. isEmpty ? "\""u8 : "\","u8, .. span[open..]];
    }
}
