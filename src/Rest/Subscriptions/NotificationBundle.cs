using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Auditing;
using Kangqiao.Rest.Callers;
using Kangqiao.Store;

namespace Kangqiao.Rest.Subscriptions;

/// <summary>
/// A notification: a Bundle of the type history whose first entry is the status as Parameters, and behind it what the subscriber asked
/// to be told of each event (Subscriptions R5 Backport IG, R4 Subscription Notification).
/// </summary>
internal static class NotificationBundle
{
    private const string StatusProfile = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-status-r4";
    private const string BundleProfile = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-notification-r4";

    /// <param name="type">handshake, heartbeat, event-notification, query-status or query-event.</param>
    /// <param name="since">Events since the subscription began.</param>
    public static async ValueTask<Outcome<byte[]>> OfAsync(
        RestRoom room, string baseAddress, Subscriber subscriber, string type, long since, IReadOnlyList<(long Number, Notice Notice)> events,
        PayloadContent content, string lastError, CancellationToken cancel)
    {
        var records = new StoredRecord?[events.Count];
        if (content == PayloadContent.FullResource)
        {
            if (!(await SightOf(room, subscriber, cancel)).Try(out var sight, out var blind))
            {
                return blind;
            }

            for (var i = 0; i < records.Length; i++)
            {
                var notice = events[i].Notice;
                if (notice.Kind == "Deleted")
                {
                    continue;
                }

                if (!(await room.Platform.ReadAsync(new RecordKey(notice.Type, notice.Id), notice.Version, cancel)).Try(out var record, out var problem))
                {
                    return problem;
                }

                // What may be seen can have changed since the event: asked again where it leaves.
                records[i] = record is { State: RecordState.Live } && (await sight.SeesAsync(record, cancel)).Try(out var sees, out _) && sees ? sight.Shown(record) : null;
            }
        }

        if (await room.Trail.AppendAsync(Disclosure.Notified(subscriber.Id, records.OfType<StoredRecord>())) is { } unwritten)
        {
            return unwritten;
        }

        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, Outcomes.Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "Bundle");
            writer.WriteString("id", room.Ids.NextId());
            writer.WriteStartObject("meta");
            writer.WriteStartArray("profile");
            writer.WriteStringValue(BundleProfile);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteString("type", "history");
            writer.WriteString("timestamp", Instant(room.Time.GetUtcNow()));
            writer.WriteStartArray("entry");
            writer.WriteStartObject();
            writer.WriteString("fullUrl", $"urn:uuid:{room.Ids.NextId()}");
            writer.WritePropertyName("resource");
            WriteStatus(writer, baseAddress, subscriber, type, since, events, content, lastError);
            Request(writer, "GET", $"{baseAddress}/Subscription/{subscriber.Id}/$status", "200");
            writer.WriteEndObject();
            for (var i = 0; content != PayloadContent.Empty && i < records.Length; i++)
            {
                WriteEvent(writer, baseAddress, events[i].Notice, records[i]);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What a subscriber may see: what the institution that subscribed may, or all where the platform did.</summary>
    public static ValueTask<Outcome<Sight>> SightOf(RestRoom room, Subscriber subscriber, CancellationToken cancel) => Sight.OfAsync(
        room, subscriber.Owner.Length == 0 ? new Caller(Roles.System) : new Caller("institution") { Institution = subscriber.Owner }, [], cancel);

    public static void WriteStatus(
        Utf8JsonWriter writer, string baseAddress, Subscriber subscriber, string type, long since,
        IReadOnlyList<(long Number, Notice Notice)> events, PayloadContent content, string lastError)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Parameters");
        writer.WriteStartObject("meta");
        writer.WriteStartArray("profile");
        writer.WriteStringValue(StatusProfile);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteStartArray("parameter");
        Parameter(writer, "subscription", () => Reference(writer, $"{baseAddress}/Subscription/{subscriber.Id}"));
        Parameter(writer, "topic", () => writer.WriteString("valueCanonical", subscriber.Topic.Url));
        Parameter(writer, "status", () => writer.WriteString("valueCode", subscriber.Status));
        Parameter(writer, "type", () => writer.WriteString("valueCode", type));
        Parameter(writer, "events-since-subscription-start", () => writer.WriteString("valueString", since.ToString(CultureInfo.InvariantCulture)));
        foreach (var (number, notice) in events)
        {
            Parameter(writer, "notification-event", () =>
            {
                writer.WriteStartArray("part");
                Parameter(writer, "event-number", () => writer.WriteString("valueString", number.ToString(CultureInfo.InvariantCulture)));
                Parameter(writer, "timestamp", () => writer.WriteString("valueInstant", Instant(notice.Instant)));
                if (content != PayloadContent.Empty)
                {
                    Parameter(writer, "focus", () => Reference(writer, $"{baseAddress}/{notice.Type}/{notice.Id}"));
                }

                writer.WriteEndArray();
            });
        }

        if (lastError.Length > 0)
        {
            Parameter(writer, "error", () =>
            {
                writer.WriteStartObject("valueCodeableConcept");
                writer.WriteString("text", lastError);
                writer.WriteEndObject();
            });
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteEvent(Utf8JsonWriter writer, string baseAddress, Notice notice, StoredRecord? record)
    {
        writer.WriteStartObject();
        writer.WriteString("fullUrl", $"{baseAddress}/{notice.Type}/{notice.Id}");
        if (record is not null)
        {
            var json = new ArrayBufferWriter<byte>();
            record.WriteResource(json);
            writer.WritePropertyName("resource");
            writer.WriteRawValue(json.WrittenSpan, skipInputValidation: true);
        }

        var (method, status) = notice.Kind switch { "Created" => ("POST", "201"), "Deleted" => ("DELETE", "204"), _ => ("PUT", "200") };
        Request(writer, method, method == "POST" ? notice.Type : $"{notice.Type}/{notice.Id}", status);
        writer.WriteEndObject();
    }

    private static void Request(Utf8JsonWriter writer, string method, string url, string status)
    {
        writer.WriteStartObject("request");
        writer.WriteString("method", method);
        writer.WriteString("url", url);
        writer.WriteEndObject();
        writer.WriteStartObject("response");
        writer.WriteString("status", status);
        writer.WriteEndObject();
    }

    private static void Parameter(Utf8JsonWriter writer, string name, Action value)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        value();
        writer.WriteEndObject();
    }

    private static void Reference(Utf8JsonWriter writer, string to)
    {
        writer.WriteStartObject("valueReference");
        writer.WriteString("reference", to);
        writer.WriteEndObject();
    }

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
