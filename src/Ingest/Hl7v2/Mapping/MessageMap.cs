using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Hl7v2.Content;
using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>A field at hand, for findings.</summary>
/// <param name="Repetition">0 where the field is there once.</param>
internal readonly record struct Place(Segment Segment, int Field, int Repetition = 0)
{
    public override string ToString() => !Segment.Exists ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{Segment.Path}-{Field}{(Repetition > 0 ? $"[{Repetition}]" : "")}");
}

/// <summary>
/// One message as records. It walks the segments in the order they came and keeps what they belong to – the patient, the visit,
/// the order – rather than following one grammar per message: senders leave groups out and send them in other places, and a
/// segment means the same wherever it stands.
/// </summary>
internal sealed partial class MessageMap
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Hl7Message message;
    private readonly SenderNames names;
    private readonly FindingList findings;
    private readonly Hl7Content content;
    private readonly string type;
    private readonly string trigger;
    private readonly string zone;
    private readonly List<Draft> drafts = [];
    private readonly Dictionary<(string Type, string Key), Draft> byKey = [];
    private readonly HashSet<string> unmapped = new(StringComparer.Ordinal);
    private readonly HashSet<int> done = [];

    /// <summary>What an NTE that follows belongs to.</summary>
    private FhirObject? noted;

    private MessageMap(Hl7Message message, SenderNames names, FindingList findings, Hl7Content content)
    {
        this.message = message;
        this.names = names;
        this.findings = findings;
        this.content = content;
        type = message.Type;
        trigger = message.Event;
        // Chapter 2.A.22: an offset in MSH-7 is that of all times of the message which have none of their own.
        zone = Times.DateTime(message.Header.Field(7).Text(), Times.China, out _) is { Length: > 19 } said && said[^6] is '+' or '-' ? said[^6..] : Times.China;
    }

    private bool IsAdt => type == "ADT";

    /// <summary>Whether the sender speaks as the keeper of patients here; in other messages a patient is only mentioned.</summary>
    private bool KeepsPatients => type is "ADT" or "BAR" or "VXU";

    /// <summary>The records of a message; none where it cannot be understood, and the findings say why.</summary>
    public static IReadOnlyList<MappedRecord> Map(Hl7Message message, SenderNames names, FindingList findings, Hl7Content content)
    {
        if (!IsTakenIn(message, findings, content))
        {
            return [];
        }

        var map = new MessageMap(message, names, findings, content);
        map.Walk();
        return map.Records();
    }

    private static bool IsTakenIn(Hl7Message message, FindingList findings, Hl7Content content)
    {
        var (type, trigger) = (message.Type, message.Event);
        if (message.ControlId.Length == 0)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NoControlId, "MSH[1]-10"));
        }

        if (message.Version is var version && (!version.StartsWith("2.", StringComparison.Ordinal) || version is "2.1" or "2.2"))
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.VersionUnknown, "MSH[1]-12", version));
        }

        if (message.Header.Field(11).Text() is ("T" or "D") and var mode)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.TestMessage, "MSH[1]-11", mode));
        }

        if (type.Length == 0 || trigger.Length == 0)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NoMessageType, "MSH[1]-9"));
            return false;
        }

        if (content.Needs(type, trigger) is not { } needed)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NotSupported, "MSH[1]-9", $"{type}^{trigger}"));
            return false;
        }

        foreach (var name in needed)
        {
            if (!message.First(name).Exists)
            {
                findings.Add(Hl7Findings.Of(Hl7Findings.SegmentMissing, "MSH[1]-9", $"{type}^{trigger}", name));
            }
        }

        return !findings.HasErrors;
    }

    private void Walk()
    {
        // Referral and scheduling messages tell whom they are about only after what it is about.
        for (var i = 0; i < message.Count; i++)
        {
            if (message[i].Is("PID"))
            {
                BeginPatient(message[i]);
                break;
            }
        }

        for (var i = 0; i < message.Count; i++)
        {
            if (!done.Contains(i))
            {
                Take(message[i]);
            }
        }

        EndOrder();
        EndMessage();
    }

    private void Take(Segment segment)
    {
        switch (segment.Name)
        {
            case "MSH" or "EVN" or "SFT" or "UAC" or "BLG" or "RGS" or "ARV" or "IAR":
                break;
            case "PID": BeginPatient(segment); break;
            case "PD1": Apply(content.Segment("PD1", "Patient"), segment, patient?.Body ?? new FhirObject()); break;
            case "MRG": Merge(segment); break;
            case "NK1": NextOfKin(segment); break;
            case "GT1": Guarantor(segment); break;
            case "PV1": BeginVisit(segment); break;
            case "PV2": MoreOfVisit(segment); break;
            case "DG1": Diagnosis(segment); break;
            case "PRB": ProblemOf(segment); break;
            case "PDA": CauseOfDeath(segment); break;
            case "AL1": Allergy(segment, "AL1"); break;
            case "IAM": Allergy(segment, "IAM"); break;
            case "PR1": ProcedureOf(segment); break;
            case "IN1": InsuranceOf(segment); break;
            case "IN2": Apply(content.Segment("IN2", "Coverage"), segment, coverage?.Body ?? new FhirObject()); break;
            case "FT1": Charge(segment); break;
            case "ORC": BeginOrder(segment); break;
            case "OBR": Request(segment); break;
            case "ODS" or "RQD": OtherRequest(segment); break;
            case "TQ1": TimingOf(segment); break;
            case "OBX": Observe(segment); break;
            case "SPM": SpecimenOf(segment); break;
            case "SAC": ContainerOf(segment); break;
            case "NTE": NoteOf(segment); break;
            case "RXO": Prescribe(segment, isEncoded: false); break;
            case "RXE": Prescribe(segment, isEncoded: true); break;
            case "RXR": RouteOf(segment); break;
            case "RXC": ComponentOf(segment); break;
            case "RXD": Dispense(segment); break;
            case "RXA": Administer(segment); break;
            case "RF1": Referral(segment); break;
            case "PRD": ReferralParty(segment); break;
            case "SCH": Schedule(segment); break;
            case "AIS" or "AIG" or "AIL" or "AIP": ScheduleResource(segment); break;
            case "ROL": Participate(segment, 4, 3); break;
            case "PRT": Participate(segment, 5, 4); break;
            case "TXA": DocumentOf(segment); break;
            default: NotMapped(segment); break;
        }
    }

    private void NotMapped(Segment segment)
    {
        if (unmapped.Add(segment.Name))
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.LocalSegment, segment.Path, segment.Name));
        }
    }

    private void EndMessage()
    {
        EndVisit();
        EndReports();
        EndSchedule();
        EndReferral();
        EndDocument();
    }

    private MappedRecord[] Records()
    {
        var records = new List<MappedRecord>(drafts.Count);
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer, Compact);
        foreach (var draft in drafts)
        {
            if (draft.IsDropped)
            {
                continue;
            }

            buffer.ResetWrittenCount();
            writer.Reset();
            draft.Body.Write(writer);
            writer.Flush();
            records.Add(new MappedRecord(draft.Type, draft.Key, buffer.WrittenSpan.ToArray()) { Intent = draft.Intent, IsMention = draft.IsMention });
        }

        return [.. records];
    }

    /// <summary>A record by its key; the same one where the message speaks of it again.</summary>
    private Draft Record(string resource, string key)
    {
        if (byKey.TryGetValue((resource, key), out var there))
        {
            return there;
        }

        var made = new Draft(resource, key, names.Reference(resource, key));
        drafts.Add(made);
        byKey.Add((resource, key), made);
        return made;
    }

    /// <summary>A record by its key, which a second one in the message shares: it is then known by its place among them.</summary>
    private Draft OwnRecord(string resource, string key, Segment segment)
    {
        var own = key;
        for (var n = 2; byKey.ContainsKey((resource, own)); n++)
        {
            own = SourceKey.Part(key, "#" + n.ToString(CultureInfo.InvariantCulture));
        }

        if (own != key)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.TwoOfOneKey, segment.Path, segment.Name));
        }

        return Record(resource, own);
    }

    private void Found(FindingKind kind, Place place, params string[] arguments) =>
        findings.Add(Hl7Findings.Of(kind, place.ToString(), arguments));

    private static FhirObject OneConcept(string system, string code, string display = "") =>
        new FhirObject().Add("coding", new FhirObject().Set("system", system).Set("code", code).Set("display", display));
}
