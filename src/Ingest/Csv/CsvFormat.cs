using System.Globalization;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Csv.Content;
using Kangqiao.Ingest.Csv.Reading;
using Kangqiao.Ingest.Csv.Templates;
using Kangqiao.Ingest.Hl7v2.Mapping;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Csv;

/// <summary>
/// Rows of a data set of content/datasets, in UTF-8 or GB18030: docs/integrators/csv.md. A row is a unit; the header is what it cannot be
/// read without. A file whose header cannot be used is one unit: its rows would all be wrong for the same reason.
/// </summary>
public sealed class CsvFormat : IFormat
{
    private const int RememberedHeaders = 16;

    private readonly CsvContent content;
    private readonly Dataset? dataset;
    private readonly CsvOptions options;
    private readonly KnownHeader?[] headers = new KnownHeader?[RememberedHeaders];
    private readonly Lock gate = new();
    private int nextHeader;

    private CsvFormat(CsvContent content, Dataset? dataset, CsvOptions options)
    {
        this.content = content;
        this.dataset = dataset;
        this.options = options;
        Name = dataset is null ? "csv" : "csv/" + dataset.Name;
    }

    public string Name { get; }

    /// <summary>"csv/NAME" for each data set, and "csv", which tells the data set by the header.</summary>
    public static IReadOnlyList<CsvFormat> All(CsvContent content, CsvOptions? options = null) =>
        [new(content, null, options ?? CsvOptions.Default), .. content.All.Select(d => new CsvFormat(content, d, options ?? CsvOptions.Default))];

    public IAsyncEnumerable<RawUnit> SplitAsync(Stream stream, CancellationToken cancel = default) =>
        CsvSplitter.SplitAsync(stream, options, header => HeaderOf(header, new FindingList()) is not null, cancel);

    public IReadOnlyList<MappedUnit> Map(RawUnit unit, SenderNames names)
    {
        var findings = new FindingList();
        var source = unit.Preamble.IsEmpty ? "header" : "row " + (unit.Index + 1).ToString(CultureInfo.InvariantCulture);
        var row = HeaderOf(unit.Preamble.IsEmpty ? unit.Bytes : unit.Preamble, findings) is { } header ? RowOf(unit, header, names, findings) : null;
        if (row is null)
        {
            return [new MappedUnit([]) { Source = source, Findings = findings.Items }];
        }

        var said = row.Dataset;
        var records = Records(row, findings);
        return
        [
            new MappedUnit(findings.HasErrors ? [] : records)
            {
                Source = said.Source is { } column && row[column] is { } number ? number : source,
                Findings = findings.Items,
                SaidAt = said.SaidAt is { } at ? Times.Instant(row[at]) : null,
            },
        ];
    }

    private static List<MappedRecord> Records(Row row, FindingList findings)
    {
        var said = row.Dataset;
        var isVoid = said.Void is { } mark && row[mark] == "true";
        var records = new List<MappedRecord>(said.Records.Count);
        foreach (var template in said.Records)
        {
            if (template.IsRequired && row.ReferenceTo(template) is null)
            {
                findings.Add(CsvFindings.Of(CsvFindings.NoKey, "row", string.Join("、", template.Keys.SelectMany(k => k.Columns).Select(c => c.Name).Distinct(StringComparer.Ordinal))));
                return records;
            }

            if (template.Make(row, isVoid) is { } record)
            {
                records.Add(record);
            }
        }

        // What is only mentioned is not what the row is for.
        if (records.TrueForAll(r => r.IsMention))
        {
            findings.Add(CsvFindings.Of(CsvFindings.NoKey, "row", string.Join("、", said.Key)));
        }

        return records;
    }

    private Row? RowOf(RawUnit unit, Header header, SenderNames names, FindingList findings)
    {
        if (Fields(unit.Bytes.Span, header, findings) is not { } fields)
        {
            return null;
        }

        if (unit.Index == 0 && header.Unknown.Count > 0)
        {
            findings.Add(CsvFindings.Of(CsvFindings.UnknownColumns, "header", Header.Listed(header.Unknown)));
        }

        var row = new Row(header.Dataset, names);
        for (var i = 0; i < header.Columns.Length; i++)
        {
            if (header.Columns[i] is { } column)
            {
                CellValues.Read(row, column, i < fields.Count ? fields[i] : "", findings);
            }
        }

        return row;
    }

    private IReadOnlyList<string>? Fields(ReadOnlySpan<byte> bytes, Header header, FindingList findings)
    {
        if (bytes.Length > options.MaxRowBytes)
        {
            findings.Add(CsvFindings.Of(CsvFindings.TooLong, "row", options.MaxRowBytes.ToString(CultureInfo.InvariantCulture)));
            return null;
        }

        if (bytes.Contains((byte)0))
        {
            findings.Add(CsvFindings.Of(CsvFindings.Nul, "row"));
            return null;
        }

        if (FileCharset.Decode(bytes, header.Encoding) is not { } text)
        {
            findings.Add(CsvFindings.Of(CsvFindings.Charset, "row", FileCharset.NameOf(header.Encoding)));
            return null;
        }

        var row = RowFields.Read(text, header.Separator, options.MaxColumns);
        if (row.IsTooMany || row.IsUnclosed)
        {
            findings.Add(row.IsTooMany
                ? CsvFindings.Of(CsvFindings.TooManyColumns, "row", options.MaxColumns.ToString(CultureInfo.InvariantCulture))
                : CsvFindings.Of(CsvFindings.UnclosedQuote, "row"));
            return null;
        }

        if (row.HasStrayQuote)
        {
            findings.Add(CsvFindings.Of(CsvFindings.StrayQuote, "row"));
        }

        if (!Fits(row.Fields, header.Columns.Length))
        {
            findings.Add(CsvFindings.Of(
                CsvFindings.Ragged, "row", row.Fields.Count.ToString(CultureInfo.InvariantCulture), header.Columns.Length.ToString(CultureInfo.InvariantCulture)));
            return null;
        }

        return row.Fields;
    }

    /// <summary>Empty fields at the end may be too many, as spreadsheets leave them; anything else shifts values into other columns.</summary>
    private static bool Fits(IReadOnlyList<string> fields, int count)
    {
        for (var i = count; i < fields.Count; i++)
        {
            if (!string.IsNullOrWhiteSpace(fields[i]))
            {
                return false;
            }
        }

        return fields.Count >= count;
    }

    /// <summary>What a header's bytes mean; read once and remembered, since every row of a file brings the same.</summary>
    private Header? HeaderOf(ReadOnlyMemory<byte> bytes, FindingList findings)
    {
        foreach (var known in headers)
        {
            if (known is not null && known.Bytes.AsSpan().SequenceEqual(bytes.Span))
            {
                return known.Header;
            }
        }

        if (Header.Headings(bytes.Span, options, findings) is not var (headings, separator, encoding))
        {
            return null;
        }

        if ((dataset ?? content.Recognise(headings)) is not { } said)
        {
            findings.Add(CsvFindings.Of(CsvFindings.UnknownDataset, "header"));
            return null;
        }

        if (Header.Of(headings, separator, encoding, said, findings) is not { } read)
        {
            return null;
        }

        lock (gate)
        {
            headers[nextHeader] = new KnownHeader(bytes.ToArray(), read);
            nextHeader = (nextHeader + 1) % RememberedHeaders;
        }

        return read;
    }

    private sealed record KnownHeader(byte[] Bytes, Header Header);
}
