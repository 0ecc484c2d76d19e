using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Records;

namespace Kangqiao.Rest.Interactions;

/// <summary>R4 http.html#patch: on the one record that the condition finds.</summary>
internal static class ConditionalPatch
{
    public static ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel) =>
        Written.AgainAsync(room, () => OnceAsync(room, ask, cancel), cancel);

    private static async ValueTask<Answer> OnceAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var type = ask.Target.Type!;
        if (!(await Condition.FindAsync(room, ask, type, ask.Parameters, cancel)).Try(out var condition, out var problem))
        {
            return Answer.Refused(problem);
        }

        return Written.TooMany(condition, type, ask.Address) is { } tooMany ? Answer.Refused(tooMany)
            : condition.Matches is [var match] ? await Patch.OnceAsync(room, ask, match.Key, condition.Expectations, cancel)
            : Answer.Refused(Problems.NothingMatches(type, ask.Address));
    }
}
