using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Records;
using Kangqiao.Standard.Making;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Interactions;

/// <summary>R4 http.html#update and #upsert. The same resource sent again makes no new version.</summary>
internal static class Update
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var key = ask.Target.Key;
        using var bench = room.Rent();
        if (bench.Take(room, ask.Body, key.Type) is { } refused)
        {
            return refused;
        }

        if (IdMismatch(bench, key.Id) is { } mismatch)
        {
            return Answer.Refused(mismatch);
        }

        var onlyIfAbsent = ask.IfNoneMatch?.Trim() == "*";
        if (onlyIfAbsent && !ask.MayName)
        {
            return Answer.Refused(Problems.NamedByServer());
        }

        if (await References.ResolveAsync(room, ask, bench, cancel) is { } unresolved)
        {
            return unresolved;
        }

        if (!EntityTag.Expected(ask.IfMatch).Try(out var expected, out var problem)
            || !(await bench.PrepareAsync(key, cancel, ask.Provenance)).Try(out var record, out problem))
        {
            return Answer.Refused(problem);
        }

        var put = new WriteOperation.Put(record)
        {
            ExpectedVersion = expected,
            Mode = onlyIfAbsent ? PutMode.CreateOnly : PutMode.Either,
            SkipIfIdentical = true,
        };
        var answer = await Written.PutAsync(room, ask, bench, put, [], cancel);

        // RFC 9110 13.1.2: If-None-Match: * that finds something is a failed precondition.
        return onlyIfAbsent && answer.Status == 409 ? answer with { Status = 412 } : answer;
    }

    /// <summary>R4 http.html#update: the resource "SHALL contain an id element that has an identical value to the [id] in the URL".</summary>
    public static Problem? IdMismatch(Workbench bench, string due)
    {
        var sent = bench.Document.Root.ChildText("id");
        return sent is null ? Problems.IdMissing(due) : sent != due ? Problems.OtherId(sent, due) : null;
    }
}
