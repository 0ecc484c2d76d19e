using System.Buffers;
using System.Collections.Concurrent;
using Kangqiao.Analytics.Rows;
using Kangqiao.Analytics.Views;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Extraction;

/// <param name="Resources">Looked at, of whatever type.</param>
/// <param name="FaultCount">Records that could not be read and so made no rows.</param>
/// <param name="Faults">The first of them: file, line and reason.</param>
public sealed record ExtractionResult(long Resources, long Rows, long FaultCount, IReadOnlyList<string> Faults);

/// <summary>
/// Runs a view over files: blocks are read in order by the caller's thread, turned into rows by all cores, and written in the order read.
/// What is in memory at a time is a few blocks.
/// </summary>
public sealed class ViewExtraction
{
    private const int MaxFaults = 20;

    private readonly View view;
    private readonly IRowFormat format;
    private readonly ConcurrentBag<BlockWork> idle = [];
    private readonly Queue<(Task<BlockWork> Work, InputBlock Block)> running = new();
    private readonly List<string> faults = [];
    private long resources;
    private long rows;
    private long faultCount;

    private ViewExtraction(View view, IRowFormat format)
    {
        this.view = view;
        this.format = format;
    }

    /// <summary>Rows as text to a stream.</summary>
    /// <param name="format">csv, json or ndjson.</param>
    /// <returns>A problem where a file cannot be opened, the view cannot be run on a record, or the output cannot be written.</returns>
    public static Outcome<ExtractionResult> Run(View view, IEnumerable<string> paths, Stream output, string format, CancellationToken cancel) =>
        Run(view, paths, format == "csv" ? new CsvRows(view.Columns, output) : new JsonRows(view.Columns, output, format == "ndjson"), cancel);

    /// <summary>Rows as a Parquet file; one that is there is overwritten.</summary>
    public static Outcome<ExtractionResult> RunToParquet(View view, IEnumerable<string> paths, string file, CancellationToken cancel) =>
        ParquetRows.Open(view.Columns, file).Then(rows => Run(view, paths, rows, cancel));

    private static Outcome<ExtractionResult> Run(View view, IEnumerable<string> paths, IRowFormat format, CancellationToken cancel)
    {
        using (format)
        {
            try
            {
                return new ViewExtraction(view, format).Run(paths, cancel);
            }
            catch (IOException fault)
            {
                return ExtractionProblems.Unwritable(fault.Message);
            }
        }
    }

    private Outcome<ExtractionResult> Run(IEnumerable<string> paths, CancellationToken cancel)
    {
        var problem = Files(paths, cancel);
        while (running.Count > 0)
        {
            problem = problem is null ? Finish(write: true) : Finish(write: false) ?? problem;
        }

        if (problem is not null)
        {
            return problem;
        }

        format.Finish();
        return new ExtractionResult(resources, rows, faultCount, faults);
    }

    private Problem? Files(IEnumerable<string> paths, CancellationToken cancel)
    {
        foreach (var file in InputFiles.Of(paths))
        {
            if (!BlockReader.Open(file).Try(out var reader, out var problem))
            {
                return problem;
            }

            using (reader)
            {
                while (true)
                {
                    cancel.ThrowIfCancellationRequested();
                    if (!reader.Next().Try(out var block, out problem))
                    {
                        return problem;
                    }

                    if (block is null)
                    {
                        break;
                    }

                    if (Start(block) is { } fault)
                    {
                        return fault;
                    }
                }
            }
        }

        return null;
    }

    private Problem? Start(InputBlock block)
    {
        var work = idle.TryTake(out var free) ? free : new BlockWork(view, format.NewBatch());
        running.Enqueue((Task.Run(() =>
        {
            work.Run(block);
            return work;
        }), block));
        return running.Count > Environment.ProcessorCount * 2 ? Finish(write: true) : null;
    }

    /// <summary>Takes in the oldest block under way.</summary>
    private Problem? Finish(bool write)
    {
        var (task, block) = running.Dequeue();
        var work = task.GetAwaiter().GetResult();
        ArrayPool<byte>.Shared.Return(block.Bytes);
        var problem = work.Problem;
        if (write && problem is null)
        {
            format.Write(work.Rows);
            resources += work.Resources;
            rows += work.Rows.Rows;
            faultCount += work.FaultCount;
            faults.AddRange(work.Faults.Take(MaxFaults - faults.Count));
        }

        work.Reset();
        idle.Add(work);
        return write ? problem : null;
    }
}
