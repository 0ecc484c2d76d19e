using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Codes;
using Kangqiao.Ingest.Journals;
using Kangqiao.Ingest.Mapping;
using Kangqiao.Ingest.Receipts;
using Kangqiao.Registry.Senders;

namespace Kangqiao.Ingest.Intake;

/// <summary>One submission on its way: what was received, how far it is, what came of it so far.</summary>
internal sealed class Submission(Received received, Sender sender, IFormat format, SenderNames names, Target target, CodeMaps maps)
{
    /// <summary>Findings of a unit that an answer lists at most, and units that it answers to.</summary>
    private const int MostFindings = 50;
    private const int MostAnswers = 1_000;
    private const int MostHead = 1_024;

    private readonly TaskCompletionSource<Receipt> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<long> residents = [];
    private readonly Lock gate = new();
    private readonly List<UnitAnswer> answers = [];
    private ReceiptPage page = new();
    private int pages;
    private Counts counts;
    private long bytesDone;
    private long corrected;

    public Received Received { get; } = received;

    public string Number { get; } = received.Head.Number.ToString("D");

    public Sender Sender { get; } = sender;

    public Feed Feed { get; } = sender.FeedOf(format.Name);

    public IFormat Format { get; } = format;

    public SenderNames Names { get; } = names;

    public Target Target { get; } = target;

    public CodeMaps Maps { get; } = maps;

    /// <summary>Distinct residents of several submissions that belong together, or null.</summary>
    public ResidentCount? Run { get; init; }

    /// <summary>When work on it began.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>Its units, while they are being taken.</summary>
    public IAsyncEnumerator<RawUnit>? Units { get; set; }

    public Stream? Body { get; set; }

    /// <summary>What became of each unit, for formats whose senders wait for such an answer.</summary>
    public IReadOnlyList<UnitAnswer> Answers
    {
        get
        {
            lock (gate)
            {
                return [.. answers];
            }
        }
    }

    /// <summary>Numbers in quarantine of what was refused.</summary>
    public List<string> Quarantined { get; } = [];

    public Task<Receipt> Done => done.Task;

    public void Complete(Receipt receipt) => done.TrySetResult(receipt);

    public void Fail(Exception why) => done.TrySetException(why);

    /// <summary>Notes what became of a unit.</summary>
    /// <returns>A page that is full now and can be kept, with its position.</returns>
    public (int Page, ReceiptPage Lines)? Note(ReceiptLine line, IEnumerable<Finding> findings, long patient, int weight = 1)
    {
        lock (gate)
        {
            counts.Add(line.O, weight);
            if (patient != 0)
            {
                residents.Add(patient);
                Run?.Add(patient);
            }

            page.Add(line, findings);
            if (page.Lines.Count < Receipt.PageLines)
            {
                return null;
            }

            var full = (pages++, page);
            page = new ReceiptPage();
            return full;
        }
    }

    /// <summary>Notes what a unit is answered with.</summary>
    public void Answer(RawUnit unit, bool isTaken, IEnumerable<Finding> findings)
    {
        // A unit with a preamble is the framing of a batch, to which nobody waits for an answer.
        if (Format is not IAcknowledges || unit.Preamble.Length > 0)
        {
            return;
        }

        lock (gate)
        {
            if (answers.Count < MostAnswers)
            {
                answers.Add(new UnitAnswer(unit.Bytes[..Math.Min(unit.Bytes.Length, MostHead)].ToArray(), isTaken, [.. findings.Take(MostFindings)]));
            }
        }
    }

    /// <summary>So many records more have another version now, or are withdrawn.</summary>
    public void CountCorrections(int records) => Interlocked.Add(ref corrected, records);

    /// <summary>So many bytes more have been worked on.</summary>
    public void CountBytes(long bytes) => Interlocked.Add(ref bytesDone, bytes);

    public void CountResident(long patient)
    {
        if (patient == 0)
        {
            return;
        }

        lock (gate)
        {
            residents.Add(patient);
            Run?.Add(patient);
        }
    }

    /// <summary>The receipt as it stands.</summary>
    public Receipt ReceiptAt(DateTimeOffset now, bool isDone)
    {
        lock (gate)
        {
            var head = Received.Head;
            return new Receipt(Number, head.Sender, head.Format, head.ReceivedAt, head.Of?.Bytes ?? Received.Bytes, head.Of?.Hash ?? Received.Hash)
            {
                Name = head.Name,
                Mends = head.Mends,
                IsDone = isDone,
                FinishedAt = isDone ? now : null,
                Counts = counts,
                Residents = residents.Count,
                Corrected = corrected,
                Seconds = Math.Round((now - head.ReceivedAt).TotalSeconds, 3),
                Segment = head.Of?.Segment ?? Received.Place.Segment,
                Offset = head.Of?.Offset ?? Received.Place.Offset,
                Replays = head.Of?.Number.ToString("D"),
                BytesDone = isDone ? null : bytesDone,
                Pages = pages,
                Last = isDone ? page : new ReceiptPage { Lines = [.. page.Lines], Texts = new(page.Texts, StringComparer.Ordinal) },
            };
        }
    }
}

/// <summary>Distinct residents over several submissions.</summary>
internal sealed class ResidentCount
{
    private readonly HashSet<long> seen = [];
    private readonly Lock gate = new();

    public int Count
    {
        get
        {
            lock (gate)
            {
                return seen.Count;
            }
        }
    }

    public void Add(long patient)
    {
        lock (gate)
        {
            seen.Add(patient);
        }
    }
}
