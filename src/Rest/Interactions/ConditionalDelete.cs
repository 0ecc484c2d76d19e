using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Auditing;
using Kangqiao.Rest.Records;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// R4 http.html#3.1.0.7.1: every match is deleted, all or none, up to a bound; that there is none is as good as deleted.
/// </summary>
internal static class ConditionalDelete
{
    /// <summary>Records that one condition may delete: a slip of the pen must not empty the city.</summary>
    public const int Most = 1000;

    private static readonly string VersionConflict = Store.Problems.VersionConflict(default, 0, 0).Code;

    public static ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel) =>
        Written.AgainAsync(room, () => OnceAsync(room, ask, cancel), cancel);

    /// <summary>Why the matches cannot be deleted together; null when they can.</summary>
    public static Problem? Unfit(Condition condition, Ask ask, string criteria) =>
        condition.Matches.Count > Most ? Problems.TooManyToDelete(ask.Target.Type!, Most)

        // A version can be that of one record only.
        : condition.Matches.Count > 1 && ask.IfMatch is not null ? Problems.ManyMatches(ask.Target.Type!, criteria)
        : null;

    /// <summary>Deletes each as it was found.</summary>
    public static IEnumerable<WriteOperation> Operations(IReadOnlyList<StoredRecord> matches) =>
        matches.Select(m => new WriteOperation.Delete(m.Key) { ExpectedVersion = m.Version });

    private static async ValueTask<Answer> OnceAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var type = ask.Target.Type!;
        if (!EntityTag.Expected(ask.IfMatch).Try(out var expected, out var problem)
            || !(await Condition.FindAsync(room, ask, type, ask.Parameters, cancel, Most + 1)).Try(out var condition, out problem))
        {
            return Answer.Refused(problem);
        }

        if (Unfit(condition, ask, ask.Address) is { } unfit)
        {
            return Answer.Refused(unfit);
        }

        if (condition.Matches is [var match])
        {
            return await Delete.OfAsync(room, ask, match.Key, expected, condition.Expectations, cancel);
        }

        if (condition.Matches.Count == 0)
        {
            return new Answer(204);
        }

        // Somebody changed one of them meanwhile: look again which there are.
        return (await ask.SightAsync(room, cancel)).Try(out var sight, out problem) && (await sight.WriteAsync(new([.. Operations(condition.Matches)]), cancel)).Try(out _, out problem)
            ? new Answer(204) { Touched = [.. condition.Matches.Select(Touched.Doomed)] }
            : Answer.Refused(problem!.Code == VersionConflict ? Store.Problems.NoLongerSo() : problem);
    }
}
