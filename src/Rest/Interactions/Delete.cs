using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Auditing;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Interactions;

/// <summary>R4 http.html#delete: soft; what is not there counts as deleted.</summary>
internal static class Delete
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel) =>
        EntityTag.Expected(ask.IfMatch).Try(out var expected, out var problem)
            ? await OfAsync(room, ask, ask.Target.Key, expected, [], cancel)
            : Answer.Refused(problem);

    public static async ValueTask<Answer> OfAsync(
        RestRoom room, Ask ask, RecordKey key, long? expected, IReadOnlyList<Expectation> expectations, CancellationToken cancel)
    {
        var request = new WriteRequest([new WriteOperation.Delete(key, ask.Caller.Institution ?? "") { ExpectedVersion = expected }]) { Expectations = expectations };
        return (await ask.SightAsync(room, cancel)).Try(out var sight, out var problem) && (await sight.WriteAsync(request, cancel)).Try(out var receipt, out problem)
            ? Answer.Changed(receipt.Operations[0], 204, await Touched.OfDeletedAsync(sight, receipt.Operations[0], cancel)) with { Location = null }
            : Answer.Refused(problem!);
    }
}
