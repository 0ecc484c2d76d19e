using System.Text.Json;

namespace Kangqiao.Web.Records;

/// <summary>What kind of event stands on the time-line.</summary>
public enum EventKind
{
    Outpatient,
    Inpatient,
    Emergency,
    Home,
    Checkup,
    Vaccination,
    Document,
}

/// <summary>One event of a life: a visit with all that came of it, or something that stands alone.</summary>
/// <param name="Date">As far as it is known.</param>
/// <param name="Title">Department, vaccine, document.</param>
public sealed record VisitCard(DateTimeOffset At, string? Date, string? End, EventKind Kind, string Title, string Institution)
{
    public IReadOnlyList<string> Problems { get; init; } = [];

    public IReadOnlyList<string> Medicines { get; init; } = [];

    public IReadOnlyList<string> Reports { get; init; } = [];

    public IReadOnlyList<string> Procedures { get; init; } = [];

    public string? Detail { get; init; }

    /// <summary>Of all institutions together, newest first.</summary>
    internal static IReadOnlyList<VisitCard> Of(PersonRecords person)
    {
        var problems = ByEncounter(person, RecordKind.Conditions, r => r.Child("code").Concept());
        var medicines = ByEncounter(person, RecordKind.Medicines, r => MedicineOf(r));
        var reports = ByEncounter(person, RecordKind.Reports, r => r.Child("code").Concept());
        var procedures = ByEncounter(person, RecordKind.Procedures, r => r.Child("code").Concept());
        var visits = person.Of(RecordKind.Encounters).Where(e => e.Text("status") is not ("entered-in-error" or "cancelled")).Select(e =>
        {
            var id = e.Text("id") ?? "";
            var date = e.Child("period").Text("start");
            return new VisitCard(Json.Start(date), date, e.Child("period").Text("end"), KindOf(e), e.Child("serviceType").Words() ?? e.First("type").Words() ?? "", person.Institution(e))
            {
                Problems = problems.GetValueOrDefault(id, []),
                Medicines = medicines.GetValueOrDefault(id, []),
                Reports = reports.GetValueOrDefault(id, []),
                Procedures = procedures.GetValueOrDefault(id, []),
                Detail = e.First("type").Words(),
            };
        });
        var vaccinations = person.Of(RecordKind.Vaccinations).Where(i => i.Text("status") == "completed").Select(i =>
            new VisitCard(Json.Start(i.Text("occurrenceDateTime")), i.Text("occurrenceDateTime"), null, EventKind.Vaccination, i.Child("vaccineCode").Concept() ?? "", person.Institution(i))
            {
                Detail = i.First("protocolApplied").Number("doseNumberPositiveInt")?.ToString(),
            });
        var documents = person.Of(RecordKind.Documents).Where(d => d.Text("status") == "current").Select(d =>
            new VisitCard(Json.Start(d.Text("date")), d.Text("date"), null, EventKind.Document, d.Child("type").Concept() ?? "", person.Institution(d)));
        return [.. visits.Concat(vaccinations).Concat(documents).OrderByDescending(c => c.At)];
    }

    internal static string? MedicineOf(JsonElement request) =>
        request.Child("medicationCodeableConcept").Concept() ?? request.Child("medicationReference").Text("display")
        ?? request.Items("contained").Where(c => c.Text("resourceType") == "Medication").Select(c => c.Child("code").Concept()).FirstOrDefault();

    private static Dictionary<string, IReadOnlyList<string>> ByEncounter(PersonRecords person, RecordKind kind, Func<JsonElement, string?> say) =>
        person.Of(kind)
            .Select(r => (Encounter: r.Child("encounter").Reference(), Said: say(r)))
            .Where(p => p is { Encounter: not null, Said: not null })
            .GroupBy(p => p.Encounter!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.Select(p => p.Said!).Distinct(StringComparer.Ordinal)], StringComparer.Ordinal);

    private static EventKind KindOf(JsonElement encounter) => encounter.Child("class").Text("code") switch
    {
        "IMP" or "ACUTE" or "NONAC" or "SS" => EventKind.Inpatient,
        "EMER" => EventKind.Emergency,
        "HH" => EventKind.Home,
        _ => encounter.First("type").Concept() is "体检" ? EventKind.Checkup : EventKind.Outpatient,
    };
}
