using System.Globalization;
using System.Text.Json;
using Kangqiao.Ingest.Quarantine;
using Kangqiao.Ingest.Receipts;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Registry.Senders;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Ingest.Http;

/// <summary>What waits, for its sender and the steward: list, read, mend and send again, take back, try again under other rules.</summary>
internal sealed class QuarantineEndpoints(Door door)
{
    private const int MostMended = 64 * 1024 * 1024;
    private const int PageEntries = 50;

    private readonly DoorEndpoints receipts = new(door);

    public async Task ListAsync(HttpContext http, DoorCaller caller)
    {
        if (!Labels(http, caller).Try(out var labels, out var problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        var after = long.TryParse(http.Request.Query["after"].FirstOrDefault(), CultureInfo.InvariantCulture, out var number) ? number : (long?)null;
        var found = await door.Ledger.FindAsync(QuarantineEntry.Kind, labels, PageEntries, after, http.RequestAborted);
        var count = await door.Ledger.CountAsync(QuarantineEntry.Kind, labels, http.RequestAborted);
        if (!found.Try(out var list, out problem) || !count.Try(out var total, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        var isEnglish = DoorAnswer.IsEnglish(http);
        await DoorAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("total"u8, total);
            writer.WriteStartArray("entries"u8);
            foreach (var document in list.Documents)
            {
                Write(writer, document.As<QuarantineEntry>(), isEnglish);
            }

            writer.WriteEndArray();
            if (list.Next is { } next)
            {
                writer.WriteNumber("after"u8, next);
            }

            writer.WriteEndObject();
        });
    }

    public async Task ReadAsync(HttpContext http, DoorCaller caller, string number)
    {
        if (!(await FindAsync(http, caller, number)).Try(out var entry, out var problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        await DoorAnswer.WriteAsync(http, 200, writer => Write(writer, entry, DoorAnswer.IsEnglish(http)));
    }

    public async Task RawAsync(HttpContext http, DoorCaller caller, string number)
    {
        if (!(await FindAsync(http, caller, number)).Try(out var entry, out var problem)
            || !(await door.RawAsync(entry, http.RequestAborted)).Try(out var raw, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        http.Response.ContentType = "application/octet-stream";
        await http.Response.Body.WriteAsync(raw, http.RequestAborted);
    }

    /// <summary>Sends an entry again: the body mended, or as it was where there is none.</summary>
    public async Task ResubmitAsync(HttpContext http, DoorCaller caller, string number)
    {
        if (!(await FindAsync(http, caller, number)).Try(out var entry, out var problem)
            || !(await BodyAsync(http, entry)).Try(out var body, out problem)
            || !(await AgainAsync(entry, body, http.RequestAborted)).Try(out var ticket, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        await receipts.AnswerAsync(http, ticket, "");
    }

    public async Task WithdrawAsync(HttpContext http, DoorCaller caller, string number)
    {
        if (!(await FindAsync(http, caller, number)).Try(out var entry, out var problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        if (entry.State != QuarantineState.Waiting)
        {
            await DoorAnswer.RefuseAsync(http, Problems.EntryClosed());
            return;
        }

        var withdrawn = entry with { State = QuarantineState.Withdrawn };
        if ((await door.Ledger.PutAsync(withdrawn.ToPage(), http.RequestAborted)).Problem is { } failed)
        {
            await DoorAnswer.RefuseAsync(http, failed);
            return;
        }

        await DoorAnswer.WriteAsync(http, 200, writer => Write(writer, withdrawn, DoorAnswer.IsEnglish(http)));
    }

    /// <summary>Sends all that waits (of a sender, with a code) through the rules of today. Answers with how many.</summary>
    public async Task ReplayAsync(HttpContext http, DoorCaller caller)
    {
        if (!Labels(http, caller).Try(out var labels, out var problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        // All are listed before the first is sent, because sending changes the list.
        var entries = new List<QuarantineEntry>();
        long? after = null;
        do
        {
            if (!(await door.Ledger.FindAsync(QuarantineEntry.Kind, labels, 500, after, http.RequestAborted)).Try(out var page, out problem))
            {
                await DoorAnswer.RefuseAsync(http, problem);
                return;
            }

            entries.AddRange(page.Documents.Select(d => d.As<QuarantineEntry>() with { Packed = null }));
            after = page.Next;
        }
        while (after is not null && entries.Count < 100_000);

        var (sent, failed) = (0, 0);
        var pending = new List<Task>();
        foreach (var head in entries)
        {
            var entry = (await door.Ledger.ReadAsync(QuarantineEntry.KeyOf(head.Number), http.RequestAborted)).Then<QuarantineEntry?>(d => d?.As<QuarantineEntry>());
            if (entry is { IsSuccess: true, Value: { State: QuarantineState.Waiting } waiting }
                && (await door.RawAsync(waiting, http.RequestAborted)).Try(out var raw, out _)
                && (await AgainAsync(waiting, raw, http.RequestAborted)).Try(out var ticket, out _))
            {
                sent++;
                pending.Add(ticket.Done);
            }
            else
            {
                failed++;
            }
        }

        await Task.WhenAny(Task.WhenAll(pending), Task.Delay(TimeSpan.FromSeconds(10), door.Time, http.RequestAborted));
        await DoorAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("sent"u8, sent);
            writer.WriteNumber("failed"u8, failed);
            writer.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter writer, QuarantineEntry entry, bool isEnglish)
    {
        writer.WriteStartObject();
        writer.WriteString("quarantine"u8, entry.Number);
        writer.WriteString("state"u8, entry.State.ToString().ToLowerInvariant());
        writer.WriteString("sender"u8, entry.Sender);
        writer.WriteString("format"u8, entry.Format);
        writer.WriteString("receipt"u8, entry.Receipt);
        writer.WriteNumber("index"u8, entry.Index);
        writer.WriteString("source"u8, entry.Source);
        writer.WriteString("at"u8, entry.At);
        writer.WriteNumber("bytes"u8, entry.Bytes);
        writer.WriteNumber("attempts"u8, entry.Attempts);
        if (entry.MendedBy is { } mended)
        {
            writer.WriteString("mendedBy"u8, mended);
        }

        ReceiptJson.WriteFindings(writer, entry.Page.Lines is [{ F: { } findings }, ..] ? findings : [], entry.Page.Texts, isEnglish);
        writer.WriteEndObject();
    }

    private static Outcome<List<LedgerLabel>> Labels(HttpContext http, DoorCaller caller)
    {
        var query = http.Request.Query;
        var sender = caller.SeesAll ? query["sender"].FirstOrDefault() : caller.Institution;
        if (!caller.SeesAll && (caller.Role != "institution" || sender is null))
        {
            return Problems.NotForRole(caller.Role);
        }

        var labels = new List<LedgerLabel> { new('w', (query["state"].FirstOrDefault() ?? "waiting").ToLowerInvariant()) };
        if (sender is { Length: > 0 })
        {
            labels.Add(new('s', sender));
        }

        if (query["code"].FirstOrDefault() is { Length: > 0 } code)
        {
            labels.Add(new('c', code));
        }

        if (query["receipt"].FirstOrDefault() is { Length: > 0 } receipt)
        {
            labels.Add(new('r', receipt));
        }

        return labels.Exists(l => l.Value.Length == 0) ? Problems.BadRequest("state, sender and code are not empty.") : labels;
    }

    private async ValueTask<Outcome<QuarantineEntry>> FindAsync(HttpContext http, DoorCaller caller, string number)
    {
        if (number.Length != 32 || !number.All(char.IsAsciiHexDigitLower))
        {
            return Problems.NoSuchEntry();
        }

        return (await door.Ledger.ReadAsync(QuarantineEntry.KeyOf(number), http.RequestAborted))
            .Then<QuarantineEntry>(d => d?.As<QuarantineEntry>() is { } entry && caller.MaySee(entry.Sender) ? entry : Problems.NoSuchEntry());
    }

    private async ValueTask<Outcome<byte[]>> BodyAsync(HttpContext http, QuarantineEntry entry)
    {
        using var body = new MemoryStream();
        var chunk = new byte[64 * 1024];
        for (int read; (read = await http.Request.Body.ReadAsync(chunk, http.RequestAborted)) > 0;)
        {
            body.Write(chunk, 0, read);
            if (body.Length > MostMended)
            {
                return new Problem("DOR120", ProblemKind.TooLarge, $"A mended entry has at most {MostMended} bytes.");
            }
        }

        return body.Length > 0 ? body.ToArray() : await door.RawAsync(entry, http.RequestAborted);
    }

    private async ValueTask<Outcome<Ticket>> AgainAsync(QuarantineEntry entry, byte[] body, CancellationToken cancel)
    {
        if (entry.State is QuarantineState.Resolved or QuarantineState.Withdrawn)
        {
            return Problems.EntryClosed();
        }

        if (!(await door.Senders.FindAsync(entry.Sender, cancel)).Try(out var sender, out var problem))
        {
            return problem;
        }

        if (sender is null || SenderRegistry.Refusal(sender, null) is not null)
        {
            return Registry.Problems.MayNotSend(entry.Sender, sender?.State ?? SenderState.Left);
        }

        return await door.ReceiveAsync(new Delivery(sender, entry.Format, new MemoryStream(body)) { Mends = entry.Number, IsPatient = true }, cancel);
    }
}
