using System.Buffers;
using System.Globalization;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Store;

namespace Kangqiao.Rest.Interactions;

/// <summary>R4 http.html#history of a record, a type or all: newest first, deletions included; cut by _since, _at and _list.</summary>
internal static class History
{
    private const string Page = "_page";
    private const int PageSize = 20;
    private const int LargestPage = 1000;

    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (!AskOf(ask).Try(out var asked, out var problem) || !(await ask.SightAsync(room, cancel)).Try(out var sight, out problem))
        {
            return Answer.Refused(problem);
        }

        var found = asked.List is { } list ? await ListedVersions.ReadAsync(room, sight, ask, list, asked.History, cancel)
            : asked.At is { } at ? await VersionsAt.ReadAsync(room.Platform, sight, asked.History, at, cancel)
            : await sight.HistoryAsync(asked.History, cancel);
        if (!found.Try(out var page, out problem))
        {
            return Answer.Refused(problem);
        }

        // An empty page of a record that has versions is an answer; a record that never was is not found.
        if (asked.History.Key is { } key && page.Records.Count == 0)
        {
            if (!(await sight.ReadAsync(key, cancel)).Try(out var record, out problem))
            {
                return Answer.Refused(problem);
            }

            if (record is null)
            {
                return Answer.Refused(Problems.NotFound(key));
            }
        }

        return new Answer(200) { Body = new HistoryBundle(ask, page) };
    }

    private static Outcome<Asked> AskOf(Ask ask)
    {
        DateTimeOffset? since = null;
        DateRange? at = null;
        string? list = null;
        long? before = null;
        foreach (var (name, value) in ask.Parameters.Pairs)
        {
            switch (name)
            {
                case "_since" when DateRange.TryParse(System.Text.Encoding.UTF8.GetBytes(value), out var range):
                    since = new DateTimeOffset(range.Low, TimeSpan.Zero);
                    break;
                case "_at" when DateRange.TryParse(System.Text.Encoding.UTF8.GetBytes(value), out var range):
                    at = range;
                    break;
                case "_since" or "_at":
                    return Problems.BadParameter(name, value, "a date or instant");
                case "_list" when ask.Target.Id is null:
                    list = value.StartsWith("List/", StringComparison.Ordinal) ? value["List/".Length..] : value;
                    break;
                case Page when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                    before = number;
                    break;
                case Page:
                    return Problems.BadPage();
                case "_count" or "_format" or "_pretty" or "_summary" or "_elements":
                    break;
                default:
                    if (ask.Prefer.IsLenient != true)
                    {
                        return Problems.UnknownParameter(name);
                    }

                    break;
            }
        }

        if (at is not null && list is not null)
        {
            return Problems.BadParameter("_at", "", "possible together with _list");
        }

        return ask.Parameters.Number("_count", 0, LargestPage, PageSize).Then<Asked>(count => new Asked(
            new HistoryAsk
            {
                Key = ask.Target.Id is null ? null : ask.Target.Key,
                Type = ask.Target.Id is null ? ask.Target.Type : null,
                Since = since,
                Before = before,
                Limit = Math.Max(count, 1),
            },
            at,
            list));
    }

    private sealed record Asked(HistoryAsk History, DateRange? At, string? List);

    private sealed class HistoryBundle(Ask ask, HistoryPage page) : IBody
    {
        public IEnumerable<StoredRecord> Records => page.Records;

        public void Write(IBufferWriter<byte> output)
        {
            var bundle = new BundleWriter(output, ask.Base);
            bundle.Begin("history");
            bundle.Link("self", $"{ask.Base}/{ask.Address}");
            if (page.HasMore)
            {
                bundle.Link("next", Links.With(ask, Page, page.Records[^1].Sequence.ToString(CultureInfo.InvariantCulture)));
            }

            foreach (var record in page.Records)
            {
                bundle.BeginEntry();
                bundle.FullUrl(record.Key);
                if (record.State == RecordState.Live)
                {
                    bundle.Resource(record);
                }

                var (method, status) = record switch
                {
                    { State: RecordState.Deleted } => ("DELETE", 204),
                    { IsCreation: true } => ("PUT", 201),
                    _ => ("PUT", 200),
                };
                bundle.Request(method, record.Key.ToString());
                bundle.Response(status, null, record.Version, record.Instant);
                bundle.EndEntry();
            }

            bundle.End();
        }
    }
}
