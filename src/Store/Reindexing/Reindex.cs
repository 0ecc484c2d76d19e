using System.Globalization;
using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Reindexing;

/// <summary>Makes a record's terms again, from the version that is stored.</summary>
public delegate ValueTask<Outcome<PreparedRecord>> Prepare(StoredRecord record, CancellationToken cancel);

/// <summary>
/// Writes the terms of every record anew while all else goes on. A record that changes meanwhile brings its own. It ends as done
/// only when the counts agree: each type's records in the index with those in the store, and those seen to with those there are.
/// </summary>
/// <param name="form">Of the terms that are written; see <see cref="TermForm"/>. Only a program of the same form takes up the job.</param>
public sealed class Reindex(IRecordStore store, string form, Prepare prepare, TimeProvider time) : IJobWork
{
    private const string KindStart = "reindex:";
    private const int PageSize = 500;

    private static readonly TimeSpan CountPatience = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan PagePatience = TimeSpan.FromMinutes(2);

    public string Kind { get; } = KindStart + form;

    /// <summary>Sees to it that the index is in this form: starts a run if the newest was of another form, or did not succeed.</summary>
    /// <returns>True when a run was started.</returns>
    public static async ValueTask<Outcome<bool>> EnsureAsync(IRecordStore store, string form, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (!(await NewestAsync(store, cancel)).Try(out var newest, out var problem))
        {
            return problem;
        }

        return newest.Job is { } job && job.Kind == KindStart + form && job.State is JobState.Done or JobState.Waiting or JobState.Running
            ? false
            : await AddAsync(store, form, newest.Count, cancel);
    }

    /// <summary>Starts a run whatever was before; one that is under way is enough.</summary>
    /// <returns>True when a run was started.</returns>
    public static async ValueTask<Outcome<bool>> StartAsync(IRecordStore store, string form, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (!(await NewestAsync(store, cancel)).Try(out var newest, out var problem))
        {
            return problem;
        }

        return newest.Job is { State: JobState.Waiting or JobState.Running } job && job.Kind == KindStart + form
            ? false
            : await AddAsync(store, form, newest.Count, cancel);
    }

    /// <summary>
    /// Says of a store that never held a record that its index is in this form: all that comes is written so from the first one on, and
    /// nobody waits for a run that would find nothing to do but what was just written.
    /// </summary>
    public static async ValueTask<Problem?> SettleEmptyAsync(IRecordStore store, string form, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (!(await NewestAsync(store, cancel)).Try(out var newest, out var problem)
            || newest.Job is not null
            || !(await IsEmptyAsync(store, cancel)).Try(out var isEmpty, out problem)
            || !isEmpty
            || !(await AddAsync(store, form, 0, cancel)).Try(out var isAdded, out problem)
            || !isAdded
            || !(await store.Jobs.ClaimAsync([KindStart + form], JobWorkers.Lease, cancel)).Try(out var claimed, out problem)
            || claimed is null)
        {
            return problem;
        }

        // Had somebody written meanwhile, the run is left to the workers: they take it up when the lease has ended.
        return (await IsEmptyAsync(store, cancel)).Try(out isEmpty, out problem) && isEmpty
            ? (await store.Jobs.EndAsync(claimed, JobState.Done, """{"records":0}""", cancel)).Problem
            : problem;
    }

    public static async ValueTask<Outcome<IndexState>> StateAsync(IRecordStore store, string form, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (!(await NewestAsync(store, cancel)).Try(out var newest, out var problem))
        {
            return problem;
        }

        return newest.Job is { } job
            ? new IndexState(job.Id, job.State == JobState.Done && job.Kind == KindStart + form, job.State, job.Done, job.Total, job.Result)
            : new IndexState(null, false, null, 0, 0, "");
    }

    public async Task<Outcome<string>> WorkAsync(JobRun run, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (await OpenAsync(run, cancel) is var opened && !opened.Try(out var state, out var problem))
        {
            return problem;
        }

        var total = run.Job.Total;
        if (total == 0)
        {
            if (!(await LiveAsync(cancel)).Try(out var live, out problem))
            {
                return problem;
            }

            total = live.Values.Sum();
        }

        while (true)
        {
            var page = await store.SearchAsync(
                new(TermQuery.Everything) { After = state.After, Limit = PageSize, WithRecords = true, Patience = PagePatience }, cancel);
            if (!page.Try(out var found, out problem))
            {
                return problem;
            }

            StoredRecord[] due = [.. found.Records.Where(r => r.Number <= state.UpTo)];
            if (due.Length > 0)
            {
                if (!(await WriteAsync(due, state, cancel)).Try(out var written, out problem))
                {
                    return problem;
                }

                state = written with { After = due[^1].Number };
            }

            if (await run.ReportAsync(new(state.Total, Math.Max(total, state.Total), state.Write()), cancel) is { } stop)
            {
                return stop;
            }

            if (!found.HasMore || due.Length < found.Records.Count)
            {
                break;
            }
        }

        if (state.Refused > 0)
        {
            return Problems.NotIndexed(state.Refused, state.FirstRefused) with { Kind = ProblemKind.Invalid };
        }

        return await new ReindexAudit(store, time, CountPatience).CheckAsync(state, cancel) is { } wrong
            ? wrong
            : string.Create(CultureInfo.InvariantCulture, $$"""{"records":{{state.Total}}}""");
    }

    private static async ValueTask<Outcome<bool>> IsEmptyAsync(IRecordStore store, CancellationToken cancel) =>
        (await store.StatisticsAsync(cancel)).Then<bool>(statistics => statistics.Types.All(t => t.Versions == 0));

    private static async ValueTask<Outcome<bool>> AddAsync(IRecordStore store, string form, int runs, CancellationToken cancel)
    {
        // Two servers that start at once name the same run, and one of them adds it.
        var added = await store.Jobs.AddAsync(string.Create(CultureInfo.InvariantCulture, $"reindex-{runs + 1}"), KindStart + form, "{}", cancel);
        return added.IsSuccess ? true : added.Problem!.Kind == ProblemKind.Conflict ? false : added.Problem;
    }

    private static async ValueTask<Outcome<(Job? Job, int Count)>> NewestAsync(IRecordStore store, CancellationToken cancel)
    {
        if (!(await store.Jobs.ListAsync(null, StoreLimits.MostInPage, cancel)).Try(out var jobs, out var problem))
        {
            return problem;
        }

        var runs = jobs.Where(j => j.Kind.StartsWith(KindStart, StringComparison.Ordinal)).ToList();
        return (runs.FirstOrDefault(), runs.Count);
    }

    private async ValueTask<Outcome<ReindexState>> OpenAsync(JobRun run, CancellationToken cancel)
    {
        if (ReindexState.Read(run.Job.Checkpoint) is { } state)
        {
            return state;
        }

        // Before anything is looked at: what comes behind it was written in the new form.
        if (!(await store.Changes.EndAsync(cancel)).Try(out var end, out var problem)
            || !(await store.SearchAsync(new(TermQuery.Everything) { Descending = true, Limit = 1 }, cancel)).Try(out var newest, out problem))
        {
            return problem;
        }

        return ReindexState.Begin(end, newest.Numbers.Count > 0 ? newest.Numbers[0] : 0);
    }

    private async ValueTask<Outcome<Dictionary<string, long>>> LiveAsync(CancellationToken cancel) =>
        (await store.StatisticsAsync(cancel)).Try(out var statistics, out var problem)
            ? statistics.Types.ToDictionary(t => t.Type, t => t.Live, StringComparer.Ordinal)
            : problem;

    private async ValueTask<Outcome<ReindexState>> WriteAsync(IReadOnlyList<StoredRecord> records, ReindexState state, CancellationToken cancel)
    {
        var operations = new List<WriteOperation>(records.Count);
        var seen = new Dictionary<string, long>(state.Seen, StringComparer.Ordinal);
        foreach (var record in records)
        {
            if (!(await prepare(record, cancel)).Try(out var prepared, out var problem))
            {
                if (problem.Kind is ProblemKind.Unavailable or ProblemKind.Throttled)
                {
                    return problem;
                }

                state = state with { Refused = state.Refused + 1, FirstRefused = state.Refused == 0 ? $"{record.Key} ({problem.Code})" : state.FirstRefused };
                continue;
            }

            operations.Add(new WriteOperation.Reindex(prepared, record.Version));
            seen[record.Key.Type] = seen.GetValueOrDefault(record.Key.Type) + 1;
        }

        while (operations.Count > 0)
        {
            var written = await store.WriteAsync(new(operations), cancel);
            if (written.IsSuccess)
            {
                break;
            }

            if (written.Problem!.Kind != ProblemKind.Throttled)
            {
                return written.Problem;
            }

            // Those who bring records go before.
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancel);
        }

        return state with { Seen = seen };
    }
}
