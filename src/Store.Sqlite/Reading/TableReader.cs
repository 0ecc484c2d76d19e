using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite.Reading;

/// <summary>Reads what is not a record: the feed, followers, identities, jobs, tallies, parameter codes.</summary>
internal sealed class TableReader(Database database, Names names)
{
    private const string JobColumns =
        "id, kind, parameters, state, done, total, checkpoint, result, cancel, claim, lease_ends, created_at, updated_at";

    private readonly Statement name = database.Prepare("SELECT text FROM name WHERE n = ?1");
    private readonly Statement changes = database.Prepare(
        "SELECT v.seq, v.kind, v.r, r.type, r.id, v.version, v.at, r.shard, v.sender FROM version v JOIN record r ON r.r = v.r WHERE v.seq > ?1 ORDER BY v.seq LIMIT ?2");

    private readonly Statement follower = database.Prepare("SELECT position FROM follower WHERE name = ?1");
    private readonly Statement identity = database.Prepare("SELECT i FROM identity WHERE high = ?1 AND low = ?2 ORDER BY i");
    private readonly Statement tallies = database.Prepare(
        "SELECT n.text, t.live, t.deleted, t.versions FROM tally t JOIN name n ON n.n = t.type WHERE t.versions > 0 ORDER BY n.text");

    private readonly Statement parameters = database.Prepare("SELECT type, name, code FROM parameter");
    private readonly Statement job = database.Prepare($"SELECT {JobColumns} FROM job WHERE id = ?1");
    private readonly Statement jobs = database.Prepare($"SELECT {JobColumns} FROM job WHERE ?1 IN ('', kind) ORDER BY n DESC LIMIT ?2");
    private readonly Statement openJobs = database.Prepare($"SELECT {JobColumns} FROM job WHERE state < 2 ORDER BY n");

    public List<Change> Changes(long after, int limit)
    {
        var list = new List<Change>(Math.Min(limit, 256));
        changes.Bind(1, after).Bind(2, limit);
        while (changes.Step())
        {
            list.Add(new(
                0, changes.Int64(0), (ChangeKind)changes.Int32(1), changes.Int64(2),
                new(names.Text(changes.Int64(3), name), changes.Id(4)), changes.Int64(5),
                DateTimeOffset.FromUnixTimeMilliseconds(changes.Int64(6)), new(changes.Int64(7)),
                names.Text(changes.Int64(8), name)));
        }

        changes.Reset();
        return list;
    }

    public Outcome<ChangeCursor> Position(string of)
    {
        var text = follower.Bind(1, of).Step() ? follower.Text(0) : "";
        follower.Reset();
        return ChangeCursor.Parse(text);
    }

    public List<long> Find(Identity sought)
    {
        var numbers = new List<long>(1);
        identity.Bind(1, sought.High).Bind(2, sought.Low);
        while (identity.Step())
        {
            numbers.Add(identity.Int64(0) / StoreLimits.MostIdentities);
        }

        identity.Reset();
        return numbers;
    }

    public List<TypeStatistics> Tallies()
    {
        var list = new List<TypeStatistics>();
        while (tallies.Step())
        {
            list.Add(new(tallies.Text(0), tallies.Int64(1), tallies.Int64(2), tallies.Int64(3)));
        }

        tallies.Reset();
        return list;
    }

    public Dictionary<(string Type, string Parameter), long> ParameterCodes()
    {
        var codes = new Dictionary<(string, string), long>();
        while (parameters.Step())
        {
            codes.Add((parameters.Text(0), parameters.Text(1)), parameters.Int64(2));
        }

        parameters.Reset();
        return codes;
    }

    public Job? FindJob(string id)
    {
        var found = job.Bind(1, id).Step() ? JobOf(job) : null;
        job.Reset();
        return found;
    }

    public List<Job> Jobs(string? kind, int limit)
    {
        var list = new List<Job>();
        jobs.Bind(1, kind ?? "").Bind(2, limit);
        while (jobs.Step())
        {
            list.Add(JobOf(jobs));
        }

        jobs.Reset();
        return list;
    }

    /// <summary>The oldest job of these kinds that nobody holds now.</summary>
    public Job? FirstFree(IReadOnlyList<string> kinds, DateTimeOffset now)
    {
        Job? found = null;
        while (found is null && openJobs.Step())
        {
            var candidate = JobOf(openJobs);
            if (kinds.Contains(candidate.Kind, StringComparer.Ordinal)
                && (candidate.State == JobState.Waiting || candidate.LeaseEnds <= now))
            {
                found = candidate;
            }
        }

        openJobs.Reset();
        return found;
    }

    private static Job JobOf(Statement row) => new()
    {
        Id = row.Text(0),
        Kind = row.Text(1),
        Parameters = row.Text(2),
        State = (JobState)row.Int32(3),
        Done = row.Int64(4),
        Total = row.Int64(5),
        Checkpoint = row.Text(6),
        Result = row.Text(7),
        IsCancelAsked = row.Int32(8) != 0,
        Claim = row.Int64(9),
        LeaseEnds = DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(10)),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(11)),
        UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(12)),
    };
}
