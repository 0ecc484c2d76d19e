using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Rest.Callers;
using Kangqiao.Web.Gate;
using Kangqiao.Web.Records;
using Kangqiao.Web.Resident;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Web.Doctor;

/// <summary>Somebody who was found.</summary>
/// <param name="Handle">Stands for them in an address of this visit.</param>
public sealed record FoundPerson(Person Person, string Handle, string LocalNumber);

/// <param name="Asked">What was typed; null before anything was.</param>
public sealed record FindModel(string Purpose, string? Asked, IReadOnlyList<FoundPerson> Found, bool HasMore);

/// <param name="IsOwnOnly">Other institutions' records are hidden: there is no treatment here and now, or no agreement to show them.</param>
public sealed record WholeModel(SummaryModel Summary, bool IsOwnOnly);

/// <summary>For doctors, nurses and pharmacists: find a patient with a purpose, and see the whole person as far as law and consent allow.</summary>
internal sealed class DoctorPages(PersonReading reading, Sessions sessions)
{
    public static readonly PageRule Rule = PageRule.For("clinician", "nurse", "pharmacist");

    public static readonly IReadOnlyList<string> Purposes = ["TREAT", "CAREMGT", "ETREAT", "HPAYMT"];

    private const string ResidentId = "urn:oid:2.16.156.10011.1.3";
    private const int MostFound = 30;

    public void Map(PageRoutes pages)
    {
        pages.Get("/doctor", Rule, visit => visit.Show<FindPage, FindModel>(new(PurposeOf(visit.Who.Purpose), null, [], HasMore: false)));
        pages.Post("/doctor/find", Rule, FindAsync);
        pages.Get("/doctor/patients/{patient}", Rule, WholeAsync);
    }

    private static string PurposeOf(string? purpose) => purpose is not null && Purposes.Contains(purpose) ? purpose : Purposes[0];

    /// <summary>Found persons are shown in the answer to the form: a name or number never stands in an address.</summary>
    private async ValueTask<IResult> FindAsync(Visit visit)
    {
        var caller = visit.Who.Caller with { Purpose = PurposeOf(visit.Typed("purpose")) };
        if (caller.Purpose != visit.Who.Purpose)
        {
            sessions.Renew(visit.Http, caller);
        }

        var asked = visit.Typed("who")?.Trim() ?? "";
        if (asked.Length is 0 or > 100)
        {
            return visit.Show<FindPage, FindModel>(new(caller.Purpose!, null, [], HasMore: false));
        }

        if (!(await reading.SearchAsync(caller, Question(asked), visit.Cancel)).Try(out var found, out var problem))
        {
            return visit.Refuse(problem);
        }

        return visit.Show<FindPage, FindModel>(new(
            caller.Purpose!, asked, [.. found.Resources.Select(p => new FoundPerson(Person.Of(p), visit.Handle(p.Text("id") ?? ""), LocalNumber(p)))], found.HasMore));
    }

    /// <summary>Digits are a card's or a file's number; all else is a name, in characters, pinyin or initials.</summary>
    public static string Question(string asked) =>
        asked.Any(char.IsAsciiDigit)
            ? $"Patient?identifier={Uri.EscapeDataString(asked.Length == 18 ? $"{ResidentId}|{asked.ToUpperInvariant()}" : asked)}&_count={MostFound}"
            : $"Patient?name={Uri.EscapeDataString(asked.Replace(",", "\\,", StringComparison.Ordinal))}&_count={MostFound}";

    private static string LocalNumber(JsonElement patient) =>
        patient.Items("identifier").Where(i => i.Child("type").CodeIn("http://terminology.hl7.org/CodeSystem/v2-0203") == "MR").Select(i => i.Text("value")).FirstOrDefault() ?? "";

    private async ValueTask<IResult> WholeAsync(Visit visit)
    {
        if (visit.FromHandle(visit.Part("patient")) is not { } source)
        {
            return visit.NotFound();
        }

        var caller = visit.Who.Caller;
        var whole = await ResidentOfAsync(caller, source, visit.Cancel) is { } resident
            ? await reading.PersonAsync(caller, resident, SummaryModel.Kinds, visit.Cancel)
            : new Problem("WEB003", ProblemKind.NotFound, "The resident behind the patient is not shown.");
        if (whole.Try(out var person, out _))
        {
            return visit.Show<WholePage, WholeModel>(new(SummaryModel.Of(person), IsOwnOnly: false));
        }

        // What other institutions have is hidden; what this one has itself is its own to see.
        return (await reading.PersonAsync(caller, source, SummaryModel.Kinds, visit.Cancel)).Try(out var own, out var problem)
            ? visit.Show<WholePage, WholeModel>(new(SummaryModel.Of(own), IsOwnOnly: true))
            : visit.Refuse(problem);
    }

    private async ValueTask<string?> ResidentOfAsync(Caller caller, string source, CancellationToken cancel) =>
        (await reading.SearchAsync(caller, $"Person?link=Patient/{source}", cancel)).Try(out var found, out _) && found.Resources is [var person, ..] ? person.Text("id") : null;
}
