using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;
using Kangqiao.Store;
using Kangqiao.Store.Queries;

namespace Kangqiao.Rest.Subscriptions;

internal enum PayloadContent
{
    Empty,
    IdOnly,
    FullResource,
}

/// <summary>
/// A Subscription to a topic as it is stored (Subscriptions R5 Backport IG, R4 Topic-Based Subscription): the topic in criteria,
/// what narrows it and how it is told in extensions.
/// </summary>
internal sealed record Subscriber(
    string Id,
    long Number,
    long Version,
    string Status,
    Topic Topic,
    IReadOnlyList<(string Type, RecordCriteria Criteria)> Filters,
    string Endpoint,
    IReadOnlyList<(string Name, string Value)> Headers,
    PayloadContent Content,
    TimeSpan? Heartbeat,
    TimeSpan Timeout,
    int MostEvents,
    DateTimeOffset? End)
{
    /// <summary>Code of the institution that subscribed; empty for the platform.</summary>
    public string Owner { get; init; } = "";

    public const string Profile = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription";

    private const string Extensions = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-";
    private const int MostEventsEver = 100;

    /// <summary>Name of its outbox. The number is the record's for life, so a Subscription made anew under an old id begins at one.</summary>
    public string Box => $"subscription/{Id}";

    /// <summary>A Subscription to a topic; those of plain R4, whose criteria is a search, are kept and not served.</summary>
    public static bool IsTopicBased(JsonElement resource) =>
        resource.TryGetProperty("criteria", out var criteria) && criteria.ValueKind == JsonValueKind.String
        && (criteria.GetString()!.StartsWith("http", StringComparison.Ordinal) || HasProfile(resource));

    /// <summary>Reads a Subscription; refused with what about it cannot be served here.</summary>
    public static Outcome<Subscriber> Read(RestRoom room, JsonElement resource, string id, long number, long version)
    {
        var criteria = resource.GetProperty("criteria").GetString()!;
        var channel = resource.GetProperty("channel");
        if (room.Topics.Find(criteria) is not { } topic)
        {
            return Problems.BadSubscription($"there is no topic {criteria}; there are {string.Join(", ", room.Topics.All.Select(t => t.Url))}.");
        }

        if (Text(channel, "type") != "rest-hook")
        {
            return Problems.BadSubscription("the only channel is rest-hook.");
        }

        if (Text(channel, "endpoint") is not { } endpoint || room.Options.Outgoing.Refusal(endpoint) is not null)
        {
            return Problems.BadSubscription("the endpoint is no address that the operator allows.");
        }

        if (Text(channel, "payload") is { } media && !media.StartsWith("application/fhir+json", StringComparison.Ordinal) && media != "application/json")
        {
            return Problems.BadSubscription("the payload is application/fhir+json.");
        }

        var content = channel.TryGetProperty("_payload", out var payload) && Extension(payload, "payload-content") is { } asked ? Text(asked, "valueCode") : "empty";
        if (content is not ("empty" or "id-only" or "full-resource"))
        {
            return Problems.BadSubscription("the payload's content is empty, id-only or full-resource.");
        }

        if (!Headings(channel).Try(out var headers, out var problem) || !FiltersOf(room, resource, topic).Try(out var filters, out problem))
        {
            return problem;
        }

        return new Subscriber(
            id, number, version, Text(resource, "status") ?? "", topic, filters, endpoint, headers,
            content switch { "empty" => PayloadContent.Empty, "id-only" => PayloadContent.IdOnly, _ => PayloadContent.FullResource },
            Extension(channel, "heartbeat-period") is { } period ? TimeSpan.FromSeconds(Math.Max(1, period.GetProperty("valueUnsignedInt").GetInt32())) : null,
            TimeSpan.FromSeconds(Extension(channel, "timeout") is { } patience ? Math.Clamp(patience.GetProperty("valueUnsignedInt").GetInt32(), 1, 60) : 20),
            Extension(channel, "max-count") is { } most ? Math.Clamp(most.GetProperty("valuePositiveInt").GetInt32(), 1, MostEventsEver) : MostEventsEver,
            resource.TryGetProperty("end", out var end) && DateTimeOffset.TryParse(end.GetString(), System.Globalization.CultureInfo.InvariantCulture, out var instant) ? instant : null);
    }

    private static bool HasProfile(JsonElement resource) =>
        resource.TryGetProperty("meta", out var meta) && meta.TryGetProperty("profile", out var profiles)
        && profiles.EnumerateArray().Any(p => p.GetString()?.StartsWith(Profile, StringComparison.Ordinal) == true);

    private static Outcome<IReadOnlyList<(string Type, RecordCriteria Criteria)>> FiltersOf(RestRoom room, JsonElement resource, Topic topic)
    {
        var filters = new List<(string, RecordCriteria)>();
        if (!resource.TryGetProperty("_criteria", out var extended))
        {
            return filters;
        }

        foreach (var extension in extended.GetProperty("extension").EnumerateArray().Where(e => Text(e, "url") == Extensions + "filter-criteria"))
        {
            var text = Text(extension, "valueString") ?? "";
            var mark = text.IndexOf('?', StringComparison.Ordinal);
            var type = mark > 0 ? text[..mark] : "";
            if (!topic.Triggers.Any(t => t.Type == type))
            {
                return Problems.BadSubscription($"the filter '{text}' is of no type of the topic.");
            }

            var names = text[(mark + 1)..].Split('&').Select(p => p.Split('=', ':')[0]);
            if (names.FirstOrDefault(n => !topic.Filters.Contains(n)) is { } foreign)
            {
                return Problems.BadSubscription($"the topic cannot be narrowed by '{foreign}'; it can by {string.Join(", ", topic.Filters)}.");
            }

            if (!TopicBook.Criteria(room, type, text[(mark + 1)..], "").Try(out var criteria, out var problem))
            {
                return problem;
            }

            filters.Add((type, criteria));
        }

        return filters;
    }

    private static Outcome<List<(string Name, string Value)>> Headings(JsonElement channel)
    {
        var headers = new List<(string, string)>();
        if (!channel.TryGetProperty("header", out var list))
        {
            return headers;
        }

        foreach (var header in list.EnumerateArray())
        {
            var text = header.GetString() ?? "";
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || text.AsSpan().IndexOfAny('\r', '\n') >= 0)
            {
                return Problems.BadSubscription("a header is 'Name: value'.");
            }

            headers.Add((text[..colon].Trim(), text[(colon + 1)..].Trim()));
        }

        return headers;
    }

    private static JsonElement? Extension(JsonElement of, string name)
    {
        if (of.TryGetProperty("extension", out var extensions))
        {
            foreach (var extension in extensions.EnumerateArray())
            {
                if (Text(extension, "url") == Extensions + name)
                {
                    return extension;
                }
            }
        }

        return null;
    }

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.GetString() : null;
}
