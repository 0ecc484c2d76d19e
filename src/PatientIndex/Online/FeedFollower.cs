using System.Diagnostics.CodeAnalysis;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Linking;
using Kangqiao.PatientIndex.Residents;
using Kangqiao.PatientIndex.Sources;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.PatientIndex.Online;

/// <summary>
/// Keeps the index as the store is: built from what is stored, then from the change feed. What this process wrote itself it knows
/// already and skips.
/// </summary>
internal sealed class FeedFollower(IRecordStore store, LiveIndex index) : IDisposable
{
    private const int PageSize = 2_000;

    private readonly SemaphoreSlim turn = new(1);
    private ChangeCursor position;

    /// <summary>Residents that this process is writing: what the feed says of them waits.</summary>
    public InFlight InFlight { get; } = new();

    /// <summary>Reads all source Patients, those who stand for them, and residents.</summary>
    public async ValueTask<Problem?> BuildAsync(CancellationToken cancel)
    {
        if (!(await store.Changes.EndAsync(cancel)).Try(out position, out var problem))
        {
            return problem;
        }

        foreach (var type in (string[])["RelatedPerson", "Patient", "Person"])
        {
            long? after = null;
            do
            {
                var ask = new SearchAsk(TypeTerms.AllOf(type)) { After = after, Limit = PageSize, WithRecords = true, Patience = TimeSpan.FromMinutes(5) };
                if (!(await store.SearchAsync(ask, cancel)).Try(out var page, out problem))
                {
                    return problem;
                }

                lock (index.Gate)
                {
                    foreach (var record in page.Records)
                    {
                        Take(record);
                    }
                }

                after = page.HasMore ? page.Numbers[^1] : null;
            }
            while (after is not null);
        }

        return null;
    }

    /// <summary>Follows the feed until it is cancelled.</summary>
    public async Task RunAsync(Action<Exception> fault, TimeProvider time, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                _ = await CatchUpAsync(cancel);
                await store.Changes.WaitAsync(position, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The edge of a loop that must not end: logged, and begun anew.
            catch (Exception unexpected)
#pragma warning restore CA1031
            {
                fault(unexpected);
                await Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None);
            }
        }
    }

    /// <summary>Takes in all that the feed has now.</summary>
    /// <returns>False where there was nothing that the index did not know.</returns>
    public async ValueTask<bool> CatchUpAsync(CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            var isNews = false;
            while ((await store.Changes.ReadAsync(position, PageSize, cancel)).Try(out var page, out _) && page.Next != position)
            {
                isNews |= await TakeAsync(page.Changes, cancel);
                position = page.Next;
            }

            return isNews;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async ValueTask<bool> TakeAsync(IReadOnlyList<Change> changes, CancellationToken cancel)
    {
        var wanted = new List<RecordKey>();
        var gone = new List<string>();
        lock (index.Gate)
        {
            foreach (var change in changes)
            {
                if (change.Key.Type is not ("Patient" or "Person" or "RelatedPerson") || change.Kind == ChangeKind.Late || IsKnown(change))
                {
                    continue;
                }

                if (change.Kind is ChangeKind.Deleted or ChangeKind.Purged)
                {
                    gone.Add(change.Key.Type == "Patient" ? change.Key.Id : "");
                }
                else if (!wanted.Contains(change.Key))
                {
                    wanted.Add(change.Key);
                }
            }
        }

        if (wanted.Count + gone.Count == 0)
        {
            return false;
        }

        if (!(await store.ReadAsync(wanted, cancel)).Try(out var records, out var problem))
        {
            throw new InvalidOperationException($"{problem.Code} {problem.Message}");
        }

        foreach (var record in records.OfType<StoredRecord>().OrderBy(r => r.Key.Type == "Person" ? 1 : 0))
        {
            while (true)
            {
                Task? other;
                lock (index.Gate)
                {
                    if (!IsClaimed(record, out other))
                    {
                        Take(record);
                        break;
                    }
                }

                await other.WaitAsync(cancel);
            }
        }

        lock (index.Gate)
        {
            foreach (var id in gone.Where(id => id.Length > 0))
            {
                if (index.FindSource(id) is >= 0 and var row && index[row] != default)
                {
                    index.Forget(row);
                }
            }
        }

        return true;
    }

    /// <summary>Somebody is writing the record's resident: what comes of that counts.</summary>
    private bool IsClaimed(StoredRecord record, [NotNullWhen(true)] out Task? ended)
    {
        ended = null;
        var resident = record.Key.Type switch
        {
            "Person" => index.FindResident(record.Key.Id),
            "Patient" => index.FindSource(record.Key.Id) is >= 0 and var row ? index.ResidentOf(row) : -1,
            _ => -1,
        };
        return resident >= 0 && InFlight.IsClaimed(resident, out ended);
    }

    private bool IsKnown(in Change change) => change.Key.Type switch
    {
        "Patient" => index.FindResident(change.Key.Id) >= 0 || (index.FindSource(change.Key.Id) is >= 0 and var row && index.VersionOf(row) >= change.Version),
        "Person" => index.FindResident(change.Key.Id) is >= 0 and var resident && index.ResidentVersion(resident) >= change.Version,
        _ => false,
    };

    private void Take(StoredRecord record)
    {
        if (record.State != RecordState.Live)
        {
            return;
        }

        switch (record.Key.Type)
        {
            case "Patient" when !ResidentTag.IsOn(record):
                TakePatient(record);
                break;
            case "Person" when ResidentJson.Read(record) is { } resident:
                TakeResident(resident);
                break;
            case "RelatedPerson":
                TakeGuardian(record);
                break;
        }
    }

    private void TakePatient(StoredRecord record)
    {
        var row = index.FindSource(record.Key.Id);
        if (row >= 0 && index.VersionOf(row) >= record.Version)
        {
            return;
        }

        using var document = JsonSaid.Parse(record.Body);
        row = index.Say(record.Key.Id, SourceReader.Patient(document.RootElement));
        index.SetVersion(row, record.Version);
    }

    private void TakeGuardian(StoredRecord record)
    {
        using var document = JsonSaid.Parse(record.Body);
        if (SourceReader.GuardianOf(document.RootElement) is var (patient, name, number))
        {
            index.SayGuardian(patient, name, number);
        }
    }

    private void TakeResident(Resident resident)
    {
        var number = index.FindResident(resident.Id);
        if (number < 0)
        {
            number = index.AddResident(resident.Id);
        }
        else if (index.ResidentVersion(number) >= resident.Version)
        {
            return;
        }

        index.SetResidentVersion(number, resident.Version);
        var rows = new HashSet<int>();
        foreach (var link in resident.Links)
        {
            var row = index.FindSource(link.Source);
            if (row >= 0)
            {
                rows.Add(row);
                index.Assign(row, number);
            }
        }

        foreach (var left in index.RowsOf(number).Where(row => !rows.Contains(row)).ToArray())
        {
            index.Assign(left, -1);
        }

        index.Take(number, resident);
    }
}
