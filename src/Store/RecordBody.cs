using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Kangqiao.Kernel;

namespace Kangqiao.Store;

/// <summary>
/// A record's body is the resource as minified JSON without what the store knows already (resourceType, id,
/// meta.versionId, meta.lastUpdated), and with what is left of meta first, so that reading is a splice and not a parse.
/// Values keep their bytes: decimals their digits, strings their escapes.
/// </summary>
public static class RecordBody
{
    private static ReadOnlySpan<byte> MetaStart => "{\"meta\":{"u8;

    /// <summary>The body of a resource. Refused when it is not one JSON object.</summary>
    public static Outcome<byte[]> From(ReadOnlySpan<byte> resourceJson)
    {
        var rest = new ArrayBufferWriter<byte>(resourceJson.Length + 16);
        var meta = new ArrayBufferWriter<byte>(64);
        try
        {
            var reader = new Utf8JsonReader(resourceJson);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return Problems.NotAnObject();
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("resourceType"u8) || reader.ValueTextEquals("id"u8))
                {
                    reader.Read();
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("meta"u8))
                {
                    Meta(ref reader, resourceJson, meta);
                }
                else
                {
                    Property(ref reader, resourceJson, rest);
                }
            }

            if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
            {
                return Problems.NotAnObject();
            }
        }
        catch (JsonException)
        {
            return Problems.NotAnObject();
        }

        return Join(meta.WrittenSpan, rest.WrittenSpan);
    }

    internal static void WriteResource(StoredRecord record, IBufferWriter<byte> output)
    {
        var body = record.Body.Span;
        var span = output.GetSpan(body.Length + 320);
        var at = 0;
        Put(span, ref at, "{\"resourceType\":\""u8);
        at += Encoding.UTF8.GetBytes(record.Key.Type, span[at..]);
        Put(span, ref at, "\",\"id\":\""u8);
        at += Encoding.UTF8.GetBytes(record.Key.Id, span[at..]);
        Put(span, ref at, "\",\"meta\":{\"versionId\":\""u8);
        _ = record.Version.TryFormat(span[at..], out var written, default, CultureInfo.InvariantCulture);
        at += written;
        Put(span, ref at, "\",\"lastUpdated\":\""u8);
        _ = record.Instant.UtcDateTime.TryFormat(span[at..], out written, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        at += written;
        Put(span, ref at, "\""u8);
        if (body.StartsWith(MetaStart))
        {
            Put(span, ref at, ","u8);
            Put(span, ref at, body[MetaStart.Length..]);
        }
        else if (body.Length > 2)
        {
            Put(span, ref at, "},"u8);
            Put(span, ref at, body[1..]);
        }
        else
        {
            Put(span, ref at, "}}"u8);
        }

        output.Advance(at);
    }

    private static void Put(Span<byte> span, ref int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(span[at..]);
        at += bytes.Length;
    }

    private static void Meta(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ArrayBufferWriter<byte> meta)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("meta is not an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("versionId"u8) || reader.ValueTextEquals("lastUpdated"u8))
            {
                reader.Read();
                reader.Skip();
            }
            else
            {
                Property(ref reader, json, meta);
            }
        }
    }

    private static void Property(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ArrayBufferWriter<byte> output)
    {
        if (output.WrittenCount > 0)
        {
            output.Write(","u8);
        }

        var start = (int)reader.TokenStartIndex;
        reader.Read();
        reader.Skip();
        Minify(json[start..(int)reader.BytesConsumed], output);
    }

    /// <summary>Copies JSON without the white space between its tokens.</summary>
    private static void Minify(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> output)
    {
        var space = output.GetSpan(json.Length);
        var length = 0;
        while (json.Length > 0)
        {
            var run = json.IndexOfAny("\" \t\r\n"u8);
            if (run < 0)
            {
                run = json.Length;
            }

            json[..run].CopyTo(space[length..]);
            length += run;
            json = json[run..];
            if (json.Length == 0)
            {
                break;
            }

            if (json[0] != '"')
            {
                json = json[1..];
                continue;
            }

            var text = StringLength(json);
            json[..text].CopyTo(space[length..]);
            length += text;
            json = json[text..];
        }

        output.Advance(length);
    }

    private static int StringLength(ReadOnlySpan<byte> json)
    {
        var at = 1;
        while (true)
        {
            at += json[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (json[at] == '"')
            {
                return at + 1;
            }

            at += 2;
        }
    }

    private static byte[] Join(ReadOnlySpan<byte> meta, ReadOnlySpan<byte> rest)
    {
        if (meta.Length == 0)
        {
            var plain = new byte[rest.Length + 2];
            plain[0] = (byte)'{';
            rest.CopyTo(plain.AsSpan(1));
            plain[^1] = (byte)'}';
            return plain;
        }

        var comma = rest.Length > 0 ? 1 : 0;
        var body = new byte[MetaStart.Length + meta.Length + 1 + comma + rest.Length + 1];
        var at = 0;
        Put(body, ref at, MetaStart);
        Put(body, ref at, meta);
        Put(body, ref at, "}"u8);
        Put(body, ref at, ","u8[..comma]);
        Put(body, ref at, rest);
        Put(body, ref at, "}"u8);
        return body;
    }
}
