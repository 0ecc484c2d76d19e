using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Interactions;
using Kangqiao.Rest.Records;
using Kangqiao.Store;

namespace Kangqiao.Rest.Subscriptions;

/// <summary>
/// What a subscriber asks: $status and $events (Subscriptions R5 Backport IG, Operations), the latter for what it has missed; and $secret,
/// with which it checks that notifications are ours.
/// </summary>
internal static class SubscriptionInteractions
{
    private const string Published = "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/";
    private const int MostEvents = 1000;

    public static IReadOnlyList<Interaction> All { get; } =
    [
        .. Of("$status", Published + "backport-subscription-status", StatusAsync, Shape.InstanceOperation, Shape.TypeOperation),
        .. Of("$events", Published + "backport-subscription-events", EventsAsync, Shape.InstanceOperation),
        .. Of("$secret", "https://kangqiao.dev/fhir/OperationDefinition/subscription-secret", SecretAsync, Shape.InstanceOperation),
    ];

    private static IEnumerable<Interaction> Of(string name, string definition, Handler handler, params Shape[] shapes) =>
        from shape in shapes
        from method in (string[])["GET", "POST"]
        select new Interaction(shape, method, "", handler) { Operation = name, Type = "Subscription", Definition = definition };

    private static async ValueTask<Answer> StatusAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var asked = ParametersOf(room, ask);
        string[] ids = ask.Target.Id is { } one ? [one]
            : [.. asked.Where(p => p.Key == "id").SelectMany(p => p.Value.Split(','))];
        string[] statuses = [.. asked.Where(p => p.Key == "status").SelectMany(p => p.Value.Split(','))];
        if (ids.Length == 0)
        {
            if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out var failed) || !(await SubscriptionShelf.AllAsync(room, sight.Reader, cancel)).Try(out var all, out failed))
            {
                return Answer.Refused(failed);
            }

            ids = [.. all.Select(s => s.Id)];
        }

        var buffer = new ArrayBufferWriter<byte>(2048);
        var bundle = new BundleWriter(buffer, ask.Base);
        bundle.Begin("searchset");
        foreach (var id in ids)
        {
            if (!(await FindAsync(room, ask, id, cancel)).Try(out var found, out var problem))
            {
                return Answer.Refused(problem);
            }

            var (subscriber, last, state) = found;
            if (statuses.Length > 0 && !statuses.Contains(subscriber.Status, StringComparer.Ordinal))
            {
                continue;
            }

            var status = new ArrayBufferWriter<byte>(512);
            using (var writer = new Utf8JsonWriter(status, Outcomes.Compact))
            {
                NotificationBundle.WriteStatus(writer, ask.Base, subscriber, "query-status", last, [], PayloadContent.Empty, state?.LastError ?? "");
            }

            bundle.BeginEntry();
            bundle.Resource(new JsonBody(status.WrittenMemory));
            bundle.Search("match");
            bundle.EndEntry();
        }

        bundle.End();
        return Answer.Json(buffer.WrittenMemory);
    }

    private static async ValueTask<Answer> EventsAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (!(await FindAsync(room, ask, ask.Target.Id!, cancel)).Try(out var found, out var problem))
        {
            return Answer.Refused(problem);
        }

        var (subscriber, last, _) = found;
        var asked = ParametersOf(room, ask);
        if (!Number(asked, "eventsSinceNumber", 1).Try(out var since, out problem)
            || !Number(asked, "eventsUntilNumber", long.MaxValue).Try(out var until, out problem)
            || !Content(asked, subscriber.Content).Try(out var content, out problem)
            || !(await room.Platform.Outboxes.ReadAsync(subscriber.Box, since - 1, MostEvents, cancel)).Try(out var messages, out problem))
        {
            return Answer.Refused(problem);
        }

        var events = messages.Where(m => m.Number <= until).Select(m => (m.Number, Notice.Read(m))).ToArray();
        return (await NotificationBundle.OfAsync(room, ask.Base, subscriber, "query-event", last, events, content, "", cancel)).Try(out var bundle, out problem)
            ? Answer.Json(bundle)
            : Answer.Refused(problem);
    }

    private static async ValueTask<Answer> SecretAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (!(await FindAsync(room, ask, ask.Target.Id!, cancel)).Try(out var found, out var problem))
        {
            return Answer.Refused(problem);
        }

        var secret = Signature.Secret(room.Options.Subscriptions.Key, found.Subscriber.Id, found.Subscriber.Number);
        return Answer.Json(System.Text.Encoding.UTF8.GetBytes(
            $$"""{"resourceType":"Parameters","parameter":[{"name":"header","valueString":"{{Signature.Header}}"},{"name":"algorithm","valueString":"HMAC-SHA256"},{"name":"secret","valueString":"{{secret}}"}]}"""));
    }

    private static async ValueTask<Outcome<(Subscriber Subscriber, long Last, BoxState? State)>> FindAsync(RestRoom room, Ask ask, string id, CancellationToken cancel)
    {
        var key = new RecordKey("Subscription", id);
        if (!key.IsWellFormed)
        {
            return Problems.BadId(id);
        }

        if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out var problem) || !(await sight.ReadAsync(key, cancel)).Try(out var record, out problem))
        {
            return problem;
        }

        if (SubscriptionShelf.Of(room, record) is not { } subscriber)
        {
            return record is null ? Problems.NotFound(key) : record.State == RecordState.Deleted ? Problems.Gone(key) : Problems.NotSubscribed(key);
        }

        if (!(await room.Platform.Outboxes.FindAsync(subscriber.Box, cancel)).Try(out var box, out problem))
        {
            return problem;
        }

        return (subscriber, box?.Last ?? 0, box is null ? null : BoxState.Read(box.State));
    }

    private static List<KeyValuePair<string, string>> ParametersOf(RestRoom room, Ask ask)
    {
        var pairs = new List<KeyValuePair<string, string>>(ask.Parameters.Pairs);
        if (ask.Body.IsEmpty)
        {
            return pairs;
        }

        using var bench = room.Rent();
        if (bench.Read(ask.Body) is null)
        {
            foreach (var parameter in bench.Document.Root.ChildrenNamed("parameter"))
            {
                pairs.Add(new(parameter.ChildText("name") ?? "", parameter.Child("value") is { Exists: true } value ? value.Text() ?? "" : ""));
            }
        }

        return pairs;
    }

    private static Outcome<long> Number(List<KeyValuePair<string, string>> asked, string name, long otherwise)
    {
        var text = asked.Find(p => p.Key == name).Value;
        return text is null ? otherwise
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : Problems.BadParameter(name, text, "the number of an event");
    }

    private static Outcome<PayloadContent> Content(List<KeyValuePair<string, string>> asked, PayloadContent most)
    {
        var text = asked.Find(p => p.Key == "content").Value;
        PayloadContent? wanted = text switch { null => most, "empty" => PayloadContent.Empty, "id-only" => PayloadContent.IdOnly, "full-resource" => PayloadContent.FullResource, _ => null };

        // Never more than the subscription itself may have.
        return wanted is { } content ? (content < most ? content : most) : Problems.BadParameter("content", text!, "empty, id-only or full-resource");
    }
}
