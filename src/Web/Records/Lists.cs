namespace Kangqiao.Web.Records;

/// <summary>A medicine, however often and by whomever it was prescribed.</summary>
/// <param name="Dosage">As on the last prescription.</param>
/// <param name="Until">When the last supply is used up, where the prescription says how long it lasts.</param>
public sealed record Medicine(string Name, string? Dosage, DateTimeOffset Last, DateTimeOffset? Until, int Times, IReadOnlyList<string> Institutions)
{
    /// <summary>Prescribed by more than one institution: worth a look, so that nobody takes it twice.</summary>
    public bool IsFromSeveral => Institutions.Count > 1;

    public bool IsCurrentAt(DateTimeOffset now) => (Until ?? Last.AddDays(30)) >= now;

    internal static IReadOnlyList<Medicine> Of(PersonRecords person) =>
    [
        .. person.Of(RecordKind.Medicines)
            .Where(r => r.Text("status") is not ("entered-in-error" or "cancelled"))
            .Select(r => (Name: VisitCard.MedicineOf(r), Request: r, At: Json.Start(r.Text("authoredOn"))))
            .Where(m => m.Name is not null)
            .GroupBy(m => m.Name!, StringComparer.Ordinal)
            .Select(g =>
            {
                var last = g.MaxBy(m => m.At);
                var days = last.Request.Child("dispenseRequest").Child("expectedSupplyDuration").Number("value");
                return new Medicine(
                    g.Key, last.Request.First("dosageInstruction").Text("text"), last.At, days is > 0 and < 3660 ? last.At.AddDays((double)days) : null, g.Count(),
                    [.. g.Select(m => person.Institution(m.Request)).Distinct(StringComparer.Ordinal)]);
            })
            .OrderByDescending(m => m.Last),
    ];
}

/// <summary>A diagnosis, however often and by whomever it was made.</summary>
public sealed record Ailment(string Name, DateTimeOffset First, DateTimeOffset Last, int Times, IReadOnlyList<string> Institutions, bool IsOver)
{
    internal static IReadOnlyList<Ailment> Of(PersonRecords person) =>
    [
        .. person.Of(RecordKind.Conditions)
            .Where(c => c.Child("verificationStatus").CodeIn("http://terminology.hl7.org/CodeSystem/condition-ver-status") is not ("entered-in-error" or "refuted"))
            .Select(c => (Name: c.Child("code").Concept(), Condition: c, At: Json.Start(c.Text("recordedDate") ?? c.Text("onsetDateTime"))))
            .Where(c => c.Name is not null)
            .GroupBy(c => c.Name!, StringComparer.Ordinal)
            .Select(g => new Ailment(
                g.Key, g.Min(c => c.At), g.Max(c => c.At), g.Count(), [.. g.Select(c => person.Institution(c.Condition)).Distinct(StringComparer.Ordinal)],
                g.MaxBy(c => c.At).Condition.Child("clinicalStatus").CodeIn("http://terminology.hl7.org/CodeSystem/condition-clinical") is "resolved" or "inactive" or "remission"))
            .OrderBy(a => a.IsOver).ThenByDescending(a => a.Times).ThenByDescending(a => a.Last),
    ];
}

/// <summary>Something that must not be given.</summary>
public sealed record Allergy(string Name, bool IsHigh, string? Reaction, DateTimeOffset? At, string Institution)
{
    internal static IReadOnlyList<Allergy> Of(PersonRecords person) =>
    [
        .. person.Of(RecordKind.Allergies)
            .Where(a => a.Child("verificationStatus").CodeIn("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification") is not ("entered-in-error" or "refuted"))
            .Select(a => new Allergy(
                a.Child("code").Concept() ?? "", a.Text("criticality") == "high", a.First("reaction") is { } reaction ? reaction.First("manifestation").Concept() : null,
                a.Text("recordedDate") is { } date ? Json.Start(date) : null, person.Institution(a)))
            .Where(a => a.Name.Length > 0)
            .OrderByDescending(a => a.IsHigh),
    ];
}
