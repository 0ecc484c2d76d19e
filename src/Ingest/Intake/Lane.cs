using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Intake;

/// <summary>
/// One sender's way in: its submissions in the order in which they came. While one batch is being written the next is mapped.
/// Lanes take turns, so a sender that floods waits for itself and for nobody else.
/// </summary>
internal sealed class Lane(Intake intake)
{
    // Each batch waits twice for the disk, so it is made large enough for that to be little.
    private const int MostUnits = 2_000;
    private const long MostBytes = 8 * 1024 * 1024;

    private readonly Queue<Submission> waiting = new();
    private readonly Lock gate = new();
    private Submission? current;
    private Task lastWrite = Task.CompletedTask;
    private Task lastNote = Task.CompletedTask;
    private bool isScheduled;

    /// <summary>Submissions that are received and not finished.</summary>
    public int Waiting => Volatile.Read(ref open);

    private int open;

    public void Add(Submission submission)
    {
        Interlocked.Increment(ref open);
        var mustSchedule = false;
        lock (gate)
        {
            waiting.Enqueue(submission);
            if (!isScheduled)
            {
                isScheduled = mustSchedule = true;
            }
        }

        if (mustSchedule)
        {
            intake.Schedule(this);
        }
    }

    /// <summary>Maps one batch and has it written.</summary>
    /// <returns>True while there is more.</returns>
    public async Task<bool> StepAsync(CancellationToken cancel)
    {
        var batch = await GatherAsync(cancel);
        if (batch.IsEmpty)
        {
            lock (gate)
            {
                return isScheduled = waiting.Count > 0 || current is not null;
            }
        }

        await intake.MapAsync(batch, cancel);
        await lastWrite.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var before = lastNote;
        lastWrite = intake.WriteAsync(batch, cancel);
        lastNote = FinishAsync(batch, before, lastWrite, cancel);

        // What came of one batch is noted while the next is written; no further, so that memory stays flat.
        await before;
        return true;
    }

    public Task WrittenAsync() => lastNote;

    private async Task FinishAsync(Batch batch, Task before, Task written, CancellationToken cancel)
    {
        try
        {
            await written;
            await before;
            await intake.NoteAsync(batch, cancel);
        }
#pragma warning disable CA1031 // The edge of a loop that must not end. What is not finished is found in the journal at the next start.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            intake.Fault(fault, cancel);
            foreach (var submission in batch.Endings)
            {
                submission.Fail(fault);
            }
        }

        Interlocked.Add(ref open, -batch.Endings.Count);
    }

    private async ValueTask<Batch> GatherAsync(CancellationToken cancel)
    {
        var batch = new Batch();
        while (batch.Units.Count < MostUnits && batch.Bytes < MostBytes && batch.Endings.Count < MostUnits)
        {
            if (current is null)
            {
                lock (gate)
                {
                    if (!waiting.TryPeek(out var next))
                    {
                        return batch;
                    }

                    // A sender that was admitted meanwhile: its records go elsewhere from there on.
                    if (batch.Units.Count > 0 && !ReferenceEquals(next.Target, batch.Units[0].Submission.Target))
                    {
                        return batch;
                    }

                    current = waiting.Dequeue();
                }
            }

            if (await NextAsync(current, cancel) is { } unit)
            {
                batch.Units.Add(unit);
                batch.Bytes += unit.Raw.Bytes.Length;
                continue;
            }

            batch.Endings.Add(current);
            current = null;
        }

        return batch;
    }

    private async ValueTask<UnitWork?> NextAsync(Submission submission, CancellationToken cancel)
    {
        try
        {
            submission.Units ??= intake.Open(submission, cancel);
            if (await submission.Units.MoveNextAsync())
            {
                return new UnitWork(submission, submission.Units.Current);
            }
        }
#pragma warning disable CA1031 // Whatever a stream does, the submission ends there with a finding, and the next one goes on.
        catch (Exception fault) when (!cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            intake.Fault(fault, cancel);
            await CloseAsync(submission);
            submission.Units = AsyncEnumerable.Empty<RawUnit>().GetAsyncEnumerator(cancel);
            var broken = new UnitWork(submission, new RawUnit(-1, ReadOnlyMemory<byte>.Empty));
            broken.Mapped =
                [new MappedWork(broken, new MappedUnit([]) { Findings = [new Finding(DoorFindings.CannotBeTakenApart, Severity.Error, "", [], 0, 0)] }) { IsRefused = true }];
            return broken;
        }

        await CloseAsync(submission);
        return null;
    }

    private static async ValueTask CloseAsync(Submission submission)
    {
        try
        {
            await (submission.Units?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        finally
        {
            submission.Body?.Dispose();
            submission.Body = null;
        }
    }
}
