using System.Buffers;
using System.Text;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.FhirPath;

namespace Kangqiao.Analytics.Rows;

/// <summary>
/// Comma-separated values (RFC 4180) in UTF-8 under a line of names. Null is nothing, an empty text is "", a list is its JSON.
/// </summary>
internal sealed class CsvRows : IRowFormat
{
    private readonly IReadOnlyList<ViewColumn> columns;
    private readonly Stream output;
    private bool isStarted;

    public CsvRows(IReadOnlyList<ViewColumn> columns, Stream output)
    {
        this.columns = columns;
        this.output = output;
    }

    public IRowBatch NewBatch() => new Batch(columns);

    public void Write(IRowBatch batch)
    {
        Start();
        output.Write(((Batch)batch).Written.Span);
    }

    public void Finish()
    {
        Start();
        output.Flush();
    }

    /// <summary>Names come with the first rows, so that a run that fails before has said nothing.</summary>
    private void Start()
    {
        if (!isStarted)
        {
            isStarted = true;
            output.Write(Encoding.UTF8.GetBytes(string.Join(',', columns.Select(c => c.Name)) + "\n"));
        }
    }

    public void Dispose()
    {
        // The stream is its opener's.
    }

    private sealed class Batch(IReadOnlyList<ViewColumn> columns) : ByteBatch
    {
        private static readonly SearchValues<byte> Quoted = SearchValues.Create(",\"\r\n"u8);

        private readonly ArrayBufferWriter<byte> json = new();

        protected override void Add(ReadOnlySpan<FhirPathResults> values)
        {
            for (var i = 0; i < values.Length; i++)
            {
                if (i > 0)
                {
                    Put((byte)',');
                }

                var list = values[i];
                if (columns[i].IsCollection)
                {
                    json.ResetWrittenCount();
                    JsonValues.WriteList(json, columns[i].Kind, list);
                    Text(json.WrittenSpan);
                }
                else if (list.Count > 0)
                {
                    Value(columns[i].Kind, list[0]);
                }
            }

            Put((byte)'\n');
        }

        private void Value(ColumnKind kind, in FhirPathItem item)
        {
            if (item.Element is { Exists: true } element)
            {
                if (element.IsPrimitive && !element.IsEscaped)
                {
                    Text(element.Raw);
                }
                else if (element.IsPrimitive)
                {
                    Text(Encoding.UTF8.GetBytes(element.Text()!));
                }
                else
                {
                    json.ResetWrittenCount();
                    JsonValues.Write(json, kind, item);
                    Text(json.WrittenSpan);
                }
            }
            else if (item.Kind == ItemKind.Decimal && kind is ColumnKind.Integer or ColumnKind.Long)
            {
                JsonValues.Write(Buffer, kind, item);
            }
            else
            {
                Text(Encoding.UTF8.GetBytes(item.ToString()));
            }
        }

        private void Text(ReadOnlySpan<byte> text)
        {
            if (text.Length > 0 && text.IndexOfAny(Quoted) < 0)
            {
                Buffer.Write(text);
                return;
            }

            Put((byte)'"');
            for (int at; (at = text.IndexOf((byte)'"')) >= 0;)
            {
                Buffer.Write(text[..(at + 1)]);
                Put((byte)'"');
                text = text[(at + 1)..];
            }

            Buffer.Write(text);
            Put((byte)'"');
        }
    }
}
