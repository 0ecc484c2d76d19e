using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kangqiao.Rest.Answering;

/// <summary>Pieces of JSON as bytes.</summary>
internal static class JsonText
{
    /// <summary>Writes text in quotes, escaped.</summary>
    public static void Quoted(IBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        output.Write(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        output.Write("\""u8);
    }

    /// <summary>
    /// The same JSON with line ends and two blanks a level. Scalars are copied byte by byte, so decimals keep their digits.
    /// </summary>
    public static void Indent(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        var isFirst = true;
        while (reader.Read())
        {
            var isEnd = reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
            if (isEnd)
            {
                if (!isFirst)
                {
                    NewLine(output, reader.CurrentDepth);
                }

                output.Write(reader.TokenType == JsonTokenType.EndObject ? "}"u8 : "]"u8);
                isFirst = false;
                continue;
            }

            Separate(output, ref reader, json, isFirst);
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                output.Write("\""u8);
                output.Write(reader.ValueSpan);
                output.Write("\": "u8);
                reader.Read();
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    output.Write("{"u8);
                    isFirst = true;
                    break;
                case JsonTokenType.StartArray:
                    output.Write("["u8);
                    isFirst = true;
                    break;
                default:
                    output.Write(json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]);
                    isFirst = false;
                    break;
            }
        }
    }

    private static void Separate(IBufferWriter<byte> output, ref Utf8JsonReader reader, ReadOnlySpan<byte> json, bool isFirst)
    {
        if (reader.TokenStartIndex == 0 || json[..(int)reader.TokenStartIndex].TrimStart(" \t\r\n"u8).IsEmpty)
        {
            return;
        }

        if (!isFirst)
        {
            output.Write(","u8);
        }

        NewLine(output, reader.CurrentDepth);
    }

    private static void NewLine(IBufferWriter<byte> output, int depth)
    {
        var span = output.GetSpan(1 + (depth * 2));
        span[0] = (byte)'\n';
        span.Slice(1, depth * 2).Fill((byte)' ');
        output.Advance(1 + (depth * 2));
    }
}
