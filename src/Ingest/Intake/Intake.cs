using System.Collections.Concurrent;
using System.Threading.Channels;
using Kangqiao.Ingest.Journals;
using Kangqiao.Ingest.Mapping;
using Microsoft.Extensions.Logging;

namespace Kangqiao.Ingest.Intake;

/// <summary>The lanes of all senders and those who work on them.</summary>
internal sealed partial class Intake : IAsyncDisposable
{
    /// <summary>Batches that may be on their way at once: bounds the memory that all senders together take.</summary>
    private const int Workers = 6;

    /// <summary>Units mapped by one thread before it looks for more.</summary>
    private const int Chunk = 16;

    private readonly ConcurrentDictionary<string, Lane> lanes = new(StringComparer.Ordinal);
    private readonly Channel<Lane> ready = Channel.CreateUnbounded<Lane>();
    private readonly CancellationTokenSource end = new();
    private readonly SemaphoreSlim mapping = new(1);
    private readonly Journal journal;
    private readonly BatchWriter writer;
    private readonly ILogger log;
    private readonly TimeProvider time;
    private readonly Task[] workers;

    public Intake(Journal journal, BatchWriter writer, TimeProvider time, ILogger log)
    {
        this.journal = journal;
        this.writer = writer;
        this.time = time;
        this.log = log;
        workers = [.. Enumerable.Range(0, Workers).Select(_ => Task.Run(WorkAsync))];
    }

    public int WaitingOf(string sender) => lanes.TryGetValue(sender, out var lane) ? lane.Waiting : 0;

    public int Waiting => lanes.Values.Sum(l => l.Waiting);

    public void Add(Submission submission) => lanes.GetOrAdd(submission.Sender.Code, _ => new Lane(this)).Add(submission);

    public void Schedule(Lane lane) => ready.Writer.TryWrite(lane);

    public IAsyncEnumerator<RawUnit> Open(Submission submission, CancellationToken cancel)
    {
        submission.StartedAt = time.GetUtcNow();
        var received = submission.Received;
        var (number, place, bytes) = received.Head.Of is { } of
            ? (of.Number, new JournalPlace(of.Segment, of.Offset), of.Bytes)
            : (received.Head.Number, received.Place, received.Bytes);
        submission.Body = received.Head.Of is null && received.Inline is { } inline
            ? new MemoryStream(inline.ToArray(), writable: false)
            : bytes < Journal.MostInline && journal.ReadWhole(number, place) is { } whole
            ? new MemoryStream(whole.ToArray(), writable: false)
            : journal.OpenBody(number, place) ?? throw new FileNotFoundException("The raw message is not there.", place.Segment);
        return submission.Format.SplitAsync(submission.Body, cancel).GetAsyncEnumerator(cancel);
    }

    /// <summary>On all cores for one batch at a time; the next waits in the order of asking.</summary>
    public async Task MapAsync(Batch batch, CancellationToken cancel)
    {
        var units = batch.Units.Where(u => u.Mapped.Count == 0).ToArray();
        if (units.Length <= 2)
        {
            foreach (var unit in units)
            {
                await MapAsync(unit, cancel);
            }

            return;
        }

        await mapping.WaitAsync(cancel);
        try
        {
            await Parallel.ForEachAsync(
                units.Chunk(Math.Min(Chunk, Math.Max(1, units.Length / Environment.ProcessorCount))),
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel },
                async (chunk, stop) =>
                {
                    foreach (var unit in chunk)
                    {
                        await MapAsync(unit, stop);
                    }
                });
        }
        finally
        {
            mapping.Release();
        }
    }

    private async ValueTask MapAsync(UnitWork unit, CancellationToken cancel)
    {
        if (await Preparer.MapAsync(unit, cancel) is { } fault)
        {
            LogFault(fault);
        }
    }

    public Task WriteAsync(Batch batch, CancellationToken cancel) => writer.WriteAsync(batch, cancel);

    /// <summary>Keeps what became of a batch that is written, and lets its submissions end.</summary>
    public async Task NoteAsync(Batch batch, CancellationToken cancel)
    {
        await writer.NoteAsync(batch, cancel);
        foreach (var submission in batch.Endings)
        {
            await journal.DoneAsync(submission.Received);
        }
    }

    public void Fault(Exception fault, CancellationToken cancel)
    {
        if (!cancel.IsCancellationRequested)
        {
            LogFault(fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        ready.Writer.TryComplete();
        await Task.WhenAll(workers);
        foreach (var lane in lanes.Values)
        {
            await lane.WrittenAsync();
        }

        end.Dispose();
        mapping.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var lane in ready.Reader.ReadAllAsync(end.Token))
            {
                if (await StepAsync(lane))
                {
                    Schedule(lane);
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // What is under way is finished at the next start.
        }
    }

    private async Task<bool> StepAsync(Lane lane)
    {
        try
        {
            return await lane.StepAsync(end.Token);
        }
#pragma warning disable CA1031 // The edge of a loop that must not end: logged, and the lane goes on.
        catch (Exception fault) when (!end.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFault(fault);
            return true;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Work on a submission failed in a way that was not expected")]
    private partial void LogFault(Exception fault);
}
