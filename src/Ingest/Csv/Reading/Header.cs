using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Csv.Content;

namespace Kangqiao.Ingest.Csv.Reading;

/// <summary>Which field of a row is which column of a data set, and how the rows are written.</summary>
internal sealed class Header
{
    private Header(Dataset dataset, Column?[] columns, char separator, Encoding encoding)
    {
        Dataset = dataset;
        Columns = columns;
        Separator = separator;
        Encoding = encoding;
    }

    public Dataset Dataset { get; }

    /// <summary>By the place of the field; null for what the data set does not know.</summary>
    public Column?[] Columns { get; }

    public char Separator { get; }

    /// <summary>Of the rows under it.</summary>
    public Encoding Encoding { get; }

    /// <summary>Headings that are no column.</summary>
    public required IReadOnlyList<string> Unknown { get; init; }

    /// <summary>Headings as they stand; null where the bytes are no header at all, with a finding.</summary>
    public static (IReadOnlyList<string> Headings, char Separator, Encoding Encoding)? Headings(ReadOnlySpan<byte> bytes, CsvOptions options, FindingList findings)
    {
        // The line break that the splitter adds is not counted.
        if (bytes.Length > options.MaxHeaderBytes + 1)
        {
            findings.Add(CsvFindings.Of(CsvFindings.TooLong, "header", options.MaxHeaderBytes.ToString()));
            return null;
        }

        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || bytes.Contains((byte)0))
        {
            findings.Add(CsvFindings.Of(CsvFindings.NotText, "header", bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] ? "UTF-16" : bytes.StartsWith("PK"u8) ? "XLSX" : "NUL"));
            return null;
        }

        var encoding = FileCharset.Marked(bytes) ?? FileCharset.Utf8;
        var text = FileCharset.Decode(FileCharset.WithoutMark(bytes), encoding);
        if (text is null && FileCharset.Decode(bytes, FileCharset.Gb18030) is { } chinese)
        {
            (text, encoding) = (chinese, FileCharset.Gb18030);
        }

        if (text is null)
        {
            findings.Add(CsvFindings.Of(CsvFindings.NotText, "header", bytes.StartsWith("PK"u8) ? "XLSX" : "?"));
            return null;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            findings.Add(CsvFindings.Of(CsvFindings.Empty, "header"));
            return null;
        }

        var separator = RowFields.SeparatorOf(bytes);
        var row = RowFields.Read(text, separator, options.MaxColumns);
        if (row.IsTooMany)
        {
            findings.Add(CsvFindings.Of(CsvFindings.TooManyColumns, "header", options.MaxColumns.ToString()));
            return null;
        }

        if (row.IsUnclosed)
        {
            findings.Add(CsvFindings.Of(CsvFindings.UnclosedQuote, "header"));
            return null;
        }

        return (row.Fields, separator, encoding);
    }

    /// <summary>The header as that of a data set; null where rows cannot be read under it, with findings.</summary>
    public static Header? Of(IReadOnlyList<string> headings, char separator, Encoding encoding, Dataset dataset, FindingList findings)
    {
        var columns = new Column?[headings.Count];
        var seen = new HashSet<int>();
        var unknown = new List<string>();
        for (var i = 0; i < columns.Length; i++)
        {
            var heading = headings[i].Trim();
            columns[i] = dataset.ColumnOf(heading);
            if (columns[i] is not { } column)
            {
                if (heading.Length > 0)
                {
                    unknown.Add(heading);
                }
            }
            else if (!seen.Add(column.Index))
            {
                findings.Add(CsvFindings.Of(CsvFindings.TwiceInHeader, column.Place, $"{column.Name} {column.Title}"));
            }
        }

        var missing = dataset.Columns.Where(c => c.IsRequired && !seen.Contains(c.Index)).Select(c => $"{c.Name} {c.Title}").ToList();
        if (seen.Count == 0)
        {
            findings.Add(CsvFindings.Of(CsvFindings.NoHeader, "header", dataset.Name, Listed(dataset.Columns.Where(c => c.IsRequired).Select(c => $"{c.Name} {c.Title}"))));
        }
        else if (missing.Count > 0)
        {
            findings.Add(CsvFindings.Of(CsvFindings.MissingColumns, "header", dataset.Name, Listed(missing)));
        }

        return findings.HasErrors ? null : new Header(dataset, columns, separator, encoding) { Unknown = unknown };
    }

    public static string Listed(IEnumerable<string> names)
    {
        var list = names.Take(21).ToList();
        return list.Count > 20 ? string.Join("、", list.Take(20)) + "……" : string.Join("、", list);
    }
}
