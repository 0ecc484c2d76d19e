using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Records;

namespace Kangqiao.Rest.Interactions;

/// <summary>R4 http.html#3.1.0.7.1: one match is deleted, none is as good as deleted, several are refused.</summary>
internal static class ConditionalDelete
{
    public static ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel) =>
        Written.AgainAsync(room, () => OnceAsync(room, ask, cancel), cancel);

    private static async ValueTask<Answer> OnceAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var type = ask.Target.Type!;
        if (!EntityTag.Expected(ask.IfMatch).Try(out var expected, out var problem)
            || !(await Condition.FindAsync(room, ask, type, ask.Parameters, cancel)).Try(out var condition, out problem))
        {
            return Answer.Refused(problem);
        }

        return Written.TooMany(condition, type, ask.Address) is { } tooMany ? Answer.Refused(tooMany)
            : condition.Matches is [var match] ? await Delete.OfAsync(room, match.Key, expected, condition.Expectations, cancel)
            : new Answer(204);
    }
}
