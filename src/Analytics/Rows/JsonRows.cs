using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Writing;

namespace Kangqiao.Analytics.Rows;

/// <summary>Each row an object, all in one array or, as NDJSON, a line each.</summary>
internal sealed class JsonRows : IRowFormat
{
    private readonly IReadOnlyList<ViewColumn> columns;
    private readonly Stream output;
    private readonly bool isLines;
    private readonly byte[][] names;
    private bool isFirst = true;

    public JsonRows(IReadOnlyList<ViewColumn> columns, Stream output, bool isLines)
    {
        this.columns = columns;
        this.output = output;
        this.isLines = isLines;
        names = [.. columns.Select((c, i) => Encoding.UTF8.GetBytes($"{(i == 0 ? '{' : ',')}\"{c.Name}\":"))];
    }

    public IRowBatch NewBatch() => new Batch(columns, names, isLines);

    public void Write(IRowBatch batch)
    {
        var bytes = ((Batch)batch).Written.Span;
        if (bytes.IsEmpty)
        {
            return;
        }

        if (isFirst && !isLines)
        {
            // The comma that stands before every row has no row before it here.
            output.Write("[\n"u8);
            bytes = bytes[2..];
        }

        isFirst = false;
        output.Write(bytes);
    }

    public void Finish()
    {
        if (!isLines)
        {
            output.Write(isFirst ? "[]\n"u8 : "\n]\n"u8);
        }

        output.Flush();
    }

    public void Dispose()
    {
        // The stream is its opener's.
    }

    private sealed class Batch(IReadOnlyList<ViewColumn> columns, byte[][] names, bool isLines) : ByteBatch
    {
        protected override void Add(ReadOnlySpan<FhirPathResults> values)
        {
            if (!isLines)
            {
                Buffer.Write(",\n"u8);
            }

            for (var i = 0; i < values.Length; i++)
            {
                Buffer.Write(names[i]);
                var list = values[i];
                if (columns[i].IsCollection)
                {
                    JsonValues.WriteList(Buffer, columns[i].Kind, list);
                }
                else if (list.Count == 0)
                {
                    Buffer.Write("null"u8);
                }
                else
                {
                    JsonValues.Write(Buffer, columns[i].Kind, list[0]);
                }
            }

            Put((byte)'}');
            if (isLines)
            {
                Put((byte)'\n');
            }
        }
    }
}

/// <summary>Values of rows as JSON.</summary>
internal static class JsonValues
{
    public static void WriteList(IBufferWriter<byte> output, ColumnKind kind, FhirPathResults list)
    {
        output.Write("["u8);
        for (var i = 0; i < list.Count; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            Write(output, kind, list[i]);
        }

        output.Write("]"u8);
    }

    public static void Write(IBufferWriter<byte> output, ColumnKind kind, in FhirPathItem item)
    {
        if (item.Element is { Exists: true } element)
        {
            Write(output, kind, element);
            return;
        }

        switch (item.Kind)
        {
            case ItemKind.Boolean when kind != ColumnKind.Text:
                output.Write(item.Boolean ? "true"u8 : "false"u8);
                break;
            case ItemKind.Integer or ItemKind.Long when kind != ColumnKind.Text:
                Write(output, item.Integer);
                break;
            case ItemKind.Decimal when kind is ColumnKind.Integer or ColumnKind.Long:
                Write(output, (long)item.Decimal);
                break;
            case ItemKind.Decimal when kind != ColumnKind.Text:
                var span = output.GetSpan(64);
                Utf8Formatter.TryFormat(item.Decimal, span, out var length);
                output.Advance(length);
                break;
            default:
                Quote(output, item.ToString());
                break;
        }
    }

    private static void Write(IBufferWriter<byte> output, ColumnKind kind, Element element)
    {
        if (!element.IsPrimitive)
        {
            FhirJson.Write(element, output);
        }
        else if ((element.IsNumber || element.IsBoolean) && kind != ColumnKind.Text)
        {
            output.Write(element.Raw);
        }
        else
        {
            // A string that was read stands as it was sent: its escapes are JSON's own.
            output.Write("\""u8);
            output.Write(element.Raw);
            output.Write("\""u8);
        }
    }

    private static void Write(IBufferWriter<byte> output, long number)
    {
        var span = output.GetSpan(24);
        Utf8Formatter.TryFormat(number, span, out var length);
        output.Advance(length);
    }

    private static void Quote(IBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        output.Write(Encoding.UTF8.GetBytes(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value));
        output.Write("\""u8);
    }
}
