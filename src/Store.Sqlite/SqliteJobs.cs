using Kangqiao.Kernel;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Sqlite.Writing;

namespace Kangqiao.Store.Sqlite;

/// <summary>Jobs in a table; every change is one small transaction of the writer.</summary>
internal sealed class SqliteJobs(SqliteRecordStore store) : IJobs
{
    private const int LongestName = 200;

    public ValueTask<Outcome<Job>> AddAsync(string id, string kind, string parametersJson, CancellationToken cancel = default) =>
        id.Length is 0 or > LongestName || kind.Length is 0 or > LongestName
            ? new(Problems.BadName("A job's id and kind"))
            : store.CallAsync(
                session => session.Tables.FindJob(id) is null
                    ? session.AddJob(new()
                    {
                        Id = id,
                        Kind = kind,
                        Parameters = parametersJson,
                        State = JobState.Waiting,
                        Done = 0,
                        Total = 0,
                        Checkpoint = "",
                        Result = "",
                        IsCancelAsked = false,
                        Claim = 0,
                        LeaseEnds = session.Instant,
                        CreatedAt = session.Instant,
                        UpdatedAt = session.Instant,
                    })
                    : (Outcome<Job>)Problems.JobExists(id),
                cancel);

    public ValueTask<Outcome<Job?>> ClaimAsync(IReadOnlyList<string> kinds, TimeSpan lease, CancellationToken cancel = default) => store.CallAsync(
        session => (Outcome<Job?>)(session.Tables.FirstFree(kinds, session.Instant) is { } free
            ? session.Save(free with { State = JobState.Running, Claim = free.Claim + 1, LeaseEnds = session.Instant + lease })
            : null),
        cancel);

    public ValueTask<Outcome<Job>> ReportAsync(Job claimed, JobProgress progress, TimeSpan lease, CancellationToken cancel = default) => Held(
        claimed,
        (session, job) => job with
        {
            Done = progress.Done,
            Total = progress.Total,
            Checkpoint = progress.Checkpoint,
            LeaseEnds = session.Instant + lease,
        },
        cancel);

    public ValueTask<Outcome<Job>> EndAsync(Job claimed, JobState state, string result, CancellationToken cancel = default) =>
        state is JobState.Waiting or JobState.Running
            ? throw new ArgumentOutOfRangeException(nameof(state), state, "A job ends as done, failed or cancelled.")
            : Held(claimed, (_, job) => job with { State = state, Result = result }, cancel);

    public ValueTask<Outcome<Job>> CancelAsync(string id, CancellationToken cancel = default) => store.CallAsync(
        session => session.Tables.FindJob(id) switch
        {
            null => Problems.NoSuchJob(id),
            { State: JobState.Waiting } waiting => session.Save(waiting with { State = JobState.Cancelled, IsCancelAsked = true }),
            { State: JobState.Running } running => session.Save(running with { IsCancelAsked = true }),
            var ended => (Outcome<Job>)ended,
        },
        cancel);

    public ValueTask<Outcome<Job?>> FindAsync(string id, CancellationToken cancel = default) =>
        store.Read(id, static (reader, id) => (Outcome<Job?>)reader.Tables.FindJob(id), null, cancel);

    public ValueTask<Outcome<IReadOnlyList<Job>>> ListAsync(string? kind, int limit, CancellationToken cancel = default) =>
        StoreLimits.IsPage(limit)
            ? store.Read((kind, limit), static (reader, ask) => (Outcome<IReadOnlyList<Job>>)reader.Tables.Jobs(ask.kind, ask.limit), null, cancel)
            : new(Problems.BadLimit(StoreLimits.MostInPage));

    public ValueTask<Outcome<Job>> RemoveAsync(string id, CancellationToken cancel = default) => store.CallAsync(
        session =>
        {
            switch (session.Tables.FindJob(id))
            {
                case null:
                    return Problems.NoSuchJob(id);
                case { State: JobState.Waiting or JobState.Running }:
                    return Problems.JobNotEnded(id);
                case var ended:
                    session.RemoveJob(id);
                    return (Outcome<Job>)ended;
            }
        },
        cancel);

    /// <summary>Changes a job that the caller holds still.</summary>
    private ValueTask<Outcome<Job>> Held(Job claimed, Func<WriteSession, Job, Job> change, CancellationToken cancel) => store.CallAsync(
        session => session.Tables.FindJob(claimed.Id) is { State: JobState.Running } job && job.Claim == claimed.Claim
            ? session.Save(change(session, job))
            : (Outcome<Job>)Problems.ClaimLost(claimed.Id),
        cancel);
}
