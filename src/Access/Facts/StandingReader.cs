using System.Globalization;
using Kangqiao.Access.Deciding;
using Kangqiao.Access.Roles;
using Kangqiao.Fhir.Reading;
using Kangqiao.Standard.Standing;
using Kangqiao.Store;

namespace Kangqiao.Access.Facts;

/// <summary>What a record says that bears on access: which institution is treating its patient until when, or what was opened in an emergency.</summary>
internal static class StandingReader
{
    // Far enough from the ends of time to add days to.
    private static readonly long Earliest = new DateTime(1800, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
    private static readonly long Latest = new DateTime(9000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    public static IEnumerable<Treatment> Treatments(StoredRecord record, Element resource, TreatmentRules rules)
    {
        var until = Until(record, resource, rules);
        return StandingTerms.Institutions(resource, record.Sender).Select(i => new Treatment(i, until, record.Key.ToString()));
    }

    /// <summary>Null where the record is no grant in force.</summary>
    public static Opening? Opening(StoredRecord record, Element resource)
    {
        string? institution = null;
        DateTimeOffset? until = null;
        foreach (var extension in resource.ChildrenNamed("extension"))
        {
            var value = extension.Child("value");
            switch (extension.ChildText("url"))
            {
                case StandingTerms.UntilExtension:
                    until = Instant(value.Exists ? value.Text() : null);
                    break;
                case StandingTerms.InstitutionExtension:
                    institution = value.Exists ? value.Text() : null;
                    break;
                default:
                    break;
            }
        }

        // Only our own writer's: a Communication with our codes from anywhere else grants nothing.
        return record.Sender == StandingTerms.EmergencySender && institution is not null && until is { } end && resource.ChildText("status") is "in-progress" or "completed"
            ? new Opening(institution, IdOf(resource.Child("sender"), "Practitioner"), end, record.Key.ToString())
            : null;
    }

    private static DateTimeOffset? Until(StoredRecord record, Element resource, TreatmentRules rules)
    {
        var period = resource.Child("period");
        var start = period.Exists ? Instant(period.ChildText("start")) : null;
        var end = period.Exists ? Instant(period.ChildText("end"), isEnd: true) : null;
        switch (resource.Type.Name)
        {
            case "Encounter" when end is null && (resource.ChildText("status") == "planned" || IsAmbulatory(resource)):
                return (start ?? record.Instant).AddDays(rules.AmbulatoryDays);
            case "Appointment":
                return Instant(resource.ChildText("end"), isEnd: true)?.AddDays(rules.AppointmentDays)
                    ?? Instant(resource.ChildText("start"), isEnd: true)?.AddDays(rules.AppointmentDays)
                    ?? record.Instant.AddDays(rules.UnstatedDays);
            case "ServiceRequest":
                return (Instant(resource.ChildText("authoredOn")) ?? record.Instant).AddDays(rules.ReferralDays);
            default:
                return end;
        }
    }

    private static bool IsAmbulatory(Element encounter) =>
        encounter.Child("class") is { Exists: true } kind && kind.ChildText("code") is "AMB" or "EMER" or "VR" or "HH";

    public static string? IdOf(Element reference, string type) =>
        reference.Exists && reference.ChildText("reference")?.Split('/') is [var named, { Length: > 0 } id] && named == type ? id : null;

    /// <summary>A time without offset is the city's.</summary>
    /// <param name="isEnd">Of a day, month or year the end counts.</param>
    public static DateTimeOffset? Instant(string? text, bool isEnd = false)
    {
        if (text is null || !Fhir.Search.DateRange.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var range))
        {
            return null;
        }

        var at = isEnd ? range.High : range.Low;
        return new DateTimeOffset(Math.Clamp(at, Earliest, Latest), TimeSpan.Zero);
    }
}
