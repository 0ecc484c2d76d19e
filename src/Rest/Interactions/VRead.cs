using System.Globalization;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Store;

namespace Kangqiao.Rest.Interactions;

/// <summary>R4 http.html#vread: any version, 410 for the version that is a deletion.</summary>
internal static class VRead
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var key = ask.Target.Key;
        var text = ask.Target.Version!;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return Answer.Refused(Problems.NoSuchVersion(key, text));
        }

        if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out var problem) || !(await sight.ReadAsync(key, version, cancel)).Try(out var record, out problem))
        {
            return Answer.Refused(problem);
        }

        return record is null ? Answer.Refused(Problems.NoSuchVersion(key, text))
            : record.State == RecordState.Deleted ? Read.Gone(record)
            : Answer.Of(record);
    }
}
