using Kangqiao.Analytics.Rows;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Extraction;

/// <summary>Writes the rows of records that come one by one, as from a store. For one thread.</summary>
public sealed class RecordRows : IDisposable
{
    private static readonly ReadOptions Options = new() { AllowUnknownElements = true };

    private readonly IRowFormat format;
    private readonly IRowBatch batch;
    private readonly ViewRunner runner;
    private readonly FhirDocument document = new();
    private readonly FindingList findings = new(1);
    private long written;

    private RecordRows(View view, IRowFormat format)
    {
        this.format = format;
        batch = format.NewBatch();
        runner = new ViewRunner(view);
    }

    /// <summary>Rows written and waiting.</summary>
    public long Rows => written + batch.Rows;

    /// <summary>Rows as text.</summary>
    /// <param name="format">csv, json or ndjson.</param>
    public static RecordRows To(View view, Stream output, string format) =>
        new(view, format == "csv" ? new CsvRows(view.Columns, output) : new JsonRows(view.Columns, output, format == "ndjson"));

    /// <summary>Rows as a Parquet file; one that is there is overwritten.</summary>
    public static Outcome<RecordRows> ToParquet(View view, string file) => ParquetRows.Open(view.Columns, file).Then<RecordRows>(rows => new RecordRows(view, rows));

    /// <summary>Makes the rows of one resource; one of another type makes none.</summary>
    /// <returns>Null if they were made.</returns>
    public Problem? Add(ReadOnlyMemory<byte> json)
    {
        findings.Clear();
        if (!document.ReadInto(json, findings, Options))
        {
            return ExtractionProblems.Unreadable("the record", findings.Count > 0 ? findings.Items[0].English : "it is no resource.");
        }

        var problem = runner.Run(document.Root, batch) ? batch.Problem : runner.Problem;
        return problem is null ? null : ViewProblems.At($"{document.Root.Type.Name}/{document.Root.ChildText("id")}", problem);
    }

    /// <summary>
    /// As <see cref="Add"/>, but a record that the view cannot be run on makes no rows at all; a value that its column cannot hold is null.
    /// </summary>
    /// <returns>Null if nothing is missing.</returns>
    public Problem? AddWhole(ReadOnlyMemory<byte> json)
    {
        findings.Clear();
        if (!document.ReadInto(json, findings, Options))
        {
            return ExtractionProblems.Unreadable("the record", findings.Count > 0 ? findings.Items[0].English : "it is no resource.");
        }

        if (!runner.Run(document.Root, NoRows.One))
        {
            return runner.Problem;
        }

        runner.Run(document.Root, batch);
        return batch.TakeProblem();
    }

    /// <summary>Writes the rows that wait.</summary>
    /// <returns>Null if they were written.</returns>
    public Problem? Flush()
    {
        try
        {
            format.Write(batch);
        }
        catch (IOException fault)
        {
            return ExtractionProblems.Unwritable(fault.Message);
        }

        written += batch.Rows;
        batch.Reset();
        return null;
    }

    /// <summary>Writes what waits and the end.</summary>
    /// <returns>Null if all was written.</returns>
    public Problem? Finish()
    {
        if (Flush() is { } problem)
        {
            return problem;
        }

        try
        {
            format.Finish();
            return null;
        }
        catch (IOException fault)
        {
            return ExtractionProblems.Unwritable(fault.Message);
        }
    }

    public void Dispose()
    {
        batch.Reset();
        format.Dispose();
    }
}

/// <summary>Takes rows and leaves them.</summary>
internal sealed class NoRows : IRowReceiver
{
    public static readonly NoRows One = new();

    public void Row(ReadOnlySpan<FhirPathResults> values)
    {
        // Only whether they can be made is asked.
    }
}
