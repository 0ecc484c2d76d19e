using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;
using Kangqiao.Rest.Asking;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Queries;

namespace Kangqiao.Rest.Subscriptions;

/// <summary>A change that is an event of a topic.</summary>
/// <param name="Criteria">A search the record must meet; null for any.</param>
/// <param name="Condition">An expression with %current and %previous that must be true; null for none.</param>
internal sealed record Trigger(string Type, IReadOnlyList<ChangeKind> Kinds, RecordCriteria? Criteria, FhirPathExpression? Condition);

/// <summary>What can be subscribed to (content/topics).</summary>
/// <param name="Filters">Search parameters by which a subscriber may narrow it.</param>
internal sealed record Topic(string Url, string Title, IReadOnlyList<Trigger> Triggers, IReadOnlySet<string> Filters);

/// <summary>The topics that ship with the program.</summary>
internal sealed class TopicBook
{
    private readonly Dictionary<string, Topic> topics;

    private TopicBook(Dictionary<string, Topic> topics) => this.topics = topics;

    public static TopicBook None { get; } = new([]);

    public IEnumerable<Topic> All => topics.Values;

    /// <param name="url">With or without |version.</param>
    public Topic? Find(string url) => topics.GetValueOrDefault(url.Split('|')[0]);

    /// <summary>Reads the folder. A file that is wrong is named.</summary>
    public static Outcome<TopicBook> Load(RestRoom room, string folder)
    {
        var found = new Dictionary<string, Topic>(StringComparer.Ordinal);
        if (!Directory.Exists(folder))
        {
            return None;
        }

        foreach (var file in Directory.EnumerateFiles(folder, "topic.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            try
            {
                using var json = JsonDocument.Parse(File.ReadAllBytes(file));
                if (!Read(room, json.RootElement).Try(out var topic, out var problem))
                {
                    return Problems.BadTopic(file, problem.Message);
                }

                found.Add(topic.Url, topic);
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
            {
                return Problems.BadTopic(file, fault.Message);
            }
        }

        return new TopicBook(found);
    }

    /// <summary>A search over one type as a condition of single records.</summary>
    public static Outcome<RecordCriteria> Criteria(RestRoom room, string type, string query, string baseAddress)
    {
        var parameters = new AskParameters();
        return parameters.Add(query.AsSpan()) is { } problem
            || !SearchRequestParser.Parse(room.Book, type, parameters.Pairs, room.SearchContext(baseAddress), SearchOptions.Default).Try(out var request, out problem)
                ? problem
                : RecordCriteria.Of(request);
    }

    private static Outcome<Topic> Read(RestRoom room, JsonElement json)
    {
        var triggers = new List<Trigger>();
        foreach (var trigger in json.GetProperty("triggers").EnumerateArray())
        {
            var type = trigger.GetProperty("resource").GetString()!;
            if (R4.Facts.Type(type) is not { IsResource: true, IsAbstract: false })
            {
                return Problems.NoSuchType(type);
            }

            RecordCriteria? criteria = null;
            if (trigger.TryGetProperty("criteria", out var query) && !Criteria(room, type, query.GetString()!, "").Try(out criteria, out var problem))
            {
                return problem;
            }

            FhirPathExpression? condition = null;
            if (trigger.TryGetProperty("fhirPath", out var text) && !FhirPathExpression.Compile(text.GetString()!).Try(out condition, out problem))
            {
                return problem;
            }

            triggers.Add(new(type, [.. trigger.GetProperty("interactions").EnumerateArray().Select(i => KindOf(i.GetString()))], criteria, condition));
        }

        return new Topic(
            json.GetProperty("url").GetString()!, json.GetProperty("title").GetString()!, triggers,
            json.GetProperty("filters").EnumerateArray().Select(f => f.GetString()!).ToHashSet(StringComparer.Ordinal));
    }

    private static ChangeKind KindOf(string? interaction) => interaction switch
    {
        "create" => ChangeKind.Created,
        "update" => ChangeKind.Updated,
        "delete" => ChangeKind.Deleted,
        _ => throw new JsonException($"An interaction is create, update or delete, not {interaction}."),
    };
}
