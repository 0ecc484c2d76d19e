using System.Collections.Concurrent;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Codes;
using Kangqiao.Ingest.Intake;
using Kangqiao.Ingest.Journals;
using Kangqiao.Ingest.Mapping;
using Kangqiao.Ingest.Quarantine;
using Kangqiao.Ingest.Receipts;
using Kangqiao.Ingest.Reconciling;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Registry.Institutions;
using Kangqiao.Registry.Senders;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Terminology;
using Microsoft.Extensions.Logging;

namespace Kangqiao.Ingest;

/// <summary>What somebody brings.</summary>
/// <param name="Sender">Who: already known and asked for.</param>
/// <param name="Format">Name of a format.</param>
public sealed record Delivery(Sender Sender, string Format, Stream Body)
{
    /// <summary>A file's name, for the receipt.</summary>
    public string? Name { get; init; }

    /// <summary>Content-Encoding. A body that is gzip without saying so is unpacked too.</summary>
    public string? Encoding { get; init; }

    /// <summary>Deliveries of one run count residents together.</summary>
    public string? Run { get; init; }

    /// <summary>Wait rather than be told to come back.</summary>
    public bool IsPatient { get; init; }

    /// <summary>Address of the system it came from.</summary>
    public string? From { get; init; }

    internal string? Mends { get; init; }
}

/// <summary>The number is given: what was brought is on the disk and will be worked on whatever happens.</summary>
/// <param name="Number">Of the receipt.</param>
/// <param name="Done">Ends when nothing is left to do.</param>
public sealed record Ticket(string Number, Task Done)
{
    internal Submission? Submission { get; init; }

    /// <summary>What came of it, when nothing is left to do.</summary>
    public async Task<Receipts.Counts> CountsAsync() => (await Submission!.Done).Counts;

    /// <summary>The first unit as it was sent, where it is small; else empty.</summary>
    public ReadOnlyMemory<byte> Sent => Submission?.Received.Inline ?? ReadOnlyMemory<byte>.Empty;

    /// <summary>Whether the first unit was taken (null while it is not known) and what was found in it.</summary>
    public (bool? IsTaken, IReadOnlyList<Finding> Findings) First => Submission?.Answers is [var first, ..] ? (first.IsTaken, first.Findings) : (null, []);

    /// <summary>What became of each unit so far, for formats that answer so.</summary>
    internal IReadOnlyList<UnitAnswer> Answers => Submission?.Answers ?? [];
}

/// <summary>One door for every institution: takes in whatever their systems speak, keeps it, and answers with a receipt.</summary>
public sealed partial class Door : IAsyncDisposable
{
    private const int MostRuns = 64;

    private readonly DoorOptions options;
    private readonly SenderRegistry senders;
    private readonly Journal journal;
    private readonly Intake.Intake intake;
    private readonly Target records;
    private readonly Target apart;
    private readonly Identifiers ids;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly Dictionary<string, IFormat> formats;
    private readonly ConcurrentDictionary<string, Submission> active = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ResidentCount> runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> arriving = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim receiving;
    private readonly ITimer retention;

    private Door(DoorOptions options, DoorRooms rooms, Journal journal, TimeProvider time, ILogger log)
    {
        this.options = options;
        this.journal = journal;
        this.time = time;
        this.log = log;
        Ledger = rooms.Ledger;
        senders = rooms.Senders;
        formats = rooms.Formats.ToDictionary(f => f.Name, StringComparer.Ordinal);
        records = new Target(rooms.Records, rooms.Shop);
        var shop = rooms.Shop;
        apart = new Target(
            rooms.Ledger.Store, new Workshop(new Store.Terms.TermBook(rooms.Ledger.Store), shop.Validator, shop.Sensitivity, shop.Rules, shop.Domains));
        ids = new Identifiers(time);
        Reconciliation = new Reconciliation(
            rooms.Ledger, rooms.Senders, s => s.State == SenderState.Testing ? (apart.Store, apart.Shop) : (records.Store, records.Shop), time);
        receiving = new SemaphoreSlim(options.MostReceiving);
        Desk = new CodeDesk(rooms.Ledger, rooms.Records, rooms.Shop, rooms.Terminology, time, log);
        intake = new Intake.Intake(journal, new BatchWriter(rooms.Ledger, Desk.Codes, rooms.ResidentOf ?? (_ => null), time), time, log);
        retention = time.CreateTimer(_ => _ = ForgetAsync(), null, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
    }

    public IReadOnlyCollection<string> Formats => formats.Keys;

    public SenderRegistry Senders => senders;

    /// <summary>Bytes of unfinished work are none when this is 0.</summary>
    public int Waiting => intake.Waiting;

    internal LedgerStore Ledger { get; }

    internal CodeDesk Desk { get; }

    internal Reconciliation Reconciliation { get; }

    internal TimeProvider Time => time;

    /// <summary>Opens the door and goes on with what was received before and not finished.</summary>
    public static async ValueTask<Outcome<Door>> OpenAsync(DoorOptions options, DoorRooms rooms, TimeProvider time, ILogger log, CancellationToken cancel = default)
    {
        if (!Journal.Open(new JournalOptions(Path.Combine(options.DataFolder, "raw")), time).Try(out var journal, out var problem))
        {
            return problem;
        }

        var door = new Door(options, rooms, journal, time, log);
        if ((await door.Desk.Maps.ReadAsync(isForced: true, cancel)).Problem is { } unread)
        {
            await door.DisposeAsync();
            return unread;
        }

        foreach (var received in journal.Unfinished)
        {
            if ((await door.ResumeAsync(received, cancel)).Problem is { } refused)
            {
                await door.DisposeAsync();
                return refused;
            }
        }

        return door;
    }

    /// <summary>The format of that name, or null.</summary>
    public IFormat? FormatOf(string name) => formats.GetValueOrDefault(name);

    /// <summary>Takes a delivery. When it answers with a ticket, the raw bytes are durable.</summary>
    public async ValueTask<Outcome<Ticket>> ReceiveAsync(Delivery delivery, CancellationToken cancel = default)
    {
        if (!formats.TryGetValue(delivery.Format, out var format))
        {
            return Problems.NoSuchFormat(delivery.Format);
        }

        // What is still being received will wait too.
        var coming = arriving.AddOrUpdate(delivery.Sender.Code, 1, (_, count) => count + 1);
        try
        {
            return !delivery.IsPatient && (intake.WaitingOf(delivery.Sender.Code) + coming > options.MostWaitingOfSender || intake.Waiting >= options.MostWaiting)
                ? Problems.Busy(delivery.Sender.Code)
                : await ReceiveAsync(delivery, format, cancel);
        }
        finally
        {
            arriving.AddOrUpdate(delivery.Sender.Code, 0, (_, count) => count - 1);
        }
    }

    /// <summary>
    /// Takes a message that came over a connection of its own. When it answers with a ticket, the message is durable. A sender that is
    /// far ahead waits here, and its connection with it.
    /// </summary>
    internal async ValueTask<Outcome<Ticket>> KeepAsync(Sender sender, IFormat format, ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        while (intake.WaitingOf(sender.Code) >= options.MostWaitingOfConnections)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancel);
        }

        var head = new ReceivedHead(ids.Next(), sender.Code, format.Name, time.GetUtcNow());
        return !(await journal.AppendAsync(head, message, cancel)).Try(out var received, out var problem) ? problem
            : await NoteAsync(head, null) is { } unwritten ? unwritten
            : Start(received, sender, format, null);
    }

    /// <summary>Works once more on what a receipt is for, under the mappings and rules of today.</summary>
    internal ValueTask<Outcome<Ticket>> ReplayAsync(Receipt receipt, CancellationToken cancel) => ReplayAsync(
        receipt.Sender, receipt.Format, receipt.Name,
        new ReplayOf(
            Guid.Parse(receipt.Replays ?? receipt.Number), receipt.Segment, receipt.Offset, receipt.Bytes, receipt.Hash, receipt.ReceivedAt, receipt.FinishedAt ?? receipt.ReceivedAt),
        cancel);

    /// <summary>Works once more on all that a part of the journal holds, in the order in which it came.</summary>
    /// <returns>The receipts, in that order.</returns>
    internal async ValueTask<Outcome<IReadOnlyList<Ticket>>> ReplayAsync(JournalRange range, CancellationToken cancel)
    {
        var tickets = new List<Ticket>();

        // All are listed before the first is done again, because doing so writes to the journal.
        foreach (var received in journal.In(range).ToArray())
        {
            var number = received.Head.Number.ToString("D");
            if (!(await Ledger.ReadAsync(Receipt.KeyOf(number), cancel)).Try(out var kept, out var problem))
            {
                return problem;
            }

            if (kept is null && active.ContainsKey(number))
            {
                // It is being worked on under today's rules as it is.
                continue;
            }

            var of = new ReplayOf(
                received.Head.Number, received.Place.Segment, received.Place.Offset, received.Bytes, received.Hash, received.Head.ReceivedAt,
                kept?.As<Receipt>().FinishedAt ?? received.Head.ReceivedAt);
            var again = await ReplayAsync(received.Head.Sender, received.Head.Format, received.Head.Name, of, cancel);
            if (again.Problem is { Kind: not ProblemKind.NotFound } refused)
            {
                return refused;
            }

            if (again.IsSuccess)
            {
                tickets.Add(again.Value);
            }
        }

        return tickets;
    }

    private async ValueTask<Outcome<Ticket>> ReplayAsync(string code, string name, string? file, ReplayOf of, CancellationToken cancel)
    {
        if (!(await senders.FindAsync(code, cancel)).Try(out var sender, out var problem))
        {
            return problem;
        }

        if (sender is null || FormatOf(name) is not { } format)
        {
            return sender is null ? Registry.Problems.NoSuchSender(code) : Problems.NoSuchFormat(name);
        }

        if (journal.OpenBody(of.Number, new JournalPlace(of.Segment, of.Offset)) is not { } body)
        {
            return Problems.RawGone();
        }

        await body.DisposeAsync();
        while (intake.WaitingOf(code) >= options.MostWaitingOfConnections)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancel);
        }

        var head = new ReceivedHead(ids.Next(), code, name, time.GetUtcNow()) { Name = file, Of = of };
        return (await journal.AppendAsync(head, ReadOnlyMemory<byte>.Empty, cancel)).Then<Ticket>(received => Start(received, sender, format, null));
    }

    /// <summary>Forgets what is older than is to be kept.</summary>
    /// <returns>Files of the journal, receipts, entries of quarantine that are gone.</returns>
    internal async ValueTask<Outcome<Forgotten>> ForgetAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var files = options.KeepRawDays is { } days ? journal.Forget(now - TimeSpan.FromDays(days)) : 0;
        return (await new Retention(Ledger).ForgetAsync(options, now, cancel)).Then<Forgotten>(gone => gone with { Files = files });
    }

    /// <summary>Loads a file of a registry: institutions, departments, practitioners, regions.</summary>
    public ValueTask<Outcome<RegistryReport>> LoadRegistryAsync(string name, byte[] bytes, string who, CancellationToken cancel = default) =>
        new RegistryFolder(records.Store, records.Shop, senders).LoadAsync(name, bytes, who, cancel);

    /// <summary>Distinct residents that the deliveries of a run had so far.</summary>
    public int ResidentsOf(string run) => runs.TryGetValue(run, out var count) ? count.Count : 0;

    public async ValueTask DisposeAsync()
    {
        await retention.DisposeAsync();
        await intake.DisposeAsync();
        await Desk.DisposeAsync();
        await journal.DisposeAsync();
        receiving.Dispose();
    }

    /// <summary>As it stands now; null when there is none.</summary>
    internal async ValueTask<Outcome<Receipt?>> ReceiptAsync(string number, CancellationToken cancel) =>
        active.TryGetValue(number, out var submission)
            ? submission.Done.IsCompletedSuccessfully ? await submission.Done : submission.ReceiptAt(time.GetUtcNow(), isDone: false)
        : !IsNumber(number) ? (Receipt?)null
        : (await Ledger.ReadAsync(Receipt.KeyOf(number), cancel)).Then<Receipt?>(d => d?.As<Receipt>());

    internal async ValueTask<Outcome<ReceiptPage?>> PageAsync(Receipt receipt, int page, CancellationToken cancel) =>
        page == receipt.Pages ? receipt.Last
        : page > receipt.Pages || page < 0 ? (ReceiptPage?)null
        : (await Ledger.ReadAsync(Receipt.PageOf(receipt.Number, page), cancel)).Then<ReceiptPage?>(d => d?.As<ReceiptPage>());

    /// <summary>What an entry of quarantine holds, as it was sent.</summary>
    internal async ValueTask<Outcome<byte[]>> RawAsync(QuarantineEntry entry, CancellationToken cancel)
    {
        if (entry.Raw() is { } kept)
        {
            return kept;
        }

        if (!Guid.TryParse(entry.Body ?? entry.Receipt, out var number) || FormatOf(entry.Format) is not { } format
            || journal.OpenBody(number, new JournalPlace(entry.Segment, entry.Offset)) is not { } body)
        {
            return Problems.RawGone();
        }

        await using (body)
        {
            await foreach (var unit in format.SplitAsync(body, cancel))
            {
                if (unit.Index == entry.Index)
                {
                    return (byte[])[.. unit.Preamble.Span, .. unit.Bytes.Span];
                }
            }
        }

        return Problems.RawGone();
    }

    /// <summary>The body of a submission, as it was sent; null where it is no longer kept.</summary>
    internal Stream? OpenRaw(Receipt receipt) =>
        Guid.TryParse(receipt.Replays ?? receipt.Number, out var number) ? journal.OpenBody(number, new JournalPlace(receipt.Segment, receipt.Offset)) : null;

    private static bool IsNumber(string text) => Guid.TryParseExact(text, "D", out _);

    private async ValueTask<Outcome<Ticket>> ReceiveAsync(Delivery delivery, IFormat format, CancellationToken cancel)
    {
        while (delivery.IsPatient && intake.WaitingOf(delivery.Sender.Code) >= Math.Max(1, options.MostWaitingOfSender / 10))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancel);
        }

        if (!await receiving.WaitAsync(delivery.IsPatient ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancel))
        {
            return Problems.Busy(delivery.Sender.Code);
        }

        try
        {
            await using var body = await Unpacking.OpenAsync(delivery.Body, delivery.Encoding, cancel);
            if (body is null)
            {
                return Problems.UnsupportedEncoding();
            }

            var head = new ReceivedHead(ids.Next(), delivery.Sender.Code, delivery.Format, time.GetUtcNow()) { Name = delivery.Name, Mends = delivery.Mends };
            if (!(await journal.AppendAsync(head, body, cancel)).Try(out var received, out var problem))
            {
                return problem;
            }

            return await NoteAsync(head, delivery.From) is { } unwritten ? unwritten : Start(received, delivery.Sender, format, delivery.Run);
        }
        catch (Exception fault) when (Unpacking.Refusal(fault) is not null)
        {
            return Unpacking.Refusal(fault)!;
        }
        finally
        {
            receiving.Release();
        }
    }

    private ValueTask<Problem?> NoteAsync(ReceivedHead head, string? from) =>
        options.Submitted is { } submitted ? submitted(new(head.Sender, head.Format, head.Number, from)) : ValueTask.FromResult<Problem?>(null);

    private Ticket Start(Received received, Sender sender, IFormat format, string? run)
    {
        var target = sender.State == SenderState.Testing ? apart : records;
        if (received.Inline is not null && intake.WaitingOf(sender.Code) >= options.MostHeld)
        {
            received = received with { Inline = null };
        }

        var names = new SenderNames(sender.Code)
        {
            Keys = [.. sender.Keys.Select(k => new BusinessKey(k.Type, k.System, k.Kind))],
            Known = (type, system, value) => target.Find(sender.Code, type, system, value),
        };
        var submission = new Submission(received, sender, format, names, target, Desk.Maps) { Run = run is null ? null : RunOf(run) };
        active[submission.Number] = submission;
        _ = submission.Done.ContinueWith(
            _ => active.TryRemove(submission.Number, out Submission? _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        intake.Add(submission);
        return new Ticket(submission.Number, submission.Done) { Submission = submission };
    }

    private async ValueTask<Outcome<Ticket?>> ResumeAsync(Received received, CancellationToken cancel)
    {
        if (!(await senders.FindAsync(received.Head.Sender, cancel)).Try(out var sender, out var problem))
        {
            return problem;
        }

        if (sender is null || !formats.TryGetValue(received.Head.Format, out var format))
        {
            // Kept, and looked at again when the sender or the format is back.
            LogLeft(received.Head.Number, received.Head.Format);
            return (Ticket?)null;
        }

        return Start(received, sender, format, null);
    }

    private ResidentCount RunOf(string run)
    {
        if (runs.Count >= MostRuns && !runs.ContainsKey(run))
        {
            runs.Clear();
        }

        return runs.GetOrAdd(run, _ => new ResidentCount());
    }

    private async Task ForgetAsync()
    {
        try
        {
            if ((await ForgetAsync(time.GetUtcNow(), CancellationToken.None)).Problem is { } problem)
            {
                LogNotForgotten(problem.Code);
            }
        }
        catch (IOException fault)
        {
            LogRetention(fault);
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "Submission {Number} waits: its sender or its format {Format} is not there")]
    private partial void LogLeft(Guid number, string format);

    [LoggerMessage(5, LogLevel.Error, "Receipts whose time is over could not be deleted ({Code}); it is tried again")]
    private partial void LogNotForgotten(string code);

    [LoggerMessage(3, LogLevel.Error, "Raw messages whose time is over could not be deleted; it is tried again")]
    private partial void LogRetention(Exception fault);
}

/// <summary>What the door works with.</summary>
/// <param name="Records">The city's records.</param>
/// <param name="Shop">Makes them.</param>
public sealed record DoorRooms(IRecordStore Records, Workshop Shop, LedgerStore Ledger, SenderRegistry Senders, TerminologyService Terminology, IReadOnlyList<IFormat> Formats)
{
    /// <summary>The resident of a source patient; null for a platform that links nobody.</summary>
    public Func<string, string?>? ResidentOf { get; init; }
}
