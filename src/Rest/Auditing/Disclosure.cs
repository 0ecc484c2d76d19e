using Kangqiao.Audit.Entries;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Bundles;
using Kangqiao.Store;

namespace Kangqiao.Rest.Auditing;

/// <summary>What of a request goes into the trail before its answer leaves.</summary>
internal sealed class Disclosure
{
    /// <summary>Null until the address was understood.</summary>
    public Target? Target { get; set; }

    /// <summary>Null until somebody was recognized.</summary>
    public AuditActor? Actor { get; set; }

    /// <summary>It shows nothing of anybody, to nobody in particular.</summary>
    public bool IsOpen { get; set; }

    /// <summary>What was searched for in a form.</summary>
    public string? Form { get; set; }

    /// <param name="address">As asked, below the base, with its query.</param>
    public IReadOnlyList<AuditEntry> Entries(string method, string address, string? from, Answer answer)
    {
        if (IsOpen)
        {
            return [];
        }

        var actor = (Actor ?? new AuditActor("")) with { Address = from };
        var action = ActionOf(method, Target);
        var detail = Form is { Length: > 0 } form ? $"{address}?{form}" : address;
        if (answer.Status >= 400)
        {
            return
            [
                new AuditEntry(action, actor)
                {
                    Outcome = answer.Status >= 500 ? AuditOutcome.Failed : AuditOutcome.Refused,
                    Code = answer.Problem?.Code,
                    Detail = detail,
                    Patients = Target is { Type: "Patient" or "Person", Id: { } id } ? [id] : [],
                },
            ];
        }

        var parts = new Parts();
        parts.Take(answer, action);
        var entries = parts.Entries(actor, action, IsReading(action) && action != AuditAction.Read ? detail : null, Target);
        return answer.Body is ResponseBundle bundle ? [.. entries, .. Refusals(bundle, actor)] : entries;
    }

    /// <summary>Records that went into files for somebody.</summary>
    public static IReadOnlyList<AuditEntry> Exported(Callers.Caller owner, IReadOnlyList<StoredRecord> records) => Shown(AuditAction.Export, Actors.Of(owner), records);

    /// <summary>Records that are sent to a subscriber.</summary>
    public static IReadOnlyList<AuditEntry> Notified(string subscription, IEnumerable<StoredRecord> records) =>
        Shown(AuditAction.Export, new AuditActor("subscriber") { Client = "Subscription/" + subscription }, records);

    // Whoever tries out ids in a batch is refused as often as one who asks for them one by one.
    private static IEnumerable<AuditEntry> Refusals(ResponseBundle bundle, AuditActor actor) =>
        bundle.Answers.Select((answer, i) => (answer, i)).Where(a => a.answer.Status >= 400).Select(a => new AuditEntry(AuditAction.Operation, actor)
        {
            Outcome = a.answer.Status >= 500 ? AuditOutcome.Failed : AuditOutcome.Refused,
            Code = a.answer.Problem?.Code,
            Detail = $"Bundle.entry[{a.i}]",
        });

    private static IReadOnlyList<AuditEntry> Shown(AuditAction action, AuditActor actor, IEnumerable<StoredRecord> records)
    {
        var parts = new Parts();
        foreach (var record in records)
        {
            parts.Add(action, record.Key, record.Version, MentionedPatients.In(record.Key, record.Body.Span));
        }

        return parts.IsEmpty ? [] : parts.Entries(actor, action, null, null);
    }

    private static bool IsReading(AuditAction action) => action <= AuditAction.Reveal;

    private static AuditAction ActionOf(string method, Target? target) => (method, target?.Shape) switch
    {
        (_, Shape.Version) => AuditAction.VersionRead,
        (_, Shape.InstanceHistory or Shape.TypeHistory or Shape.SystemHistory) => AuditAction.History,
        (_, Shape.TypeSearch or Shape.SystemSearch or Shape.CompartmentSearch or Shape.Compartment) => AuditAction.Search,
        ("GET" or "HEAD", Shape.Type or Shape.Base) => AuditAction.Search,
        (_, Shape.SystemOperation or Shape.TypeOperation or Shape.InstanceOperation) => AuditAction.Operation,
        ("POST", Shape.Base) => AuditAction.Operation,
        ("POST", _) => AuditAction.Create,
        ("PUT", _) => AuditAction.Update,
        ("PATCH", _) => AuditAction.Patch,
        ("DELETE", _) => AuditAction.Delete,
        _ => AuditAction.Read,
    };

    /// <summary>Records by what was done with them, and the patients of each.</summary>
    private sealed class Parts
    {
        private readonly SortedDictionary<AuditAction, (List<AuditedRecord> Records, List<string> Patients)> byAction = [];

        public bool IsEmpty => byAction.Count == 0;

        public void Take(Answer answer, AuditAction action)
        {
            foreach (var touched in answer.Touched)
            {
                Add(touched.Action, touched.Key, touched.Version, touched.Patients);
            }

            if (answer.Body is ResponseBundle bundle)
            {
                foreach (var one in bundle.Answers)
                {
                    Take(one, AuditAction.Read);
                }

                return;
            }

            if (answer.Status >= 400)
            {
                return;
            }

            // What somebody changed themselves and gets back is no disclosure of its own.
            foreach (var record in answer.Body?.Records ?? [])
            {
                if (!answer.Touched.Any(t => t.Key == record.Key))
                {
                    Add(IsReading(action) ? action : AuditAction.Read, record.Key, record.Version, MentionedPatients.In(record.Key, record.Body.Span));
                }
            }
        }

        public IReadOnlyList<AuditEntry> Entries(AuditActor actor, AuditAction action, string? detail, Target? target)
        {
            if (byAction.Count == 0)
            {
                // Nothing was found, or nothing had to be changed; that it was asked is on record.
                return
                [
                    new AuditEntry(action, actor)
                    {
                        Detail = detail,
                        Records = target is { Type: { } type, Id: { } id } && type != "*" ? [new(type, id, 0)] : [],
                        Patients = target is { Type: "Patient" or "Person", Id: { } patient } ? [patient] : target is { Compartment: "Patient", Id: { } about } ? [about] : [],
                    },
                ];
            }

            return [.. byAction.Select(p => new AuditEntry(p.Key, actor) { Detail = p.Key == action ? detail : null, Records = p.Value.Records, Patients = p.Value.Patients })];
        }

        public void Add(AuditAction action, RecordKey key, long version, IReadOnlyList<string> mentioned)
        {
            if (!byAction.TryGetValue(action, out var part))
            {
                byAction.Add(action, part = ([], []));
            }

            var first = -1;
            for (var i = 0; i < mentioned.Count; i++)
            {
                var at = part.Patients.LastIndexOf(mentioned[i]);
                if (at < 0)
                {
                    at = part.Patients.Count;
                    part.Patients.Add(mentioned[i]);
                }

                first = i == 0 ? at : first;
            }

            part.Records.Add(new(key.Type, key.Id, version, first));
        }
    }
}
