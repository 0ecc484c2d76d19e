using System.Text;

namespace Kangqiao.Ingest.Csv.Reading;

/// <summary>A row's fields (RFC 4180): separated, in quotation marks where they hold a separator, a mark or a line break.</summary>
internal sealed class RowFields
{
    private readonly List<string> fields = [];

    public IReadOnlyList<string> Fields => fields;

    /// <summary>A field was opened by a mark and never closed.</summary>
    public bool IsUnclosed { get; private set; }

    /// <summary>A mark stands where RFC 4180 has none; it was read as text.</summary>
    public bool HasStrayQuote { get; private set; }

    /// <summary>There are more fields than asked for; the rest was not read.</summary>
    public bool IsTooMany { get; private set; }

    public static RowFields Read(string row, char separator, int mostFields)
    {
        var read = new RowFields();
        read.Take(row.AsSpan().TrimEnd("\r\n"), separator, mostFields);
        return read;
    }

    /// <summary>Comma, tab or semicolon: which of them stands most often in the header, outside quotation marks.</summary>
    public static char SeparatorOf(ReadOnlySpan<byte> header)
    {
        var (comma, tab, semicolon) = (0, 0, 0);
        var isQuoted = false;
        foreach (var b in header)
        {
            switch (b)
            {
                case (byte)'"':
                    isQuoted = !isQuoted;
                    break;
                case (byte)',' when !isQuoted:
                    comma++;
                    break;
                case (byte)'\t' when !isQuoted:
                    tab++;
                    break;
                case (byte)';' when !isQuoted:
                    semicolon++;
                    break;
            }
        }

        return tab > comma && tab >= semicolon ? '\t' : semicolon > comma ? ';' : ',';
    }

    private void Take(ReadOnlySpan<char> row, char separator, int mostFields)
    {
        while (true)
        {
            if (fields.Count == mostFields)
            {
                IsTooMany = true;
                return;
            }

            var end = row is ['"', ..] ? Quoted(row, separator) : Plain(row, separator);
            if (end >= row.Length)
            {
                return;
            }

            row = row[(end + 1)..];
        }
    }

    private int Plain(ReadOnlySpan<char> row, char separator)
    {
        var end = row.IndexOf(separator);
        end = end < 0 ? row.Length : end;
        HasStrayQuote |= row[..end].Contains('"');
        fields.Add(row[..end].ToString());
        return end;
    }

    /// <returns>Where the separator behind the field stands.</returns>
    private int Quoted(ReadOnlySpan<char> row, char separator)
    {
        StringBuilder? pieces = null;
        var start = 1;
        while (true)
        {
            var mark = row[start..].IndexOf('"');
            if (mark < 0)
            {
                IsUnclosed = true;
                fields.Add((pieces?.Append(row[start..]).ToString() ?? row[start..].ToString()).Trim());
                return row.Length;
            }

            mark += start;
            if (mark + 1 < row.Length && row[mark + 1] == '"')
            {
                (pieces ??= new StringBuilder()).Append(row[start..(mark + 1)]);
                start = mark + 2;
                continue;
            }

            var rest = row[(mark + 1)..];
            var next = rest.IndexOf(separator);
            var behind = next < 0 ? rest : rest[..next];
            if (!behind.Trim().IsEmpty)
            {
                // "ab"c is read as ab"c: nothing of it is lost.
                HasStrayQuote = true;
                fields.Add(string.Concat(pieces?.Append(row[start..mark]).ToString() ?? row[start..mark].ToString(), "\"", behind));
            }
            else
            {
                fields.Add(pieces?.Append(row[start..mark]).ToString() ?? row[start..mark].ToString());
            }

            return mark + 1 + behind.Length;
        }
    }
}
