using Kangqiao.Store.Feed;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite.Writing;

/// <summary>The writer's statements for what is not a record: followers, parameter codes, jobs.</summary>
internal sealed class SmallTables(Database database)
{
    private readonly Statement follower = database.Prepare("INSERT OR REPLACE INTO follower (name, position) VALUES (?1, ?2)");
    private readonly Statement parameter = database.Prepare("INSERT INTO parameter (type, name, code) VALUES (?1, ?2, ?3)");
    private readonly Statement addJob = database.Prepare(
        "INSERT INTO job (id, kind, parameters, state, done, total, checkpoint, result, cancel, claim, lease_ends, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");

    private readonly Statement saveJob = database.Prepare(
        "UPDATE job SET state = ?4, done = ?5, total = ?6, checkpoint = ?7, result = ?8, cancel = ?9, claim = ?10, lease_ends = ?11, updated_at = ?13 WHERE id = ?1");

    private readonly Statement removeJob = database.Prepare("DELETE FROM job WHERE id = ?1");

    public void MoveFollower(string name, ChangeCursor to) => follower.Bind(1, name).Bind(2, to.ToString()).Run();

    public void AddParameterCode((string Type, string Parameter) of, long code) =>
        parameter.Bind(1, of.Type).Bind(2, of.Parameter).Bind(3, code).Run();

    public void AddJob(Job job) => Bind(addJob, job).Bind(2, job.Kind).Bind(3, job.Parameters)
        .Bind(12, job.CreatedAt.ToUnixTimeMilliseconds()).Run();

    public void SaveJob(Job job) => Bind(saveJob, job).Run();

    public void RemoveJob(string id) => removeJob.Bind(1, id).Run();

    private static Statement Bind(Statement statement, Job job) => statement
        .Bind(1, job.Id).Bind(4, (long)job.State).Bind(5, job.Done).Bind(6, job.Total).Bind(7, job.Checkpoint).Bind(8, job.Result)
        .Bind(9, job.IsCancelAsked ? 1 : 0).Bind(10, job.Claim).Bind(11, job.LeaseEnds.ToUnixTimeMilliseconds())
        .Bind(13, job.UpdatedAt.ToUnixTimeMilliseconds());
}
