using System.Buffers;
using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Auditing;
using Kangqiao.Rest.Callers;
using Kangqiao.Rest.Records;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Queries;

namespace Kangqiao.Rest.Bulk;

/// <summary>
/// Writes an export's files: every record as it was at one place of the change feed, once, whatever is written meanwhile. It walks
/// the feed up to that place and takes a version when no later one of its record lies before it; so memory does not grow, and after
/// a restart it goes on where its files end.
/// </summary>
internal sealed class ExportWork(RestRoom room) : IJobWork
{
    private const int PageSize = 1000;
    private const int PagesBetweenReports = 10;

    public string Kind => Export.Kind;

    /// <summary>Where a run stands.</summary>
    private sealed record Checkpoint(string After, long Looked, IReadOnlyList<BulkPart> Parts);

    public async Task<Outcome<string>> WorkAsync(JobRun run, CancellationToken cancel)
    {
        var ask = ExportAsk.Read(run.Job.Parameters);
        if (!(await ChooserOf(ask, cancel)).Try(out var chooser, out var problem)
            || !(await TotalAsync(run, cancel)).Try(out var total, out problem))
        {
            return problem;
        }

        var folder = BulkFolder.Of(room, run.Job.Id);
        var start = run.Job.Checkpoint.Length > 0 ? JsonSerializer.Deserialize<Checkpoint>(run.Job.Checkpoint)! : new("", 0, []);
        var shelf = NdjsonShelf.Resume(folder, room.Options.MostExportFileBytes, start.Parts);
        if (shelf is null)
        {
            // Another server began it, or somebody removed files: from the beginning.
            (start, shelf) = (new("", 0, []), NdjsonShelf.Resume(folder, room.Options.MostExportFileBytes, []));
        }

        using (shelf)
        {
            var until = ChangeCursor.Parse(ask.Until).Value;
            var after = ChangeCursor.Parse(start.After).Value;
            var looked = start.Looked;
            for (var pages = 1; !after.HasReached(until); pages++)
            {
                if (!(await room.Platform.Changes.ReadAsync(after, PageSize, cancel)).Try(out var page, out problem))
                {
                    return problem;
                }

                if (await TakeAsync(page, until, chooser, shelf!, cancel) is { } refused)
                {
                    return refused;
                }

                looked += page.Changes.Count;
                if (page.Next == after)
                {
                    break;
                }

                after = page.Next;
                if (pages % PagesBetweenReports == 0
                    && await run.ReportAsync(new(looked, Math.Max(total, looked), JsonSerializer.Serialize(new Checkpoint(after.ToString(), looked, shelf!.Flush()))), cancel) is { } stop)
                {
                    return stop;
                }
            }

            var parts = shelf!.Finish();
            return await run.ReportAsync(new(looked, looked, JsonSerializer.Serialize(new Checkpoint(ask.Until, looked, parts))), cancel) is { } ended
                ? ended
                : new BulkResult(parts).Write();
        }
    }

    public Task CancelledAsync(Job job, CancellationToken cancel)
    {
        BulkFolder.Remove(room, job.Id);
        return Task.CompletedTask;
    }

    /// <summary>Writes what a page of the feed brings.</summary>
    private async ValueTask<Problem?> TakeAsync(ChangePage page, ChangeCursor until, Chooser chooser, NdjsonShelf shelf, CancellationToken cancel)
    {
        // Of several versions on the page only the last can be the one that counts.
        var last = new Dictionary<long, Change>();
        foreach (var change in page.Changes)
        {
            if (change.Sequence <= until[change.Partition] && chooser.Wants(change))
            {
                last[change.Number] = change;
            }
        }

        var changes = last.Values.ToArray();
        if (!(await room.Platform.ReadAsync([.. changes.Select(c => c.Number)], cancel)).Try(out var heads, out var problem))
        {
            return problem;
        }

        chooser.Written.Clear();
        for (var i = 0; i < changes.Length; i++)
        {
            if (!(await AsOfAsync(changes[i], heads[i], until, cancel)).Try(out var record, out problem))
            {
                return problem;
            }

            if (record is not null && await chooser.PutAsync(record, shelf, cancel) is { } refused)
            {
                return refused;
            }
        }

        // On record before anybody can fetch the file.
        return await room.Trail.AppendAsync(Disclosure.Exported(chooser.Owner, chooser.Written));
    }

    /// <summary>The version of a change when it was the current one at the place, else null.</summary>
    private async ValueTask<Outcome<StoredRecord?>> AsOfAsync(Change change, StoredRecord? head, ChangeCursor until, CancellationToken cancel)
    {
        if (head is null || head.Version == change.Version || head.Version < change.Version)
        {
            // Purged since, or unchanged since.
            return head?.Version == change.Version ? head : (StoredRecord?)null;
        }

        if (!(await room.Platform.ReadAsync(change.Key, change.Version + 1, cancel)).Try(out var next, out var problem))
        {
            return problem;
        }

        return next is null || next.Sequence <= until[room.Platform.Changes.PartitionOf(next.Sequence)]
            ? (StoredRecord?)null
            : await room.Platform.ReadAsync(change.Key, change.Version, cancel);
    }

    private async ValueTask<Outcome<long>> TotalAsync(JobRun run, CancellationToken cancel)
    {
        if (run.Job.Total > 0)
        {
            return run.Job.Total;
        }

        return (await room.Platform.StatisticsAsync(cancel)).Try(out var statistics, out var problem) ? statistics.Types.Sum(t => t.Versions) : problem;
    }

    private async ValueTask<Outcome<Chooser>> ChooserOf(ExportAsk ask, CancellationToken cancel)
    {
        if (!ask.Criteria(room).Try(out var criteria, out var problem) || !ask.Subsets().Try(out var subsets, out problem))
        {
            return problem;
        }

        HashSet<string>? patients = ask.Patients.Length > 0 ? [.. ask.Patients] : null;
        if (ask.Group is { } group)
        {
            if (!(await room.Platform.ReadAsync(new RecordKey("Group", group), ask.GroupVersion, cancel)).Try(out var record, out problem))
            {
                return problem;
            }

            var members = record is null ? [] : MembersOf(record);
            members.IntersectWith(patients ?? members);
            patients = members;
        }

        if (patients is not null)
        {
            if (!(await room.Coverage.CoveredAsync(patients, cancel)).Try(out var covered, out problem))
            {
                return problem;
            }

            patients.UnionWith(covered.Values.SelectMany(ids => ids));
        }

        // Rights are those of now and not of the kick-off.
        return (await Sight.OfAsync(room, ask.Owner.Caller, [.. patients ?? []], cancel)).Try(out var sight, out problem)
            ? new Chooser(room, sight, ask, criteria, subsets, patients)
            : problem;
    }

    private HashSet<string> MembersOf(StoredRecord group)
    {
        using var bench = room.Rent();
        bench.Load(group);
        var members = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in bench.Document.Root.ChildrenNamed("member"))
        {
            // R4 group.html: an inactive member is one who was in it.
            if (member.ChildText("inactive") != "true" && member.Child("entity").ChildText("reference") is { } reference
                && reference.StartsWith("Patient/", StringComparison.Ordinal))
            {
                members.Add(reference["Patient/".Length..]);
            }
        }

        return members;
    }

    /// <summary>Which versions belong into the export, and how they are written.</summary>
    private sealed class Chooser(
        RestRoom room, Sight sight, ExportAsk ask, Dictionary<string, List<RecordCriteria>> criteria, Func<string, Subset?> subsets, HashSet<string>? patients)
    {
        private readonly HashSet<string> types = TypesOf(ask);
        private readonly ArrayBufferWriter<byte> json = new(8192);

        public Caller Owner => ask.Owner.Caller;

        /// <summary>What went into the files since it was cleared.</summary>
        public List<StoredRecord> Written { get; } = [];

        /// <summary>As far as the feed tells.</summary>
        public bool Wants(in Change change) =>
            change.Kind is not (ChangeKind.Purged or ChangeKind.Late) && types.Contains(change.Key.Type) && (ask.Since is null || change.Instant >= ask.Since)
            && (change.Kind != ChangeKind.Deleted || ask.Since is not null);

        public async ValueTask<Problem?> PutAsync(StoredRecord record, NdjsonShelf shelf, CancellationToken cancel)
        {
            if (record.State == RecordState.Deleted)
            {
                return await PutDeletedAsync(record, shelf, cancel);
            }

            if (!(await ChoosesAsync(record, cancel)).Try(out var isChosen, out var problem) || !isChosen)
            {
                return problem;
            }

            json.ResetWrittenCount();
            sight.Shown(record).WriteResource(json);
            shelf.Append(record.Key.Type, subsets(record.Key.Type) is { } subset ? subset.Of(json.WrittenMemory) : json.WrittenSpan);
            Written.Add(record);
            return null;
        }

        // Bulk Data Access IG, Response: deleted is a Bundle of the type transaction for each line. Whether it may be known is asked of what was deleted.
        private async ValueTask<Problem?> PutDeletedAsync(StoredRecord record, NdjsonShelf shelf, CancellationToken cancel)
        {
            if (!(await room.Platform.ReadAsync(record.Key, record.Version - 1, cancel)).Try(out var before, out var problem))
            {
                return problem;
            }

            if (before is not { State: RecordState.Live } || !(await ChoosesAsync(before, cancel)).Try(out var isChosen, out problem) || !isChosen)
            {
                return problem;
            }

            json.ResetWrittenCount();
            var bundle = new BundleWriter(json, ask.Base);
            bundle.Begin("transaction");
            bundle.BeginEntry();
            bundle.Request("DELETE", record.Key.ToString());
            bundle.EndEntry();
            bundle.End();
            shelf.Append(ExportManifest.Deleted, json.WrittenSpan);
            return null;
        }

        private async ValueTask<Outcome<bool>> ChoosesAsync(StoredRecord record, CancellationToken cancel)
        {
            if (!sight.SeesAll && (!(await sight.SeesAsync(record, cancel)).Try(out var sees, out var problem) || !sees))
            {
                return problem is null ? false : problem;
            }

            var type = record.Key.Type;
            if (!IsWanted(record))
            {
                return false;
            }

            if (ask.Level == ExportLevel.System && !criteria.ContainsKey(type))
            {
                return true;
            }

            if (!(await room.Book.OfAsync(type, cancel)).Try(out var terms, out problem))
            {
                return problem;
            }

            using var bench = room.Rent();
            bench.Load(record);
            if (!bench.Document.IsUsable)
            {
                return false;
            }

            var values = bench.Values(terms.Plan);
            return (ask.Level == ExportLevel.System || RecordLinks.Of(terms).IsOfPatient(values, record.Key, patients))
                && (!criteria.TryGetValue(type, out var any) || any.Exists(c => c.Matches(record.Key, values)));
        }

        /// <summary>
        /// It is no composed record, or one that is asked for: a resident's Patient follows from its sources, and the Person that joins
        /// them is not about each of them alone.
        /// </summary>
        private bool IsWanted(StoredRecord record) =>
            !ResidentTag.IsOn(record) || patients?.Contains(record.Key.Id) == true
            || (record.Key.Type == "Person" ? ask.Level == ExportLevel.System : ask.Filters.Any(f => f.StartsWith("Patient?", StringComparison.Ordinal) && f.Contains("_tag=", StringComparison.Ordinal)));

        private static HashSet<string> TypesOf(ExportAsk ask)
        {
            var all = ask.Types.Length > 0 ? ask.Types : R4.Facts.Types.Where(t => t is { IsResource: true, IsAbstract: false }).Select(t => t.Name);
            if (ask.Level == ExportLevel.System)
            {
                return [.. all];
            }

            // Only what can be about a patient (R4 compartmentdefinition-patient.html).
            var compartment = Array.Find(R4.Facts.Compartments, c => c.Type.Name == "Patient")!.Parameters;
            return [.. all.Where(t => t == "Patient" || compartment.GetValueOrDefault(t, []).Length > 0)];
        }
    }
}
