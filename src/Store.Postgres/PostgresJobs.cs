using Kangqiao.Kernel;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>
/// Jobs in a table. Every change holds only where the job is still as it was read, so no two workers have one claim; jobs are
/// few and slow, and need no more.
/// </summary>
internal sealed class PostgresJobs(Connections connections, TimeProvider time) : IJobs
{
    private const string Columns =
        "id, kind, parameters, state, done, total, checkpoint, result, cancel, claim, lease_ends, created_at, updated_at";

    private const string Insert = $"""
        INSERT INTO store.job ({Columns}, n) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """;

    private const string Save = """
        UPDATE store.job SET state = $2, done = $3, total = $4, checkpoint = $5, result = $6, cancel = $7, claim = $8, lease_ends = $9, updated_at = $10
        WHERE id = $1
        """;

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    public ValueTask<Outcome<Job>> AddAsync(string id, string kind, string parametersJson, CancellationToken cancel = default)
    {
        if (!StoreLimits.IsName(id) || !StoreLimits.IsName(kind))
        {
            return new(Problems.BadName("A job's id and kind"));
        }

        return Alone<Job>(
            async (connection, token) =>
            {
                if (await FindAsync(connection, id, token) is not null)
                {
                    return Problems.JobExists(id);
                }

                await using var last = connection.Command("SELECT coalesce(max(n), 0) FROM store.job");
                var next = (long)(await last.ExecuteScalarAsync(token))! + 1;
                var now = Now;
                var job = new Job
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
                    LeaseEnds = now,
                    CreatedAt = now,
                    UpdatedAt = now,
                };
                await connection.Command(Insert).WithText(job.Id).WithText(job.Kind).WithText(job.Parameters).With((int)job.State).With(job.Done)
                    .With(job.Total).WithText(job.Checkpoint).WithText(job.Result).With(job.IsCancelAsked).With(job.Claim)
                    .With(job.LeaseEnds.ToUnixTimeMilliseconds()).With(job.CreatedAt.ToUnixTimeMilliseconds())
                    .With(job.UpdatedAt.ToUnixTimeMilliseconds()).With(next).RunAsync(token);
                return job;
            },
            cancel);
    }

    public ValueTask<Outcome<Job?>> ClaimAsync(IReadOnlyList<string> kinds, TimeSpan lease, CancellationToken cancel = default) => Alone<Job?>(
        async (connection, token) =>
        {
            var now = Now;
            var free = await connection.Command($"""
                SELECT {Columns} FROM store.job WHERE kind = ANY($1) AND (state = 0 OR (state = 1 AND lease_ends <= $2)) ORDER BY n LIMIT 1
                """).With(kinds.ToArray()).With(now.ToUnixTimeMilliseconds()).RowsAsync(Read, token);
            return free is [var job]
                ? await SaveAsync(connection, job with { State = JobState.Running, Claim = job.Claim + 1, LeaseEnds = now + lease }, token)
                : null;
        },
        cancel);

    public ValueTask<Outcome<Job>> ReportAsync(Job claimed, JobProgress progress, TimeSpan lease, CancellationToken cancel = default) => Held(
        claimed,
        job => job with { Done = progress.Done, Total = progress.Total, Checkpoint = progress.Checkpoint, LeaseEnds = Now + lease },
        cancel);

    public ValueTask<Outcome<Job>> EndAsync(Job claimed, JobState state, string result, CancellationToken cancel = default) =>
        state is JobState.Waiting or JobState.Running
            ? throw new ArgumentOutOfRangeException(nameof(state), state, "A job ends as done, failed or cancelled.")
            : Held(claimed, job => job with { State = state, Result = result }, cancel);

    public ValueTask<Outcome<Job>> CancelAsync(string id, CancellationToken cancel = default) => Alone<Job>(
        async (connection, token) => await FindAsync(connection, id, token) switch
        {
            null => Problems.NoSuchJob(id),
            { State: JobState.Waiting } waiting => await SaveAsync(connection, waiting with { State = JobState.Cancelled, IsCancelAsked = true }, token),
            { State: JobState.Running } running => await SaveAsync(connection, running with { IsCancelAsked = true }, token),
            var ended => (Outcome<Job>)ended,
        },
        cancel);

    public ValueTask<Outcome<Job?>> FindAsync(string id, CancellationToken cancel = default) =>
        connections.UseAsync<Job?>(async (connection, token) => await FindAsync(connection, id, token), null, cancel);

    public ValueTask<Outcome<IReadOnlyList<Job>>> ListAsync(string? kind, int limit, CancellationToken cancel = default) => StoreLimits.IsPage(limit)
        ? connections.UseAsync<IReadOnlyList<Job>>(
            async (connection, token) => await connection
                .Command($"SELECT {Columns} FROM store.job WHERE $1 = '' OR kind = $1 ORDER BY n DESC LIMIT $2")
                .WithText(kind ?? "").With(limit).RowsAsync(Read, token),
            null, cancel)
        : new(Problems.BadLimit(StoreLimits.MostInPage));

    public ValueTask<Outcome<Job>> RemoveAsync(string id, CancellationToken cancel = default) => Alone<Job>(
        async (connection, token) =>
        {
            switch (await FindAsync(connection, id, token))
            {
                case null:
                    return Problems.NoSuchJob(id);
                case { State: JobState.Waiting or JobState.Running }:
                    return Problems.JobNotEnded(id);
                case var ended:
                    await connection.Command("DELETE FROM store.job WHERE id = $1").WithText(id).RunAsync(token);
                    return ended;
            }
        },
        cancel);

    /// <summary>Changes a job that the caller holds still.</summary>
    private ValueTask<Outcome<Job>> Held(Job claimed, Func<Job, Job> change, CancellationToken cancel) => Alone<Job>(
        async (connection, token) =>
            await FindAsync(connection, claimed.Id, token) is { State: JobState.Running } job && job.Claim == claimed.Claim
                ? await SaveAsync(connection, change(job), token)
                : Problems.ClaimLost(claimed.Id),
        cancel);

    /// <summary>One change of jobs after the other, whichever process asks for it.</summary>
    private ValueTask<Outcome<T>> Alone<T>(Func<NpgsqlConnection, CancellationToken, Task<Outcome<T>>> change, CancellationToken cancel) =>
        connections.InTransactionAsync<T>(
            async (connection, token) =>
            {
                await connection.RunAsync(Locks.OneAfterTheOther, token);
                return await change(connection, token);
            },
            cancel);

    private async Task<Job> SaveAsync(NpgsqlConnection connection, Job job, CancellationToken cancel)
    {
        var saved = job with { UpdatedAt = Now };
        await connection.Command(Save).WithText(saved.Id).With((int)saved.State).With(saved.Done).With(saved.Total).WithText(saved.Checkpoint)
            .WithText(saved.Result).With(saved.IsCancelAsked).With(saved.Claim).With(saved.LeaseEnds.ToUnixTimeMilliseconds())
            .With(saved.UpdatedAt.ToUnixTimeMilliseconds()).RunAsync(cancel);
        return saved;
    }

    private static async Task<Job?> FindAsync(NpgsqlConnection connection, string id, CancellationToken cancel)
    {
        var found = await connection.Command($"SELECT {Columns} FROM store.job WHERE id = $1").WithText(id).RowsAsync(Read, cancel);
        return found.Count > 0 ? found[0] : null;
    }

    private static Job Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetString(0),
        Kind = row.GetString(1),
        Parameters = row.GetString(2),
        State = (JobState)row.GetInt32(3),
        Done = row.GetInt64(4),
        Total = row.GetInt64(5),
        Checkpoint = row.GetString(6),
        Result = row.GetString(7),
        IsCancelAsked = row.GetBoolean(8),
        Claim = row.GetInt64(9),
        LeaseEnds = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(11)),
        UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(12)),
    };
}
