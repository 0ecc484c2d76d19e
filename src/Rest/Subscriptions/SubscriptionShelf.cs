using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Kernel;
using Kangqiao.Rest.Records;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Subscriptions;

/// <summary>Subscriptions as records: reads them, and writes what the server has to say in them.</summary>
internal static class SubscriptionShelf
{
    /// <summary>The subscription to a topic that a record is; null when it is none that is served here.</summary>
    public static Subscriber? Of(RestRoom room, StoredRecord? record)
    {
        if (record is not { State: RecordState.Live })
        {
            return null;
        }

        var json = new ArrayBufferWriter<byte>();
        record.WriteResource(json);
        using var document = JsonDocument.Parse(json.WrittenMemory);
        try
        {
            return Subscriber.IsTopicBased(document.RootElement)
                && Subscriber.Read(room, document.RootElement, record.Key.Id, record.Number, record.Version).Try(out var subscriber, out _)
                    ? subscriber with { Owner = record.Sender }
                    : null;
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    public static async ValueTask<Outcome<List<Subscriber>>> AllAsync(RestRoom room, ReaderPredicate reader, CancellationToken cancel)
    {
        var found = new List<Subscriber>();
        string? next = null;
        do
        {
            var parameters = new List<KeyValuePair<string, string>> { new("_count", "500") };
            if (next is not null)
            {
                parameters.Add(new(SearchRequestParser.PageParameter, next));
            }

            if (!SearchRequestParser.Parse(room.Book, "Subscription", parameters, room.SearchContext(""), SearchOptions.Default).Try(out var request, out var problem)
                || !(await room.Planner.SearchAsync(request, reader, cancel)).Try(out var page, out problem))
            {
                return problem;
            }

            found.AddRange(page.Entries.Select(e => Of(room, e.Record)).OfType<Subscriber>());
            next = page.Next;
        }
        while (next is not null);
        return found;
    }

    /// <summary>Says in the record how the subscription stands. Does nothing when somebody has changed it meanwhile: the feed brings that.</summary>
    public static async ValueTask<Outcome<bool>> SayAsync(RestRoom room, Subscriber subscriber, string status, string error, CancellationToken cancel)
    {
        var key = new RecordKey("Subscription", subscriber.Id);
        if (!(await room.Platform.ReadAsync(key, cancel)).Try(out var record, out var problem))
        {
            return problem;
        }

        if (record is not { State: RecordState.Live } || record.Version != subscriber.Version)
        {
            return false;
        }

        var json = new ArrayBufferWriter<byte>();
        record.WriteResource(json);
        var node = JsonNode.Parse(json.WrittenSpan)!.AsObject();
        node["status"] = status;
        node.Remove("error");
        if (error.Length > 0)
        {
            node["error"] = error;
        }

        using var bench = room.Rent();
        if (bench.Read(JsonSerializer.SerializeToUtf8Bytes(node)) is not null)
        {
            return false;
        }

        if (!(await bench.PrepareAsync(key, cancel, new Provenance(record.Sender, record.Flags))).Try(out var prepared, out problem))
        {
            return problem;
        }

        var written = await room.Platform.WriteAsync(new([new WriteOperation.Put(prepared) { ExpectedVersion = record.Version, SkipIfIdentical = true }]), cancel);
        return written.IsSuccess ? true : written.Problem!.Kind is ProblemKind.PreconditionFailed or ProblemKind.Conflict ? false : written.Problem;
    }
}
