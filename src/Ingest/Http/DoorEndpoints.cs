using System.Globalization;
using System.Text.Json;
using Kangqiao.Ingest.Hl7v2.Mllp;
using Kangqiao.Ingest.Journals;
using Kangqiao.Ingest.Mapping;
using Kangqiao.Ingest.Receipts;
using Kangqiao.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Kangqiao.Ingest.Http;

/// <summary>The door over HTTP: sending, receipts, quarantine, senders.</summary>
public static class DoorRoutes
{
    public static void MapDoor(this IEndpointRouteBuilder routes, Door door, MllpDoor mllp, WhoAsks who, ILogger log)
    {
        var sending = new DoorEndpoints(door);
        var codes = new CodeEndpoints(door);
        var reconciliation = new ReconciliationEndpoints(door);
        var quarantine = new QuarantineEndpoints(door);
        var senders = new SenderEndpoints(door, mllp);
        foreach (var format in (string[])["fhir", "hl7v2", "cda", "csv"])
        {
            Map("POST", "/door/" + format, (http, caller) => sending.ReceiveAsync(http, caller, format));
        }

        Map("POST", "/door/csv/{dataset}", (http, caller) => sending.ReceiveAsync(http, caller, "csv/" + Value(http, "dataset")));
        Map("GET", "/door/receipts", sending.ListAsync);
        Map("GET", "/door/receipts/{number}", (http, caller) => sending.ReceiptAsync(http, caller, Value(http, "number")));
        Map("POST", "/door/receipts/{number}/replay", (http, caller) => sending.ReplayAsync(http, caller, Value(http, "number")));
        Map("POST", "/door/self-test", sending.SelfTestAsync);
        Map("POST", "/door/replay", sending.ReplayRangeAsync);
        Map("GET", "/door/receipts/{number}/raw", (http, caller) => sending.RawAsync(http, caller, Value(http, "number")));
        Map("GET", "/door/quarantine", quarantine.ListAsync);
        Map("POST", "/door/quarantine/replay", quarantine.ReplayAsync);
        Map("GET", "/door/quarantine/{number}", (http, caller) => quarantine.ReadAsync(http, caller, Value(http, "number")));
        Map("GET", "/door/quarantine/{number}/raw", (http, caller) => quarantine.RawAsync(http, caller, Value(http, "number")));
        Map("POST", "/door/quarantine/{number}/resubmit", (http, caller) => quarantine.ResubmitAsync(http, caller, Value(http, "number")));
        Map("POST", "/door/quarantine/{number}/withdraw", (http, caller) => quarantine.WithdrawAsync(http, caller, Value(http, "number")));
        Map("POST", "/door/declarations", reconciliation.DeclareAsync);
        Map("GET", "/door/reconciliation", reconciliation.CompareAsync);
        Map("POST", "/door/reconciliation", reconciliation.SayAsync);
        Map("GET", "/door/codes", codes.ListAsync);
        Map("GET", "/door/codes/{system}/{code}/suggestions", (http, caller) => codes.SuggestAsync(http, caller, Part(http, "system"), Part(http, "code")));
        Map("GET", "/door/maps", codes.MapsAsync);
        Map("PUT", "/door/maps/{system}/{code}", (http, caller) => codes.PutAsync(http, caller, Part(http, "system"), Part(http, "code")));
        Map("DELETE", "/door/maps/{system}/{code}", (http, caller) => codes.DeleteAsync(http, caller, Part(http, "system"), Part(http, "code")));
        Map("POST", "/door/maps/{system}/replay", (http, caller) => codes.ReplayAsync(http, caller, Part(http, "system"), null));
        Map("POST", "/door/maps/{system}/{code}/replay", (http, caller) => codes.ReplayAsync(http, caller, Part(http, "system"), Part(http, "code")));
        Map("POST", "/door/registry/{name}", (http, caller) => senders.RegistryAsync(http, caller, Value(http, "name")));
        Map("GET", "/door/senders", senders.ListAsync);
        Map("POST", "/door/senders", senders.PutAsync);
        Map("GET", "/door/senders/unknown", senders.UnknownAsync);
        Map("GET", "/door/senders/{code}", (http, caller) => senders.ReadAsync(http, caller, Value(http, "code")));
        Map("POST", "/door/senders/{code}/state", (http, caller) => senders.StepAsync(http, caller, Value(http, "code")));
        Map("POST", "/door/senders/{code}/credentials", (http, caller) => senders.CredentialAsync(http, caller, Value(http, "code")));

        void Map(string method, string pattern, Func<HttpContext, DoorCaller, Task> handle) =>
            routes.MapMethods(pattern, [method], http => HandleAsync(http, who, handle, log));
    }

    private static string Value(HttpContext http, string name) => (string?)http.Request.RouteValues[name] ?? "";

    /// <summary>A value that may hold slashes: the server leaves those that are written %2F alone.</summary>
    private static string Part(HttpContext http, string name) => Value(http, name).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static async Task HandleAsync(HttpContext http, WhoAsks who, Func<HttpContext, DoorCaller, Task> handle, ILogger log)
    {
        try
        {
            if (await who(http) is { } caller)
            {
                await handle(http, caller);
            }
            else
            {
                await DoorAnswer.RefuseAsync(http, Problems.NeedsToken());
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client left; what was received whole stays received.
        }
        catch (BadHttpRequestException broken)
        {
            await RefuseAsync(http, Problems.BadRequest(broken.Message));
        }
        catch (IOException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client left.
        }
#pragma warning disable CA1031 // The edge of the process: logged and answered.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            DoorLog.Unexpected(log, unexpected, http.Request.Method);
            await RefuseAsync(http, Problems.Broken());
        }
    }

    private static Task RefuseAsync(HttpContext http, Problem problem) => http.Response.HasStarted ? Task.CompletedTask : DoorAnswer.RefuseAsync(http, problem);
}

internal static partial class DoorLog
{
    [LoggerMessage(4, LogLevel.Error, "A {Method} request at the door failed in a way that was not expected")]
    public static partial void Unexpected(ILogger log, Exception fault, string method);
}

/// <summary>Sending, and the receipts of it.</summary>
internal sealed class DoorEndpoints(Door door)
{
    /// <summary>So long an answer waits for the work to be done; the number alone comes after that.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Receipts that a list of them names, the last ones.</summary>
    private const int MostTickets = 1_000;

    public async Task ReceiveAsync(HttpContext http, DoorCaller caller, string format)
    {
        var query = http.Request.Query;
        if (!(await Sending.ForAsync(door, caller, query["institution"].FirstOrDefault(), http, http.RequestAborted)).Try(out var sender, out var problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        // The stream is bounded by what it unpacks to, and by the disk; not by a number of bytes.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
        {
            bound.MaxRequestBodySize = null;
        }

        var delivery = new Delivery(sender, format, http.Request.Body)
        {
            Encoding = http.Request.Headers.ContentEncoding.ToString(),
            From = http.Connection.RemoteIpAddress?.ToString(),
            Name = Short(query["name"].FirstOrDefault()),
            Run = caller.IsSystem ? Short(query["run"].FirstOrDefault()) : null,
            IsPatient = caller.IsSystem && query.ContainsKey("run"),
        };
        if (!(await door.ReceiveAsync(delivery, http.RequestAborted)).Try(out var ticket, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        await AnswerAsync(http, ticket, format);
    }

    public async Task AnswerAsync(HttpContext http, Ticket ticket, string format)
    {
        http.Response.Headers["X-Receipt"] = ticket.Number;
        http.Response.Headers.Location = $"/door/receipts/{ticket.Number}";
        if (!http.Request.Headers["Prefer"].ToString().Contains("respond-async", StringComparison.Ordinal))
        {
            await Task.WhenAny(ticket.Done, Task.Delay(Patience, door.Time, http.RequestAborted));
        }

        if (door.FormatOf(format) is IAcknowledges batches && ticket.Done.IsCompletedSuccessfully && batches.IsBatch(ticket.Sent, ticket.Answers.Count)
            && batches.Acknowledge(ticket.Answers) is { Length: > 0 } several)
        {
            http.Response.ContentType = batches.AcknowledgementType;
            await http.Response.Body.WriteAsync(several, http.RequestAborted);
            return;
        }

        if (door.FormatOf(format) is IAcknowledges acknowledges && !ticket.Sent.IsEmpty)
        {
            var (isTaken, findings) = ticket.First;
            http.Response.ContentType = acknowledges.AcknowledgementType;
            await http.Response.Body.WriteAsync(acknowledges.Acknowledge(ticket.Sent, isTaken, findings), http.RequestAborted);
            return;
        }

        await WriteReceiptAsync(http, ticket.Number, 0, isAnswer: true);
    }

    public async Task ReceiptAsync(HttpContext http, DoorCaller caller, string number)
    {
        if (!(await door.ReceiptAsync(number, http.RequestAborted)).Try(out var receipt, out var problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
        }
        else if (receipt is null || !caller.MaySee(receipt.Sender))
        {
            await DoorAnswer.RefuseAsync(http, Problems.NoSuchReceipt());
        }
        else
        {
            var page = int.TryParse(http.Request.Query["page"].FirstOrDefault(), CultureInfo.InvariantCulture, out var asked) ? asked : 0;
            if (http.Request.Query["run"].FirstOrDefault() is { } run && caller.IsSystem)
            {
                http.Response.Headers["X-Run-Residents"] = door.ResidentsOf(run).ToString(CultureInfo.InvariantCulture);
            }

            await WriteReceiptAsync(http, number, page, isAnswer: false);
        }
    }

    /// <summary>Works once more on a submission as it was sent, under the mappings and rules of today.</summary>
    public async Task ReplayAsync(HttpContext http, DoorCaller caller, string number)
    {
        if (!caller.SeesAll)
        {
            await DoorAnswer.RefuseAsync(http, Problems.NotForRole(caller.Role));
        }
        else if (!(await door.ReceiptAsync(number, http.RequestAborted)).Try(out var receipt, out var problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
        }
        else if (receipt is null)
        {
            await DoorAnswer.RefuseAsync(http, Problems.NoSuchReceipt());
        }
        else if (!receipt.IsDone)
        {
            await DoorAnswer.RefuseAsync(http, Problems.NotDone());
        }
        else if (!(await door.ReplayAsync(receipt, http.RequestAborted)).Try(out var ticket, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
        }
        else
        {
            await AnswerAsync(http, ticket, "");
        }
    }

    /// <summary>Whether a sender has shown what an admission asks for.</summary>
    public async Task SelfTestAsync(HttpContext http, DoorCaller caller)
    {
        var code = http.Request.Query["institution"].FirstOrDefault() ?? caller.Institution;
        if (code is null)
        {
            await DoorAnswer.RefuseAsync(http, Problems.NoInstitution());
            return;
        }

        if (!caller.MaySee(code))
        {
            await DoorAnswer.RefuseAsync(http, caller.Role == "institution" ? Problems.NotYours() : Problems.NotForRole(caller.Role));
            return;
        }

        if (!(await door.Senders.FindAsync(code, http.RequestAborted)).Try(out var sender, out var problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        if (sender is null)
        {
            await DoorAnswer.RefuseAsync(http, Registry.Problems.NoSuchSender(code));
            return;
        }

        if (!(await new SelfTest(door.Ledger).RunAsync(sender, http.Request.Query["format"].FirstOrDefault(), http.RequestAborted)).Try(out var report, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        var isEnglish = DoorAnswer.IsEnglish(http);
        await DoorAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("sender"u8, report.Sender);
            writer.WriteString("state"u8, report.State.ToString().ToLowerInvariant());
            writer.WriteBoolean("passed"u8, report.Passed);
            writer.WriteStartArray("formats"u8);
            foreach (var format in report.Formats)
            {
                writer.WriteStartObject();
                writer.WriteString("format"u8, format.Format);
                writer.WriteBoolean("passed"u8, format.Passed);
                writer.WriteStartArray("cases"u8);
                foreach (var one in format.Cases)
                {
                    writer.WriteStartObject();
                    writer.WriteString("case"u8, one.Case);
                    writer.WriteBoolean("passed"u8, one.Passed);
                    writer.WriteNumber("seen"u8, one.Seen);
                    if (!one.Passed)
                    {
                        writer.WriteString("do"u8, isEnglish ? one.English : one.Chinese);
                    }

                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>Works once more on all that came in a time: <c>{"from":…,"to":…,"sender":…,"format":…}</c>.</summary>
    public async Task ReplayRangeAsync(HttpContext http, DoorCaller caller)
    {
        if (!caller.SeesAll)
        {
            await DoorAnswer.RefuseAsync(http, Problems.NotForRole(caller.Role));
            return;
        }

        if (!(await DoorAnswer.ReadAsync<RangeAsk>(http)).Try(out var asked, out var problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        if (asked.From is not { } from || asked.To is not { } to || from > to || to - from > TimeSpan.FromDays(3_700))
        {
            await DoorAnswer.RefuseAsync(http, Problems.BadRequest("from and to are instants, at most ten years apart."));
            return;
        }

        var range = new JournalRange(from, to) { Sender = asked.Sender, Format = asked.Format };
        if (!(await door.ReplayAsync(range, http.RequestAborted)).Try(out var tickets, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        await DoorAnswer.WriteAsync(http, 202, writer => WriteTickets(writer, tickets));
    }

    internal static void WriteTickets(Utf8JsonWriter writer, IReadOnlyList<Ticket> tickets)
    {
        writer.WriteStartObject();
        writer.WriteNumber("submissions"u8, tickets.Count);
        writer.WriteStartArray("receipts"u8);
        foreach (var ticket in tickets.TakeLast(MostTickets))
        {
            writer.WriteStringValue(ticket.Number);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public async Task RawAsync(HttpContext http, DoorCaller caller, string number)
    {
        if (!(await door.ReceiptAsync(number, http.RequestAborted)).Try(out var receipt, out var problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
        }
        else if (receipt is null || !caller.MaySee(receipt.Sender))
        {
            await DoorAnswer.RefuseAsync(http, Problems.NoSuchReceipt());
        }
        else if (door.OpenRaw(receipt) is not { } raw)
        {
            await DoorAnswer.RefuseAsync(http, Problems.RawGone());
        }
        else
        {
            await using (raw)
            {
                http.Response.ContentType = "application/octet-stream";
                await raw.CopyToAsync(http.Response.Body, http.RequestAborted);
            }
        }
    }

    public async Task ListAsync(HttpContext http, DoorCaller caller)
    {
        var query = http.Request.Query;
        var sender = caller.SeesAll ? query["sender"].FirstOrDefault() : caller.Institution;
        if (!caller.SeesAll && (caller.Role != "institution" || sender is null))
        {
            await DoorAnswer.RefuseAsync(http, Problems.NotForRole(caller.Role));
            return;
        }

        var labels = new List<Kangqiao.Ledger.LedgerLabel>();
        if (sender is { Length: > 0 })
        {
            labels.Add(new('s', sender));
        }

        if (query["quarantined"].FirstOrDefault() is "some" or "none")
        {
            labels.Add(new('q', query["quarantined"]!));
        }

        var after = long.TryParse(query["after"].FirstOrDefault(), CultureInfo.InvariantCulture, out var number) ? number : (long?)null;
        if (!(await door.Ledger.FindAsync(Receipt.Kind, labels, 50, after, http.RequestAborted)).Try(out var found, out var problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        await DoorAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("receipts"u8);
            foreach (var receipt in found.Documents.Select(d => d.As<Receipt>()))
            {
                writer.WriteStartObject();
                writer.WriteString("receipt"u8, receipt.Number);
                writer.WriteString("sender"u8, receipt.Sender);
                writer.WriteString("format"u8, receipt.Format);
                writer.WriteString("receivedAt"u8, receipt.ReceivedAt);
                writer.WriteNumber("bytes"u8, receipt.Bytes);
                ReceiptJson.WriteCounts(writer, receipt.Counts, receipt.Residents, receipt.Seconds);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (found.Next is { } next)
            {
                writer.WriteNumber("after"u8, next);
            }

            writer.WriteEndObject();
        });
    }

    private sealed record RangeAsk(DateTimeOffset? From, DateTimeOffset? To, string? Sender, string? Format);

    private static string? Short(string? text) => text is { Length: > 200 } ? text[..200] : text;

    private async Task WriteReceiptAsync(HttpContext http, string number, int page, bool isAnswer)
    {
        if (!(await door.ReceiptAsync(number, http.RequestAborted)).Try(out var receipt, out var problem)
            || receipt is null
            || !(await door.PageAsync(receipt, page, http.RequestAborted)).Try(out var lines, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem ?? Problems.NoSuchReceipt());
            return;
        }

        var status = isAnswer && !receipt.IsDone ? 202 : 200;
        await DoorAnswer.WriteAsync(http, status, ReceiptJson.Write(receipt, lines ?? new ReceiptPage(), page, DoorAnswer.IsEnglish(http)));
    }
}
