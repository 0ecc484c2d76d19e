using System.Globalization;
using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>SCH, AIS, AIG, AIL, AIP: appointments.</summary>
internal sealed partial class MessageMap
{
    private Draft? schedule;
    private string? scheduleStart;
    private string? scheduleEnd;
    private int scheduleMinutes;

    private void Schedule(Segment sch)
    {
        // The filler's number is that of the schedule itself; who asks may have none.
        var key = sch.Field(2).Text() is { Length: > 0 } filler ? SourceKey.Filler(filler)
            : sch.Field(1).Text() is { Length: > 0 } placer ? SourceKey.Placer(placer)
            : null;
        if (key is null)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NoOrderNumber, sch.Path + "-2", "PID-3, SCH-11"));
            key = SourceKey.Part(PatientKey, "appointment|" + sch.Field(11).Component(4).Text());
        }

        schedule = Record("Appointment", key);
        var body = schedule.Body;
        Apply(content.Segment("SCH", "Appointment"), sch, body);
        var byEvent = content.Codes("AppointmentEvent")[trigger]?.Code ?? "booked";
        var said = content.Codes("AppointmentStatus")[sch.Field(25).Text()]?.Code;
        body.Set("status", trigger is "S12" or "S13" or "S14" ? said ?? byEvent : byEvent);
        schedule.Intent = trigger switch
        {
            "S12" => MappedIntent.Put,
            "S17" => MappedIntent.Withdraw,
            _ => MappedIntent.Amend,
        };
        if (trigger is "S15" or "S16" && Concept(sch.Field(6).Repetition(1), "appointment-event-reason", null, new Place(sch, 6)) is { } why)
        {
            body.Set("cancelationReason", why);
        }

        var timing = sch.Field(11).Repetition(1);
        scheduleStart = Time(timing.Component(4), new Place(sch, 11));
        scheduleEnd = Time(timing.Component(5), new Place(sch, 11));
        scheduleMinutes = Minutes(sch.Field(9).Text(), sch.Field(10).Text());
        if (Subject is { } who)
        {
            body.Add("participant", new FhirObject().Set("actor", who).Set("status", "accepted"));
        }

        if (sch.Field(26).Text() is { Length: > 0 } order)
        {
            body.Add("basedOn", new FhirObject().Set("reference", names.Reference("ServiceRequest", SourceKey.Placer(order))));
        }

        noted = body;
    }

    private void ScheduleTiming(Segment tq1)
    {
        scheduleStart ??= Time(tq1.Field(7).Repetition(1), new Place(tq1, 7));
        scheduleEnd ??= Time(tq1.Field(8).Repetition(1), new Place(tq1, 8));
        // What the appointment is for has no time of its own in TQ1; it prevails over that of the request (SCH-11).
        if (tq1.Field(7).HasValue)
        {
            scheduleStart = Time(tq1.Field(7).Repetition(1), new Place(tq1, 7)) ?? scheduleStart;
            scheduleEnd = Time(tq1.Field(8).Repetition(1), new Place(tq1, 8)) ?? scheduleEnd;
        }
    }

    private void ScheduleResource(Segment resource)
    {
        if (schedule is null)
        {
            return;
        }

        var body = schedule.Body;
        // AIS counts its fields from one less than the other three.
        var shift = resource.Is("AIS") ? 0 : 2;
        scheduleStart ??= Time(resource.Field(4 + shift).Repetition(1), new Place(resource, 4 + shift));
        if (scheduleMinutes == 0)
        {
            scheduleMinutes = Minutes(resource.Field((resource.Is("AIG") ? 11 : resource.Is("AIS") ? 7 : 9)).Text(), resource.Field((resource.Is("AIG") ? 12 : resource.Is("AIS") ? 8 : 10)).Text());
        }

        var participant = new FhirObject();
        switch (resource.Name)
        {
            case "AIS":
                body.Add("serviceType", Concept(resource.Field(3).Repetition(1), "order-item", null, new Place(resource, 3)));
                return;
            case "AIP":
                participant.Add("type", Concept(resource.Field(4).Repetition(1), "staff-role", null, new Place(resource, 4)))
                    .Set("actor", Person(resource.Field(3).Repetition(1))?.Refer());
                break;
            case "AIL":
                participant.Add("type", Concept(resource.Field(4).Repetition(1), "place-type", null, new Place(resource, 4)))
                    .Set("actor", PlaceOf(resource.Field(3).Repetition(1))?.Refer());
                break;
            default:
                participant.Add("type", Concept(resource.Field(3).Repetition(1), "resource", null, new Place(resource, 3)))
                    .Add("type", Concept(resource.Field(4).Repetition(1), "resource-type", null, new Place(resource, 4)));
                break;
        }

        if (participant.HasContent)
        {
            body.Add("participant", participant.Set("status", "accepted"));
        }
    }

    private void EndSchedule()
    {
        if (schedule is null)
        {
            return;
        }

        var body = schedule.Body;
        if (scheduleStart is { Length: > 10 } && scheduleEnd is not { Length: > 10 } && scheduleMinutes > 0 && Times.Instant(scheduleStart) is { } from)
        {
            scheduleEnd = from.AddMinutes(scheduleMinutes).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        }

        if (scheduleStart is { Length: > 10 } && scheduleEnd is { Length: > 10 })
        {
            body.Set("start", scheduleStart).Set("end", scheduleEnd);
        }
        else if (body["status"] as string is not ("cancelled" or "entered-in-error"))
        {
            // app-3: only what is proposed, waiting or cancelled may have no time.
            body.Set("status", "waitlist");
        }

        if (scheduleMinutes > 0)
        {
            body.Set("minutesDuration", scheduleMinutes);
        }

        if (!body.Has("participant"))
        {
            body.Add("participant", new FhirObject().Add("type", new FhirObject().Set("text", "unknown")).Set("status", "needs-action"));
        }
    }

    private static int Minutes(string amount, string unit)
    {
        if (!decimal.TryParse(amount, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number is <= 0 or > 1_000_000)
        {
            return 0;
        }

        var minutes = unit.ToLowerInvariant() switch
        {
            "s" or "sec" or "second" or "seconds" or "秒" => number / 60,
            "h" or "hr" or "hour" or "hours" or "小时" => number * 60,
            "d" or "day" or "天" => number * 1440,
            _ => number,
        };
        return (int)Math.Ceiling(minutes);
    }
}
