using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Records;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Interactions;

/// <summary>R4 http.html#create and #ccreate. The id is ours whatever the client sent.</summary>
internal static class Create
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        using var bench = room.Rent();
        if (bench.Take(room, ask.Body, ask.Target.Type!) is { } refused)
        {
            return refused;
        }

        if (await References.ResolveAsync(room, ask, bench, cancel) is { } unresolved)
        {
            return unresolved;
        }

        var key = new RecordKey(ask.Target.Type!, room.Ids.NextId());
        if (!(await bench.PrepareAsync(key, cancel, ask.Provenance)).Try(out var record, out var problem))
        {
            return Answer.Refused(problem);
        }

        var put = new WriteOperation.Put(record) { Mode = PutMode.CreateOnly };
        return ask.IfNoneExist is { } criteria
            ? await Written.AgainAsync(room, () => UnlessThereAsync(room, ask, bench, put, criteria, cancel), cancel)
            : await Written.PutAsync(room, ask, bench, put, [], cancel);
    }

    private static async ValueTask<Answer> UnlessThereAsync(
        RestRoom room, Ask ask, Workbench bench, WriteOperation.Put put, string criteria, CancellationToken cancel)
    {
        if (!(await Condition.FindAsync(room, ask, ask.Target.Type!, criteria, cancel)).Try(out var condition, out var problem))
        {
            return Answer.Refused(problem);
        }

        return Written.TooMany(condition, ask.Target.Type!, criteria) is { } tooMany ? Answer.Refused(tooMany)
            : condition.Matches is [var existing] ? (await ask.SightAsync(room, cancel)).Try(out var sight, out problem) ? Written.Existing(ask, sight.Shown(existing), bench.Findings) : Answer.Refused(problem)
            : await Written.PutAsync(room, ask, bench, put, condition.Expectations, cancel);
    }
}
