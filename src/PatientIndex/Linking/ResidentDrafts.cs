using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Online;
using Kangqiao.PatientIndex.Residents;
using Kangqiao.Standard.RealName;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.PatientIndex.Linking;

/// <summary>Makes the residents that a plan touches ready for the store, from what is stored and what the request brings.</summary>
internal sealed class ResidentDrafts(IRecordStore store, ResidentWriting writing, LiveIndex index, TimeProvider time)
{
    private const int MostKeys = 5_000;

    /// <returns>A conflict where somebody else has changed one of them since it was planned.</returns>
    public async ValueTask<Outcome<List<ResidentWrite>>> OfAsync(LinkPlan plan, IReadOnlyList<WriteOperation> operations, CancellationToken cancel)
    {
        var brought = new Dictionary<string, PreparedRecord>(StringComparer.Ordinal);
        foreach (var operation in operations)
        {
            if (operation is WriteOperation.Put { Record: { Key.Type: "Patient" } record })
            {
                brought[record.Key.Id] = record;
            }
        }

        var keys = new HashSet<RecordKey>();
        foreach (var touched in plan.Touched.Values)
        {
            if (!touched.IsNew)
            {
                keys.Add(new("Person", touched.Id));
            }

            keys.UnionWith(touched.Sources.Where(s => !brought.ContainsKey(s.Source)).Select(s => new RecordKey("Patient", s.Source)));
        }

        var stored = new Dictionary<RecordKey, StoredRecord>();
        foreach (var some in keys.Chunk(MostKeys))
        {
            if (!(await store.ReadAsync(some, cancel)).Try(out var read, out var problem))
            {
                return problem;
            }

            foreach (var record in read.OfType<StoredRecord>())
            {
                stored[record.Key] = record;
            }
        }

        var now = time.GetUtcNow();
        var drafts = new List<ResidentWrite>(plan.Touched.Count);
        foreach (var touched in plan.Touched.Values)
        {
            var before = touched.IsNew ? new Resident(touched.Id) : ResidentJson.Read(stored.GetValueOrDefault(new("Person", touched.Id)));
            if (before is null || before.Version != touched.Version)
            {
                return Store.Problems.NoLongerSo();
            }

            if (touched is { IsNew: true, Sources.Count: 0, Wanted: null })
            {
                // Born and left again in one request: it never was.
                continue;
            }

            var sources = touched.Sources
                .Select(s => brought.TryGetValue(s.Source, out var record)
                    ? new SourcePatient(s.Source, record.Sender, record.Flags, now, record.Body, s.Facts)
                    : stored.TryGetValue(new("Patient", s.Source), out var there) && there.State == RecordState.Live ? SourcePatient.Of(there, s.Facts) : null)
                .OfType<SourcePatient>()
                .ToList();
            var resident = touched.Wanted is { } wanted
                ? wanted with { HealthRecordNumber = before.HealthRecordNumber, Links = [.. wanted.Links.Where(l => touched.Sources.Exists(s => s.Source == l.Source))] }
                : before with { Survivor = touched.Survivor ?? before.Survivor, Links = Links(before, touched, now) };
            if (!(await writing.OfAsync(resident, sources, touched.Version, cancel)).Try(out var draft, out var problem))
            {
                return problem;
            }

            drafts.Add(draft);
        }

        return drafts;
    }

    /// <summary>
    /// What must still be so: nobody has made a resident of the same number meanwhile. Where others use a number already, as somebody
    /// will have to look at, it claims nothing.
    /// </summary>
    public static IEnumerable<Expectation> Claims(List<ResidentWrite> drafts, LinkPlan plan)
    {
        var taken = plan.Touched.Values.Where(t => !t.IsNew || t.Links.Values.Any(l => l.IsNumberTaken)).Select(t => t.Id).ToHashSet(StringComparer.Ordinal);
        return from draft in drafts
               where draft.Golden.VerifiedNumber.Length > 0
               group draft by draft.Golden.VerifiedNumber into number
               where number.Count() == 1 && !taken.Contains(number.First().Resident.Id)
               select new Expectation.OfIdentity(Identity.Of("Person", ValidDocument.ResidentSystem, number.Key), null);
    }

    private List<ResidentLink> Links(Resident before, TouchedResident touched, DateTimeOffset now)
    {
        var had = before.Links.ToDictionary(l => l.Source, StringComparer.Ordinal);
        return [.. touched.Sources
            .Select(s => touched.Links.TryGetValue(s.Source, out var planned)
                ? new ResidentLink(s.Source, planned.Assurance, planned.How, planned.How == LinkMeans.Likeness ? index.ModelVersion : "", planned.Probability, now)
                : had.GetValueOrDefault(s.Source) ?? new ResidentLink(s.Source, "level2", LinkMeans.New, "", null, now))
            .OrderBy(l => l.At).ThenBy(l => l.Source, StringComparer.Ordinal)];
    }
}
