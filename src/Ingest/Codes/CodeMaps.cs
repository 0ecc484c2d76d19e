using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Ingest.Codes;

/// <summary>
/// What senders' own codes mean in national tables. Each table's mappings are a document of the ledger with all its versions; those in
/// force are published as a ConceptMap of the sender's, so that readers and <c>$translate</c> have them too. Servers of one city agree
/// within seconds.
/// </summary>
/// <param name="records">Where ConceptMaps go.</param>
internal sealed class CodeMaps(LedgerStore ledger, IRecordStore records, Workshop shop, TimeProvider time)
{
    private const string Sender = "https://kangqiao.dev/fhir/sender/";

    private static readonly LedgerKey Mark = new("CodeMapMark", "all");
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private volatile Dictionary<(string Sender, string System, string Code), MapEntry> active = [];
    private long mark = -1;

    /// <summary>What is in force for a code; null where nothing is.</summary>
    public MapEntry? Find(string sender, string system, string code)
    {
        var now = active;
        return now.Count == 0 ? null : now.GetValueOrDefault((sender, system, code));
    }

    /// <summary>What other senders have made of codes of the same name: targets and how many of them.</summary>
    public async ValueTask<Outcome<IReadOnlyList<(MapEntry Entry, int Votes)>>> OthersAsync(string sender, string display, CancellationToken cancel) =>
        (await AllAsync(null, cancel)).Then<IReadOnlyList<(MapEntry, int)>>(maps => maps
            .Where(m => m.Sender != sender)
            .SelectMany(m => m.Entries.Where(e => e.State == MapState.Active && e.Display is not null && Similarity.Plain(e.Display) == Similarity.Plain(display)).Select(e => (m.Sender, Entry: e)))
            .GroupBy(e => (e.Entry.TargetSystem, e.Entry.TargetCode))
            .Select(g => (g.First().Entry, g.Select(e => e.Sender).Distinct(StringComparer.Ordinal).Count()))
            .OrderByDescending(g => g.Item2).ToArray());

    /// <summary>Of a sender, or of all.</summary>
    public async ValueTask<Outcome<IReadOnlyList<CodeMap>>> AllAsync(string? sender, CancellationToken cancel)
    {
        var all = new List<CodeMap>();
        long? after = null;
        do
        {
            if (!(await ledger.FindAsync(CodeMap.Kind, sender is null ? [] : [new LedgerLabel('s', sender)], 500, after, cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            all.AddRange(page.Documents.Select(d => d.As<CodeMap>()));
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    /// <summary>Enters or changes a mapping, or takes it out (<paramref name="entry"/> null).</summary>
    /// <returns>The version of the table's mappings.</returns>
    public async ValueTask<Outcome<long>> SetAsync(string sender, string system, string code, MapEntry? entry, CancellationToken cancel)
    {
        var key = CodeMap.KeyOf(sender, system);
        while (true)
        {
            if (!(await ledger.ReadAsync(key, cancel)).Try(out var document, out var problem))
            {
                return problem;
            }

            var before = document?.As<CodeMap>() ?? new CodeMap(sender, system);
            if (entry is null && !before.Entries.Any(e => e.Code == code))
            {
                return Problems.NoSuchMap(code);
            }

            var after = before with { Entries = [.. before.Entries.Where(e => e.Code != code), .. entry is null ? (MapEntry[])[] : [entry]] };
            var put = await ledger.PutAsync(LedgerPage.Of(key, after, new LedgerLabel('s', sender)) with { ExpectedVersion = document?.Version ?? 0 }, cancel);
            if (put.Problem is { Kind: ProblemKind.PreconditionFailed or ProblemKind.Conflict })
            {
                continue;
            }

            if (!put.Try(out var versions, out problem))
            {
                return problem;
            }

            problem = await PublishAsync(after, versions[0], cancel) ?? (await ledger.PutAsync(LedgerPage.Of(Mark, new { Map = key.Id, Version = versions[0] }), cancel)).Problem;
            return problem ?? (await ReadAsync(isForced: true, cancel)).Then<long>(_ => versions[0]);
        }
    }

    /// <summary>Reads the mappings in force, where anything has changed since.</summary>
    public async ValueTask<Outcome<bool>> ReadAsync(bool isForced, CancellationToken cancel)
    {
        if (!(await ledger.ReadAsync(Mark, cancel)).Try(out var document, out var problem))
        {
            return problem;
        }

        var version = document?.Version ?? 0;
        if (!isForced && version == Volatile.Read(ref mark))
        {
            return false;
        }

        if (!(await AllAsync(null, cancel)).Try(out var maps, out problem))
        {
            return problem;
        }

        active = maps.SelectMany(m => m.Entries.Where(e => e.State == MapState.Active).Select(e => (Key: (m.Sender, m.System, e.Code), Entry: e)))
            .ToDictionary(e => e.Key, e => e.Entry);
        Volatile.Write(ref mark, version);
        return true;
    }

    private async ValueTask<Problem?> PublishAsync(CodeMap map, long version, CancellationToken cancel)
    {
        var key = new RecordKey("ConceptMap", "local-" + CodeMap.KeyOf(map.Sender, map.System).Id);
        using var bench = shop.Rent();
        var json = ConceptMap(map, key, version);
        return !bench.TryRead(json) ? Problems.BadRequest($"The mappings make no ConceptMap: {bench.Findings.Items.First(f => f.IsError).English}")
            : !(await bench.PrepareAsync(key, cancel)).Try(out var prepared, out var problem) ? problem
            : (await records.WriteAsync(new WriteRequest([new WriteOperation.Put(prepared) { SkipIfIdentical = true }]), cancel)).Problem;
    }

    private byte[] ConceptMap(CodeMap map, RecordKey key, long version)
    {
        var inForce = map.Entries.Where(e => e.State == MapState.Active).ToArray();
        var resource = new JsonObject
        {
            ["resourceType"] = "ConceptMap",
            ["id"] = key.Id,
            ["url"] = $"https://kangqiao.dev/fhir/ConceptMap/{key.Id}",
            ["version"] = version.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["name"] = "LocalCodes",
            ["title"] = $"{map.Sender}: {map.System}",
            ["status"] = inForce.Length > 0 ? "active" : "draft",
            ["date"] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["publisher"] = Sender + Uri.EscapeDataString(map.Sender),
        };
        var groups = inForce.GroupBy(e => e.TargetSystem, StringComparer.Ordinal).Select(g => (JsonNode)new JsonObject
        {
            ["source"] = map.System,
            ["target"] = g.Key,
            ["element"] = new JsonArray([.. g.Select(e => (JsonNode)Element(e))]),
        }).ToArray();
        if (groups.Length > 0)
        {
            resource["group"] = new JsonArray(groups);
        }

        return JsonSerializer.SerializeToUtf8Bytes(resource, Readable);
    }

    private static JsonObject Element(MapEntry entry)
    {
        var target = new JsonObject { ["code"] = entry.TargetCode };
        if (entry.TargetDisplay is { } shown)
        {
            target["display"] = shown;
        }

        target["equivalence"] = entry.Equivalence;
        target["comment"] = $"{entry.Who}, {entry.At.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss'Z'}{(entry.Why is null ? "" : ": " + entry.Why)}";
        var element = new JsonObject { ["code"] = entry.Code };
        if (entry.Display is { } display)
        {
            element["display"] = display;
        }

        element["target"] = new JsonArray(target);
        return element;
    }
}
