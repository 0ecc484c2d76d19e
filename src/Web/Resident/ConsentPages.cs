using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Kernel;
using Kangqiao.Registry.Senders;
using Kangqiao.Rest.Callers;
using Kangqiao.Rest.Inside;
using Kangqiao.Web.Gate;
using Kangqiao.Web.Records;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Web.Resident;

/// <summary>An agreement to show records, in force or over.</summary>
/// <param name="Handle">Stands for it in a form.</param>
/// <param name="Institution">Null for every institution that treats the resident.</param>
public sealed record GivenConsent(string Handle, string? Institution, DateTimeOffset Given, string? Until, bool IsPermit, bool IsActive);

public sealed record ConsentsModel(IReadOnlyList<GivenConsent> Consents, IReadOnlyList<(string Code, string Name)> Institutions);

/// <summary>Giving, limiting and withdrawing consent (ordinance art. 14): a Consent record of the resident's own, which counts at once for every reader.</summary>
internal sealed class ConsentPages(InsideRecords records, PersonReading reading, SenderRegistry senders, TimeProvider time)
{
    private const string Everybody = "*";

    private static readonly int[] Days = [30, 365];

    public void Map(PageRoutes pages)
    {
        pages.Get("/me/consents", ResidentPages.Rule, ShowAsync);
        pages.Post("/me/consents", ResidentPages.Rule, GiveAsync);
        pages.Post("/me/consents/withdraw", ResidentPages.Rule, WithdrawAsync);
    }

    /// <summary>The record of a consent, as the access rules read it.</summary>
    /// <param name="institution">Null for every institution that treats the resident.</param>
    public static JsonObject Consent(string patient, string? institution, DateTimeOffset now, int? days)
    {
        var provision = new JsonObject { ["type"] = "permit" };
        if (days is { } limit)
        {
            provision["period"] = new JsonObject { ["start"] = Instant(now), ["end"] = Instant(now.AddDays(limit)) };
        }

        if (institution is not null)
        {
            provision["actor"] = new JsonArray(new JsonObject
            {
                ["role"] = Concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP"),
                ["reference"] = new JsonObject { ["reference"] = "Organization/" + institution },
            });
        }

        return new JsonObject
        {
            ["resourceType"] = "Consent",
            ["status"] = "active",
            ["scope"] = Concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"),
            ["category"] = new JsonArray(Concept("http://loinc.org", "59284-0")),
            ["patient"] = new JsonObject { ["reference"] = "Patient/" + patient },
            ["dateTime"] = Instant(now),
            ["policyRule"] = Concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN"),
            ["provision"] = provision,
        };
    }

    private static JsonObject Concept(string system, string code) =>
        new() { ["coding"] = new JsonArray(new JsonObject { ["system"] = system, ["code"] = code }) };

    private static string Instant(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private async ValueTask<IResult> ShowAsync(Visit visit)
    {
        if (visit.Who.Caller.Resident is not { } resident
            || !(await reading.PersonAsync(visit.Who.Caller, resident, [RecordKind.Consents], visit.Cancel)).Try(out var person, out var problem)
            || !(await senders.ListAsync(visit.Cancel)).Try(out var all, out problem))
        {
            return visit.NotForYou();
        }

        var consents = person.Of(RecordKind.Consents).Select(c =>
        {
            var provision = c.Child("provision");
            var actor = provision?.First("actor").Child("reference").Reference();
            return new GivenConsent(
                visit.Handle(c.Text("id") ?? ""), actor is null ? null : reading.NameOf(actor), Json.Start(c.Text("dateTime")), provision.Child("period").Text("end"),
                provision.Text("type") != "deny", c.Text("status") == "active");
        });
        return visit.Show<ConsentsPage, ConsentsModel>(new(
            [.. consents.OrderByDescending(c => c.IsActive).ThenByDescending(c => c.Given)],
            [.. all.Where(s => s is { State: SenderState.Admitted, Kind: SenderKind.Institution }).Select(s => (s.Code, s.Name)).OrderBy(s => s.Code, StringComparer.Ordinal)]));
    }

    private async ValueTask<IResult> GiveAsync(Visit visit)
    {
        var caller = visit.Who.Caller;
        if (caller.Resident is not { } resident || !(await reading.ReadAsync(caller, "Patient/" + resident, visit.Cancel)).Try(out var patient, out _))
        {
            return visit.NotForYou();
        }

        var whom = visit.Typed("whom");
        var institution = whom is null or Everybody ? null : whom;
        if (institution is not null && !Sender.IsCode(institution))
        {
            return visit.NotFound();
        }

        // A record of the resident's own stands with one of the Patients that institutions made: the composed one is nobody's to write to.
        var stands = patient.Items("link").Select(l => l.Child("other").Reference()).FirstOrDefault(id => id is not null) ?? resident;
        int? days = int.TryParse(visit.Typed("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && Days.Contains(asked) ? asked : null;
        var consent = Consent(stands, institution, time.GetUtcNow(), days);
        return (await records.WriteAsync(caller, "POST", "Consent", JsonSerializer.SerializeToUtf8Bytes(consent), visit.Cancel)).Try(out _, out var problem)
            ? visit.GoTo("/me/consents")
            : visit.Refuse(problem);
    }

    private async ValueTask<IResult> WithdrawAsync(Visit visit)
    {
        var caller = visit.Who.Caller;
        if (visit.FromHandle(visit.Typed("consent") ?? "") is not { } id || !(await records.GetAsync(caller, "Consent/" + id, visit.Cancel)).Try(out var json, out _))
        {
            return visit.NotFound();
        }

        return await WithdrawnAsync(caller, id, json, visit.Cancel) is { } problem ? visit.Refuse(problem) : visit.GoTo("/me/consents");
    }

    private async ValueTask<Problem?> WithdrawnAsync(Caller caller, string id, ReadOnlyMemory<byte> json, CancellationToken cancel)
    {
        var consent = JsonNode.Parse(json.Span)!.AsObject();
        consent["status"] = "inactive";
        consent.Remove("meta");
        return (await records.WriteAsync(caller, "PUT", "Consent/" + id, JsonSerializer.SerializeToUtf8Bytes(consent), cancel)).Problem;
    }
}
