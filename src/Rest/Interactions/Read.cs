using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Store;

namespace Kangqiao.Rest.Interactions;

/// <summary>R4 http.html#read, and #cread: 304 when the client has the current version already.</summary>
internal static class Read
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var key = ask.Target.Key;
        if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out var problem) || !(await sight.ReadAsync(key, cancel)).Try(out var record, out problem))
        {
            return Answer.Refused(problem);
        }

        if (record is null)
        {
            return Answer.Refused(Problems.NotFound(key));
        }

        if (record.State == RecordState.Deleted)
        {
            return Gone(record);
        }

        return IsKnown(ask, record)
            ? new Answer(304) { Version = record.Version, LastModified = record.Instant }
            : Answer.Of(record);
    }

    /// <summary>410 with the version of the deletion.</summary>
    public static Answer Gone(StoredRecord record) =>
        Answer.Refused(Problems.Gone(record.Key)) with { Version = record.Version, LastModified = record.Instant };

    // RFC 9110 13.1.3: If-Modified-Since counts only where there is no If-None-Match. Its seconds are whole.
    private static bool IsKnown(Ask ask, StoredRecord record) => ask.IfNoneMatch is { } tags
        ? EntityTag.Names(tags, record.Version)
        : ask.IfModifiedSince is { } since && record.Instant.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
}
