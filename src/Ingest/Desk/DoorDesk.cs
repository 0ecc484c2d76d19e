using System.Runtime.CompilerServices;
using Kangqiao.Ingest.Http;
using Kangqiao.Ingest.Quarantine;
using Kangqiao.Ingest.Receipts;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Registry.Senders;

namespace Kangqiao.Ingest.Desk;

/// <summary>
/// What senders and stewards do at the door, for callers in this process: see receipts and quarantine, mend, send again, take back.
/// A sender sees its own and nothing else; what belongs to another is, for it, not there.
/// </summary>
public sealed class DoorDesk(Door door)
{
    private const int MostMended = 64 * 1024 * 1024;

    /// <summary>Bytes of a unit that are shown; what is longer is to be had whole, not looked at.</summary>
    private const int MostShown = 512 * 1024;

    /// <summary>What arrived with the latest submissions, by sender: counts only, so that it is no matter of roles. The busiest first.</summary>
    /// <param name="receipts">So many submissions are looked at; 1 to 1,000.</param>
    public async ValueTask<Outcome<IReadOnlyList<Arrivals>>> ArrivalsAsync(int receipts, CancellationToken cancel) =>
        (await door.Ledger.FindAsync(Receipt.Kind, [], receipts, null, cancel)).Then<IReadOnlyList<Arrivals>>(found => found.Documents
            .Select(d => d.As<Receipt>())
            .GroupBy(r => r.Sender, StringComparer.Ordinal)
            .Select(g => new Arrivals(g.Key, g.Aggregate(default(Counts), (sum, r) => sum + r.Counts), g.Count(), g.Max(r => r.ReceivedAt)))
            .OrderByDescending(a => a.Counts.Received)
            .ToArray());

    /// <summary>Newest first.</summary>
    /// <param name="ask">Its sender counts only for those who see all.</param>
    public async ValueTask<Outcome<DeskList<ReceiptHead>>> ReceiptsAsync(DoorCaller who, ReceiptsAsk ask, CancellationToken cancel)
    {
        if (!Whose(who, ask.Sender).Try(out var sender, out var problem))
        {
            return problem;
        }

        var labels = Labels(sender);
        if (ask.OnlyQuarantined)
        {
            labels.Add(new('q', "some"));
        }

        return (await door.Ledger.FindAsync(Receipt.Kind, labels, ask.Limit, ask.After, cancel))
            .Then<DeskList<ReceiptHead>>(found => new DeskList<ReceiptHead>([.. found.Documents.Select(d => ReceiptHead.Of(d.As<Receipt>()))], found.Next));
    }

    /// <summary>The newest receipts now, and again whenever there is news of them; null where only a sign of life is due.</summary>
    /// <param name="pace">Not more often than this.</param>
    /// <param name="life">A sign of life at least so often.</param>
    public async IAsyncEnumerable<DeskList<ReceiptHead>?> FollowReceiptsAsync(
        DoorCaller who, ReceiptsAsk ask, TimeSpan pace, TimeSpan life, [EnumeratorCancellation] CancellationToken cancel)
    {
        IReadOnlyList<ReceiptHead>? told = null;
        while ((await door.Ledger.Store.Changes.EndAsync(cancel)).Try(out var end, out _) && (await ReceiptsAsync(who, ask, cancel)).Try(out var list, out _))
        {
            if (told is null || !told.SequenceEqual(list.Items))
            {
                told = list.Items;
                yield return list;
            }
            else
            {
                yield return null;
            }

            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var news = door.Ledger.Store.Changes.WaitAsync(end, patience.Token);
            await Task.WhenAny(news, Task.Delay(life, door.Time, cancel));
            await patience.CancelAsync();
            await Task.Delay(pace, door.Time, cancel);
        }
    }

    /// <summary>A receipt with one page of its lines, as far as it has come.</summary>
    /// <param name="page">From 0; each has <see cref="ReceiptSheet.PageLines"/> lines.</param>
    public async ValueTask<Outcome<ReceiptSheet>> ReceiptAsync(DoorCaller who, string number, int page, CancellationToken cancel)
    {
        const int Parts = Receipt.PageLines / ReceiptSheet.PageLines;
        if (!(await door.ReceiptAsync(number, cancel)).Try(out var receipt, out var problem))
        {
            return problem;
        }

        if (receipt is null || !who.MaySee(receipt.Sender) || page < 0)
        {
            return Problems.NoSuchReceipt();
        }

        if (!(await door.PageAsync(receipt, page / Parts, cancel)).Try(out var kept, out problem))
        {
            return problem;
        }

        kept ??= new ReceiptPage();
        var lines = kept.Lines.Skip(page % Parts * ReceiptSheet.PageLines).Take(ReceiptSheet.PageLines);
        var hasMore = kept.Lines.Count > ((page % Parts) + 1) * ReceiptSheet.PageLines || (page % Parts == Parts - 1 && page / Parts < receipt.Pages);
        return new ReceiptSheet(ReceiptHead.Of(receipt), [.. lines.Select(l => SheetLine.Of(l, kept.Texts))], page, hasMore);
    }

    /// <summary>Newest first.</summary>
    public async ValueTask<Outcome<DeskList<QuarantineHead>>> QuarantineAsync(DoorCaller who, QuarantineAsk ask, CancellationToken cancel)
    {
        if (!Whose(who, ask.Sender).Try(out var sender, out var problem))
        {
            return problem;
        }

        var labels = Labels(sender);
        labels.Add(new('w', ask.State.ToString().ToLowerInvariant()));
        if (ask.Code is { Length: > 0 } code)
        {
            labels.Add(new('c', code));
        }

        var found = await door.Ledger.FindAsync(QuarantineEntry.Kind, labels, ask.Limit, ask.After, cancel);
        var count = await door.Ledger.CountAsync(QuarantineEntry.Kind, labels, cancel);
        return found.Try(out var list, out problem) && count.Try(out var total, out problem)
            ? new DeskList<QuarantineHead>([.. list.Documents.Select(d => QuarantineHead.Of(d.As<QuarantineEntry>()))], list.Next) { Total = total }
            : problem;
    }

    /// <summary>How many wait.</summary>
    public async ValueTask<Outcome<long>> WaitingAsync(DoorCaller who, string? of, CancellationToken cancel) =>
        Whose(who, of).Try(out var sender, out var problem)
            ? await door.Ledger.CountAsync(QuarantineEntry.Kind, [.. Labels(sender), new LedgerLabel('w', nameof(QuarantineState.Waiting).ToLowerInvariant())], cancel)
            : problem;

    /// <summary>What was refused, with the text as it was sent.</summary>
    public async ValueTask<Outcome<QuarantineSheet>> EntryAsync(DoorCaller who, string number, CancellationToken cancel)
    {
        if (!(await FindAsync(who, number, cancel)).Try(out var entry, out var problem))
        {
            return problem;
        }

        // Raw messages are kept for a time; an entry without its text is still worth seeing.
        return (await door.RawAsync(entry, cancel)).Try(out var raw, out _)
            ? new QuarantineSheet(QuarantineHead.Of(entry), raw.Length <= MostShown ? SentText.Of(entry.Format, raw) : null, raw)
            : new QuarantineSheet(QuarantineHead.Of(entry), null, null);
    }

    /// <summary>Sends an entry again, mended.</summary>
    /// <param name="text">In the characters it is shown in; null sends it as it was.</param>
    public async ValueTask<Outcome<Ticket>> ResubmitAsync(DoorCaller who, string number, string? text, CancellationToken cancel)
    {
        if (!(await FindAsync(who, number, cancel)).Try(out var entry, out var problem) || !(await door.RawAsync(entry, cancel)).Try(out var raw, out problem))
        {
            return problem;
        }

        if (entry.State is QuarantineState.Resolved or QuarantineState.Withdrawn)
        {
            return Problems.EntryClosed();
        }

        var body = text is null ? raw : SentText.Again(entry.Format, raw, text);
        if (body.Length > MostMended)
        {
            return Problems.BadRequest($"A mended entry has at most {MostMended} bytes.");
        }

        if (!(await door.Senders.FindAsync(entry.Sender, cancel)).Try(out var sender, out problem))
        {
            return problem;
        }

        return sender is null || SenderRegistry.Refusal(sender, null) is not null
            ? Registry.Problems.MayNotSend(entry.Sender, sender?.State ?? SenderState.Left)
            : await door.ReceiveAsync(new Delivery(sender, entry.Format, new MemoryStream(body)) { Mends = entry.Number, IsPatient = true }, cancel);
    }

    /// <summary>Takes an entry back: it was never meant, or comes again another way.</summary>
    public async ValueTask<Outcome<QuarantineHead>> WithdrawAsync(DoorCaller who, string number, CancellationToken cancel)
    {
        if (!(await FindAsync(who, number, cancel)).Try(out var entry, out var problem))
        {
            return problem;
        }

        if (entry.State != QuarantineState.Waiting)
        {
            return Problems.EntryClosed();
        }

        var withdrawn = entry with { State = QuarantineState.Withdrawn };
        return (await door.Ledger.PutAsync(withdrawn.ToPage(), cancel)).Then<QuarantineHead>(_ => QuarantineHead.Of(withdrawn));
    }

    /// <summary>The sender as the registry has it; who does not see all sees only itself.</summary>
    public async ValueTask<Outcome<Sender>> SenderAsync(DoorCaller who, string code, CancellationToken cancel) =>
        !who.MaySee(code) ? Registry.Problems.NoSuchSender(code)
        : (await door.Senders.FindAsync(code, cancel)).Then<Sender>(s => s is null ? Registry.Problems.NoSuchSender(code) : s);

    /// <summary>Null for all senders, which only some may see.</summary>
    private static Outcome<string?> Whose(DoorCaller who, string? asked) =>
        who.SeesAll ? asked
        : who.Role != "institution" ? Problems.NotForRole(who.Role)
        : who.Institution is { } own ? own
        : Problems.NoInstitution();

    private static List<LedgerLabel> Labels(string? sender) => sender is { Length: > 0 } ? [new('s', sender)] : [];

    private async ValueTask<Outcome<QuarantineEntry>> FindAsync(DoorCaller who, string number, CancellationToken cancel) =>
        number.Length != 32 || !number.All(char.IsAsciiHexDigitLower) ? Problems.NoSuchEntry()
        : (await door.Ledger.ReadAsync(QuarantineEntry.KeyOf(number), cancel))
            .Then<QuarantineEntry>(d => d?.As<QuarantineEntry>() is { } entry && who.MaySee(entry.Sender) ? entry : Problems.NoSuchEntry());
}
