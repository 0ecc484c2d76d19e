using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Residents;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Queries;

namespace Kangqiao.PatientIndex.Reading;

/// <summary>
/// Which source Patients a resident's composed Patient stands for, read from the Persons as they are now: a merge or its undo is there
/// for every reader of every server with the write that made it.
/// </summary>
public sealed class PatientCoverage(IRecordStore store) : IPatientCoverage
{
    /// <summary>Mergers that followed one another; more are no chain of people but a loop.</summary>
    private const int MostMergers = 16;

    public string TagSystem => ResidentTag.System;

    public string TagCode => ResidentTag.Code;

    public bool IsComposed(StoredRecord patient) => ResidentTag.IsOn(patient);

    public async ValueTask<Outcome<IReadOnlyDictionary<string, IReadOnlyList<string>>>> CoveredAsync(IReadOnlyCollection<string> patients, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(patients);
        var covered = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var standing = patients.Distinct(StringComparer.Ordinal).Select(id => (Asked: id, Now: id)).ToList();
        for (var round = 0; round < MostMergers && standing.Count > 0; round++)
        {
            RecordKey[] keys = [.. standing.Select(s => new RecordKey("Person", s.Now)).Distinct().Where(k => k.IsWellFormed)];
            if (!(await store.ReadAsync(keys, cancel)).Try(out var records, out var problem))
            {
                return problem;
            }

            var residents = records.Select(ResidentJson.Read).OfType<Resident>().ToDictionary(r => r.Id, StringComparer.Ordinal);
            var next = new List<(string Asked, string Now)>();
            foreach (var (asked, now) in standing)
            {
                if (!residents.TryGetValue(now, out var resident))
                {
                    continue;
                }

                covered[asked] = [.. covered.GetValueOrDefault(asked, []), now, .. resident.Links.Select(l => l.Source)];
                if (resident.Survivor is { } survivor)
                {
                    next.Add((asked, survivor));
                }
            }

            standing = next;
        }

        return covered;
    }
}
