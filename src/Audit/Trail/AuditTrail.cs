using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Index;
using Kangqiao.Crypto.Keys;
using Kangqiao.Crypto.Sealing;
using Kangqiao.Crypto.Signatures;
using Kangqiao.Kernel;
using Microsoft.Extensions.Logging;

namespace Kangqiao.Audit.Trail;

/// <summary>
/// Writes what happened, and lets go of the caller when it is on disk. One thread of its own takes what waits, writes it as one group and
/// waits for the disk once for all of it. Each process writes parts of its own (docs/decisions/0009). What cannot be
/// written is refused, and then nothing may be shown.
/// </summary>
public sealed partial class AuditTrail : IAsyncDisposable
{
    /// <summary>Bytes of one group; what waits beyond them makes the next.</summary>
    private const int MostGroupBytes = 4 * 1024 * 1024;

    private const int Many = 8;
    private const int Enough = 64;

    /// <summary>Texts and actors that one part names.</summary>
    private const int MostNames = 200_000;

    /// <summary>Parts looked at when a new one says what it comes after.</summary>
    private const int MostLookedAt = 500;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(1);
    private static readonly AuditActor Platform = new("platform");

    private readonly AuditOptions options;
    private readonly Marker marker;
    private readonly DocumentSigner signer;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly object gate = new();
    private readonly Thread thread;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<Waiting> queue = [];
    private List<Waiting> spare = [];
    private bool isClosing;
    private int lastGroup;
    private SegmentWriter? writer;
    private long anchored = -1;
    private DateTimeOffset anchoredAt;

    private AuditTrail(AuditOptions options, KeyRing ring, TimeProvider time, ILogger log)
    {
        this.options = options;
        this.time = time;
        this.log = log;
        marker = new Marker(ring);
        signer = new DocumentSigner(ring, time);
        anchoredAt = time.GetUtcNow();
        Index = new TrailIndex(options);
        thread = new Thread(Run) { IsBackground = true, Name = "audit" };
    }

    private readonly record struct Waiting(IReadOnlyList<AuditEntry> Entries, TaskCompletionSource<Problem?> Done);

    /// <summary>What was written, by whomever, to be searched.</summary>
    public TrailIndex Index { get; }

    public AuditOptions Options => options;

    /// <summary>Begins a part of this process.</summary>
    public static Outcome<AuditTrail> Open(AuditOptions options, KeyRing ring, TimeProvider time, ILogger log)
    {
        var trail = new AuditTrail(options, ring, time, log);
        try
        {
            trail.Begin(time.GetUtcNow());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            trail.Index.Dispose();
            return Problems.CannotWrite(fault.Message);
        }

        trail.thread.Start();
        return trail;
    }

    /// <summary>Null once it is durable; else why it is not, and then what it is about must not happen.</summary>
    public ValueTask<Problem?> AppendAsync(AuditEntry entry) => AppendAsync([entry]);

    /// <summary>The same for several, as one.</summary>
    public ValueTask<Problem?> AppendAsync(IReadOnlyList<AuditEntry> entries)
    {
        if (entries.Count == 0)
        {
            return ValueTask.FromResult<Problem?>(null);
        }

        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Records.Count > EntryForm.MostRecords)
            {
                entries = [.. entries.SelectMany(Parted)];
                break;
            }
        }

        var waiting = new Waiting(entries, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            if (isClosing)
            {
                return ValueTask.FromResult<Problem?>(Problems.Closed());
            }

            queue.Add(waiting);
            if (queue.Count == 1)
            {
                Monitor.Pulse(gate);
            }
        }

        return new ValueTask<Problem?>(waiting.Done.Task);
    }

    /// <summary>Writes what waits, signs the end, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            isClosing = true;
            Monitor.Pulse(gate);
        }

        await ended.Task;
        Index.Dispose();
    }

    /// <summary>An entry of many records as several of fewer, each with the patients of its own.</summary>
    private static IEnumerable<AuditEntry> Parted(AuditEntry entry)
    {
        foreach (var records in entry.Records.Chunk(EntryForm.MostRecords))
        {
            var patients = new Dictionary<int, int>();
            for (var i = 0; i < records.Length; i++)
            {
                if (records[i].Patient >= 0)
                {
                    patients.TryAdd(records[i].Patient, patients.Count);
                    records[i] = records[i] with { Patient = patients[records[i].Patient] };
                }
            }

            yield return entry with { Records = records, Patients = [.. patients.OrderBy(p => p.Value).Select(p => entry.Patients[p.Key])] };
        }
    }

    private void Run()
    {
        Write([new([new AuditEntry(AuditAction.Start, Platform)], new())]);
        while (true)
        {
            List<Waiting> batch;
            lock (gate)
            {
                while (queue.Count == 0 && !isClosing && !IsAnchorDue())
                {
                    Monitor.Wait(gate, Idle);
                }

                if (queue.Count == 0 && isClosing)
                {
                    break;
                }

                // Where many come at once, one wait for the disk is for more of them; who comes alone does not wait for others.
                if (lastGroup >= Many && queue.Count < Enough && !isClosing)
                {
                    Monitor.Wait(gate, Linger);
                }

                lastGroup = queue.Count;
                (batch, queue) = (queue, spare);
            }

            Write(batch);
            batch.Clear();
            spare = batch;
            if (IsAnchorDue())
            {
                TryAnchor(isEnd: false);
            }
        }

        Write([new([new AuditEntry(AuditAction.Stop, Platform)], new())]);
        TryAnchor(isEnd: true);
        writer?.Dispose();
        ended.SetResult();
    }

    private void Write(List<Waiting> batch)
    {
        var done = 0;
        try
        {
            while (done < batch.Count)
            {
                var first = done;
                var now = time.GetUtcNow();
                var segment = Segment(now);
                for (; done < batch.Count && segment.GroupBytes < MostGroupBytes; done++)
                {
                    foreach (var entry in batch[done].Entries)
                    {
                        segment.Add(entry, now);
                    }
                }

                try
                {
                    segment.Commit();
                }
                catch
                {
                    done = first;
                    throw;
                }

                for (var i = first; i < done; i++)
                {
                    batch[i].Done.SetResult(null);
                }
            }
        }
#pragma warning disable CA1031 // The edge of the thread: whoever waits is told, and a new part is begun.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogCannotWrite(fault);
            writer?.Dispose();
            writer = null;

            for (var i = done; i < batch.Count; i++)
            {
                batch[i].Done.TrySetResult(Problems.CannotWrite(fault.Message));
            }
        }
    }

    /// <summary>The part to write to: the next where the month, the disk or the names ask for it.</summary>
    private SegmentWriter Segment(DateTimeOffset now)
    {
        if (writer is { } open)
        {
            if (open.Bytes < options.MostSegmentBytes && open.Names < MostNames && SegmentName.MonthOf(now) == SegmentName.MonthOf(open.Head.Opened))
            {
                return open;
            }

            TryAnchor(isEnd: true);
            open.Dispose();
            writer = null;
        }

        return Begin(now);
    }

    private SegmentWriter Begin(DateTimeOffset now)
    {
        var opened = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var head = new SegmentHead(SegmentName.New(opened), opened, $"{Environment.MachineName} {Environment.ProcessId}", Leaves());
        writer = SegmentWriter.Create(options.Root, head, marker);
        Index.Own(head.Segment);

        // So that a part that disappears is missed, however young it was.
        TryAnchor(isEnd: false);
        return writer;
    }

    /// <summary>Parts that no other names: with them every part but the newest ones is vouched for by a later one.</summary>
    private List<SegmentLink> Leaves()
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        var leaves = new List<SegmentLink>();
        foreach (var segment in SegmentName.All(options.Root).TakeLast(MostLookedAt).Reverse())
        {
            using var file = File.OpenHandle(SegmentName.FileOf(options.Root, segment), share: FileShare.ReadWrite | FileShare.Delete);
            if (SegmentHead.Read(file, segment) is { } read)
            {
                named.UnionWith(read.Head.After.Select(a => a.Segment));
            }

            if (!named.Contains(segment) && Reached.Read(SegmentName.FileOf(options.Root, segment, SegmentName.HeadExtension), marker) is { } reached)
            {
                leaves.Add(new(segment, reached.Entries, Convert.ToHexStringLower(reached.Value)));
            }
        }

        return leaves;
    }

    private bool IsAnchorDue() => writer is { } open && open.Entries > anchored && time.GetUtcNow() - anchoredAt >= options.AnchorEvery;

    private void TryAnchor(bool isEnd)
    {
        if (writer is not { } open)
        {
            return;
        }

        anchoredAt = time.GetUtcNow();
        var reached = open.Reached;
        try
        {
            if (Anchor.Sign(open.Head.Segment, reached, isEnd, isRetired: false, signer).Try(out var anchor, out var problem))
            {
                anchor.Append(options.Anchors);
                anchored = reached.Entries;
            }
            else
            {
                LogNoAnchor(problem.Message);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            LogNoAnchor(fault.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The audit trail cannot be written; requests are refused until it can")]
    private partial void LogCannotWrite(Exception fault);

    [LoggerMessage(2, LogLevel.Error, "No audit anchor was written, it is tried again: {Why}")]
    private partial void LogNoAnchor(string why);
}
