using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Records;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Interactions;

/// <summary>R4 http.html#cond-update: the record that the condition finds, or a new one where it finds none.</summary>
internal static class ConditionalUpdate
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        using var bench = room.Rent();
        return bench.Take(room, ask.Body, ask.Target.Type!) is { } refused ? refused
            : await References.ResolveAsync(room, ask, bench, cancel) is { } unresolved ? unresolved
            : await Written.AgainAsync(room, () => OnceAsync(room, ask, bench, cancel), cancel);
    }

    private static async ValueTask<Answer> OnceAsync(RestRoom room, Ask ask, Workbench bench, CancellationToken cancel)
    {
        var type = ask.Target.Type!;
        if (!EntityTag.Expected(ask.IfMatch).Try(out var expected, out var problem)
            || !(await Condition.FindAsync(room, ask, type, ask.Parameters, cancel)).Try(out var condition, out problem))
        {
            return Answer.Refused(problem);
        }

        if (Written.TooMany(condition, type, ask.Address) is { } tooMany)
        {
            return Answer.Refused(tooMany);
        }

        var sent = bench.Document.Root.ChildText("id");
        var existing = condition.Matches is [var match] ? match : null;
        if (existing is not null && sent is not null && sent != existing.Key.Id)
        {
            return Answer.Refused(Problems.OtherId(sent, existing.Key.Id));
        }

        if (existing is null && sent is not null && !ask.MayName)
        {
            return Answer.Refused(Problems.NamedByServer());
        }

        var key = existing?.Key ?? new RecordKey(type, sent ?? room.Ids.NextId());
        if (!(await bench.PrepareAsync(key, cancel, ask.Provenance)).Try(out var record, out problem))
        {
            return Answer.Refused(problem);
        }

        var put = new WriteOperation.Put(record)
        {
            ExpectedVersion = expected,

            // No match, and yet a record of that id: the client and we do not speak of the same thing.
            Mode = existing is null ? PutMode.CreateOnly : PutMode.UpdateOnly,
            SkipIfIdentical = true,
        };
        return await Written.PutAsync(room, ask, bench, put, condition.Expectations, cancel);
    }
}
