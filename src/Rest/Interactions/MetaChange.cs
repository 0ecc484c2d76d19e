using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Auditing;
using Kangqiao.Rest.Records;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// $meta-add and $meta-delete of one record (R4 resource-operation-meta-add.html): profiles, security labels and tags come or go,
/// as a new version. Rare and small, so a JSON tree is right here.
/// </summary>
internal static class MetaChange
{
    public static ValueTask<Answer> AddAsync(RestRoom room, Ask ask, CancellationToken cancel) => ChangeAsync(room, ask, isAdding: true, cancel);

    public static ValueTask<Answer> DeleteAsync(RestRoom room, Ask ask, CancellationToken cancel) => ChangeAsync(room, ask, isAdding: false, cancel);

    private static ValueTask<Answer> ChangeAsync(RestRoom room, Ask ask, bool isAdding, CancellationToken cancel) =>
        Written.AgainAsync(room, () => OnceAsync(room, ask, isAdding, cancel), cancel);

    private static async ValueTask<Answer> OnceAsync(RestRoom room, Ask ask, bool isAdding, CancellationToken cancel)
    {
        using var bench = room.Rent();
        if (bench.Read(ask.Body) is { } unreadable)
        {
            return unreadable;
        }

        if (bench.Document.Root.Type.Name != "Parameters" || new OperationParameters(bench.Document.Root).Value("meta") is not { Exists: true, IsPrimitive: false } sent)
        {
            return Answer.Refused(Problems.NoMeta());
        }

        var change = JsonNode.Parse(sent.Raw)!.AsObject();
        if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out var problem) || !(await sight.ReadWholeAsync(ask.Target.Key, cancel)).Try(out var current, out problem))
        {
            return Answer.Refused(problem);
        }

        if (current is not { State: RecordState.Live })
        {
            return current is null ? Answer.Refused(Problems.NotFound(ask.Target.Key)) : Read.Gone(current);
        }

        var json = new ArrayBufferWriter<byte>();
        current.WriteResource(json);
        var resource = JsonNode.Parse(json.WrittenSpan)!.AsObject();
        Apply(resource["meta"]!.AsObject(), change, isAdding);
        if (bench.Take(room, JsonSerializer.SerializeToUtf8Bytes(resource), current.Key.Type) is { } unsound)
        {
            return unsound;
        }

        if (!(await bench.PrepareAsync(current.Key, cancel, sight.ProvenanceOf(current))).Try(out var record, out problem))
        {
            return Answer.Refused(problem);
        }

        var put = new WriteOperation.Put(record) { ExpectedVersion = current.Version, SkipIfIdentical = true };
        return (await sight.WriteAsync(new([put]), cancel)).Try(out var receipt, out problem)
            ? Meta.Of(Written.Record(record, receipt.Operations[0])) with { Touched = [Touched.Of(receipt.Operations[0], record.Body.Span)] }
            : Answer.Refused(problem.Kind == ProblemKind.PreconditionFailed ? Store.Problems.NoLongerSo() : problem);
    }

    private static void Apply(JsonObject meta, JsonObject change, bool isAdding)
    {
        foreach (var name in (string[])["profile", "security", "tag"])
        {
            var items = meta[name]?.AsArray() ?? [];
            foreach (var item in change[name]?.AsArray() ?? [])
            {
                var at = IndexOf(items, item);
                if (isAdding && at < 0)
                {
                    items.Add(item?.DeepClone());
                }
                else if (!isAdding && at >= 0)
                {
                    items.RemoveAt(at);
                }
            }

            if (items.Count == 0)
            {
                meta.Remove(name);
            }
            else if (items.Parent is null)
            {
                meta[name] = items;
            }
        }
    }

    // A coding is the same when system and code are; a profile when its URL is.
    private static int IndexOf(JsonArray items, JsonNode? sought)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (Identity(items[i]) == Identity(sought))
            {
                return i;
            }
        }

        return -1;
    }

    private static string Identity(JsonNode? node) => node is JsonObject coding ? $"{coding["system"]}|{coding["code"]}" : $"{node}";
}
