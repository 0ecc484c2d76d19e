using System.Globalization;
using System.Runtime.CompilerServices;
using Kangqiao.Ingest;
using Kangqiao.Ingest.Desk;
using Kangqiao.Ingest.Http;
using Kangqiao.Ingest.Quarantine;
using Kangqiao.Kernel;
using Kangqiao.Registry.Senders;
using Kangqiao.Web.Gate;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Web.Integrator;

/// <param name="Waiting">Entries in quarantine.</param>
public sealed record InstitutionModel(Sender Sender, long Waiting, DeskList<ReceiptHead> Latest);

/// <summary>A page of a list, with what was asked for.</summary>
/// <param name="Sender">The one that was asked for; null for all that the viewer may see.</param>
public sealed record ReceiptsModel(DeskList<ReceiptHead> List, string? Sender, bool OnlyQuarantined, bool IsFirst);

public sealed record QuarantineModel(DeskList<QuarantineHead> List, QuarantineAsk Ask);

/// <param name="Marked">The text with its findings; null where it is not shown.</param>
/// <param name="Typed">What was typed before the sending failed.</param>
/// <param name="Refused">Why it failed.</param>
public sealed record EntryModel(QuarantineSheet Sheet, MarkedText? Marked, string? Typed = null, Problem? Refused = null)
{
    public bool CanMend => Sheet.Head.State is QuarantineState.Waiting or QuarantineState.Replaced;
}

/// <summary>For the people who connect an institution: what they sent, what became of it, and how to mend it. Stewards see all institutions'.</summary>
internal sealed class IntegratorPages(DoorDesk desk)
{
    public static readonly PageRule Rule = PageRule.For("institution", "steward", "system");
    public static readonly PageRule OwnRule = PageRule.For("institution");

    /// <summary>Mending waits so long for its result before it shows that it is still at work.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(15);

    public void Map(PageRoutes pages)
    {
        pages.Get("/integrator", OwnRule, InstitutionAsync);
        pages.Get("/integrator/receipts", Rule, ReceiptsAsync);
        pages.Get("/integrator/receipts/{number}", Rule, ReceiptAsync);
        pages.Get("/integrator/quarantine", Rule, QuarantineAsync);
        pages.Get("/integrator/quarantine/{number}", Rule, EntryAsync);
        pages.Get("/integrator/quarantine/{number}/raw", Rule, RawAsync);
        pages.Post("/integrator/quarantine/{number}/resubmit", Rule, ResubmitAsync);
        pages.Post("/integrator/quarantine/{number}/withdraw", Rule, WithdrawAsync);
        pages.Live("/live/receipts", Rule, (visit, cancel) => FollowAsync(visit, cancel));
    }

    private static DoorCaller Who(Visit visit) => new(visit.Who.Role, visit.Who.Institution);

    private async ValueTask<IResult> InstitutionAsync(Visit visit) =>
        (await desk.SenderAsync(Who(visit), visit.Who.Institution ?? "", visit.Cancel)).Try(out var sender, out var problem)
            && (await desk.WaitingAsync(Who(visit), null, visit.Cancel)).Try(out var waiting, out problem)
            && (await desk.ReceiptsAsync(Who(visit), new ReceiptsAsk { Limit = 8 }, visit.Cancel)).Try(out var latest, out problem)
            ? visit.Show<InstitutionPage, InstitutionModel>(new(sender, waiting, latest))
            : visit.Refuse(problem);

    private async ValueTask<IResult> ReceiptsAsync(Visit visit)
    {
        var ask = ReceiptsAsked(visit);
        if (!(await desk.ReceiptsAsync(Who(visit), ask, visit.Cancel)).Try(out var list, out var problem))
        {
            return visit.Refuse(problem);
        }

        var model = new ReceiptsModel(list, ask.Sender, ask.OnlyQuarantined, ask.After is null);
        return visit.IsPart ? visit.Show<ReceiptRows, ReceiptsModel>(model) : visit.Show<ReceiptsPage, ReceiptsModel>(model);
    }

    private static ReceiptsAsk ReceiptsAsked(Visit visit) => new()
    {
        Sender = visit.Asked("sender"),
        OnlyQuarantined = visit.Asked("show") == "quarantined",
        After = AfterOf(visit),
        Limit = 30,
    };

    private static long? AfterOf(Visit visit) =>
        long.TryParse(visit.Asked("after"), NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after : null;

    private async IAsyncEnumerable<string> FollowAsync(Visit visit, [EnumeratorCancellation] CancellationToken cancel)
    {
        var ask = ReceiptsAsked(visit) with { Limit = visit.Asked("few") is null ? 30 : 8 };
        await foreach (var list in desk.FollowReceiptsAsync(Who(visit), ask, Pace, SignOfLife, cancel))
        {
            yield return list is null ? "" : await visit.TextAsync<ReceiptTable, ReceiptsModel>(new(list, ask.Sender, ask.OnlyQuarantined, IsFirst: true));
        }
    }

    private async ValueTask<IResult> ReceiptAsync(Visit visit)
    {
        var page = int.TryParse(visit.Asked("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 0;
        return (await desk.ReceiptAsync(Who(visit), visit.Part("number"), page, visit.Cancel)).Try(out var sheet, out var problem)
            ? visit.Show<ReceiptPage, ReceiptSheet>(sheet)
            : visit.Refuse(problem);
    }

    private async ValueTask<IResult> QuarantineAsync(Visit visit)
    {
        var ask = new QuarantineAsk
        {
            Sender = visit.Asked("sender"),
            Code = visit.Asked("code"),
            State = Enum.TryParse<QuarantineState>(visit.Asked("state"), ignoreCase: true, out var state) && Enum.IsDefined(state) ? state : QuarantineState.Waiting,
            After = AfterOf(visit),
            Limit = 30,
        };
        if (!(await desk.QuarantineAsync(Who(visit), ask, visit.Cancel)).Try(out var list, out var problem))
        {
            return visit.Refuse(problem);
        }

        var model = new QuarantineModel(list, ask);
        return visit.IsPart ? visit.Show<QuarantineRows, QuarantineModel>(model) : visit.Show<QuarantinePage, QuarantineModel>(model);
    }

    private async ValueTask<IResult> EntryAsync(Visit visit) =>
        (await desk.EntryAsync(Who(visit), visit.Part("number"), visit.Cancel)).Try(out var sheet, out var problem)
            ? visit.Show<EntryPage, EntryModel>(Model(sheet))
            : visit.Refuse(problem);

    private static EntryModel Model(QuarantineSheet sheet) =>
        new(sheet, sheet.Text is { } text ? MarkedText.Of(sheet.Head.Format, text, sheet.Head.Findings) : null);

    private async ValueTask<IResult> RawAsync(Visit visit) =>
        !(await desk.EntryAsync(Who(visit), visit.Part("number"), visit.Cancel)).Try(out var sheet, out var problem) ? visit.Refuse(problem)
        : sheet.Raw is { } raw ? Results.Bytes(raw, "application/octet-stream", $"{sheet.Head.Number}.{Extension(sheet.Head.Format)}")
        : visit.NotFound();

    private static string Extension(string format) => format switch
    {
        "fhir" => "json",
        "hl7v2" => "hl7",
        "cda" => "xml",
        _ => "csv",
    };

    private async ValueTask<IResult> ResubmitAsync(Visit visit)
    {
        var number = visit.Part("number");
        var typed = visit.Typed("text");
        if ((await desk.ResubmitAsync(Who(visit), number, typed, visit.Cancel)).Try(out var ticket, out var problem))
        {
            await Task.WhenAny(ticket.Done, Task.Delay(Patience, TimeProvider.System, visit.Cancel));
            return visit.GoTo($"/integrator/receipts/{ticket.Number}");
        }

        // What was typed stays: nobody mends a message twice.
        return (await desk.EntryAsync(Who(visit), number, visit.Cancel)).Try(out var sheet, out var gone)
            ? visit.Show<EntryPage, EntryModel>(Model(sheet) with { Typed = typed, Refused = problem }, 409)
            : visit.Refuse(gone);
    }

    private async ValueTask<IResult> WithdrawAsync(Visit visit) =>
        (await desk.WithdrawAsync(Who(visit), visit.Part("number"), visit.Cancel)).Try(out _, out var problem)
            ? visit.GoTo("/integrator/quarantine")
            : visit.Refuse(problem);
}
