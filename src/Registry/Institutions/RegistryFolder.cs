using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kangqiao.Kernel;
using Kangqiao.Registry.Senders;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Registry.Institutions;

/// <summary>What came of a registry's files.</summary>
/// <param name="Resources">Resources kept, whether they were new or not.</param>
/// <param name="Wrong">What was left out, and why.</param>
public sealed record RegistryReport(int Institutions, int Resources, IReadOnlyList<Problem> Wrong);

/// <summary>
/// Loads a folder of registry files: <c>regions.json</c>, <c>institutions.json</c>, <c>departments.json</c>, <c>practitioners.json</c>
/// (arrays, or NDJSON), and any other <c>.json</c> or <c>.ndjson</c> with FHIR resources, kept under their own ids; an Organization
/// among those that has an institution's code (<c>urn:oid:2.16.156.10011.1.5</c>) becomes a sender too. Again is harmless.
/// </summary>
public sealed class RegistryFolder(IRecordStore records, Workshop shop, SenderRegistry senders)
{
    private const int MostTogether = 500;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly List<Problem> wrong = [];
    private readonly List<WriteOperation> waiting = [];
    private readonly HashSet<RecordKey> keys = [];
    private readonly Dictionary<string, string> creditCodes = new(StringComparer.Ordinal);
    private int institutions;
    private int resources;

    /// <summary>The files of a folder, in the order in which they are to be loaded: what others refer to comes first.</summary>
    public static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(folder, "*.*json", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".json" or ".ndjson")
            .OrderBy(f => Path.GetFileNameWithoutExtension(f) switch { "regions" => 0, "institutions" => 1, "departments" => 2, _ => 3 })
            .ThenBy(f => f, StringComparer.Ordinal);

    /// <summary>Loads one file.</summary>
    /// <param name="name">Its name says what its entries are.</param>
    /// <param name="who">Who vouches for it, for the senders' steps.</param>
    public async ValueTask<Outcome<RegistryReport>> LoadAsync(string name, byte[] bytes, string who, CancellationToken cancel = default)
    {
        try
        {
            if ((await LoadFileAsync(name, bytes, who, cancel) ?? await FlushAsync(cancel)) is { } problem)
            {
                return problem;
            }
        }
        catch (JsonException failure)
        {
            wrong.Add(Problems.BadRegistryFile(name, failure.Message));
        }

        return new RegistryReport(institutions, resources, wrong);
    }

    private async ValueTask<Problem?> LoadFileAsync(string file, byte[] bytes, string who, CancellationToken cancel)
    {
        foreach (var one in Values(bytes))
        {
            var problem = one.ValueKind != JsonValueKind.Object
                ? Problems.BadRegistryFile(Path.GetFileName(file), "an entry is no JSON object")
                : one.TryGetProperty("resourceType", out _) ? await TakeResourceAsync(one, file, who, cancel)
                : Path.GetFileNameWithoutExtension(file) switch
                {
                    "institutions" or "senders" => await TakeAsync(one.Deserialize<Institution>(Json)!, who, cancel),
                    "regions" => await KeepAsync(RegistryResources.Resource(WithParent(one.Deserialize<Region>(Json)!)), cancel),
                    "departments" => await KeepAsync(RegistryResources.Resource(one.Deserialize<Department>(Json)!), cancel),
                    "practitioners" => await TakeAsync(one.Deserialize<Practitioner>(Json)!, cancel),
                    _ => Problems.BadRegistryFile(Path.GetFileName(file), "it is not known what its entries are"),
                };
            if (problem is { Kind: ProblemKind.Unavailable or ProblemKind.Throttled })
            {
                return problem;
            }

            if (problem is not null)
            {
                wrong.Add(problem);
            }
        }

        return null;
    }

    /// <summary>An array's entries, a bundle's resources, or one value a line.</summary>
    private static IEnumerable<JsonElement> Values(byte[] bytes)
    {
        var text = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsMemory(3) : bytes;
        var at = 0;
        while (at < text.Length)
        {
            if (text.Span[at..].Trim(" \t\r\n"u8).IsEmpty)
            {
                yield break;
            }

            var (value, length) = Next(text[at..]);
            at += length;
            if (value.ValueKind == JsonValueKind.Array)
            {
                foreach (var entry in value.EnumerateArray())
                {
                    yield return entry;
                }
            }
            else if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("resourceType", out var type) && type.ValueEquals("Bundle")
                && value.TryGetProperty("entry", out var entries))
            {
                foreach (var entry in entries.EnumerateArray())
                {
                    if (entry.TryGetProperty("resource", out var resource))
                    {
                        yield return resource;
                    }
                }
            }
            else
            {
                yield return value;
            }
        }
    }

    private static (JsonElement Value, int Length) Next(ReadOnlyMemory<byte> text)
    {
        var reader = new Utf8JsonReader(text.Span, isFinalBlock: true, default);
        var value = JsonElement.ParseValue(ref reader);
        return (value, (int)reader.BytesConsumed);
    }

    private static Region WithParent(Region region) => region.Parent is not null ? region : region with
    {
        Parent = region.Code.Length switch { > 9 => region.Code[..9], > 6 => region.Code[..6], 6 when !region.Code.EndsWith("00", StringComparison.Ordinal) => region.Code[..4] + "00", _ => null },
    };

    private async ValueTask<Problem?> TakeAsync(Institution institution, string who, CancellationToken cancel)
    {
        if (!Sender.IsCode(institution.Code))
        {
            return Problems.BadCode(institution.Code);
        }

        if (institution.CreditCode is { Length: > 0 } credit)
        {
            if (!CreditCode.IsValid(credit))
            {
                wrong.Add(Problems.BadCreditCode(institution.Code));
            }
            else if (!creditCodes.TryAdd(credit, institution.Code) && creditCodes[credit] != institution.Code)
            {
                return Problems.SameCreditCode(institution.Code, creditCodes[credit]);
            }
        }

        var sender = new Sender(institution.Code, institution.Name)
        {
            Kind = institution.Kind,
            Feeds = institution.Feeds,
            Keys = institution.Keys,
            Addresses = institution.Addresses,
        };
        institutions++;
        return (await senders.PutAsync(sender, institution.State ?? SenderState.Admitted, who, "registry file", cancel)).Problem
            ?? await KeepAsync(RegistryResources.Resource(institution), cancel);
    }

    private async ValueTask<Problem?> TakeAsync(Practitioner practitioner, CancellationToken cancel)
    {
        foreach (var resource in RegistryResources.Resources(practitioner))
        {
            if (await KeepAsync(resource, cancel) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private async ValueTask<Problem?> TakeResourceAsync(JsonElement resource, string file, string who, CancellationToken cancel)
    {
        var type = resource.GetProperty("resourceType").GetString();
        if (!resource.TryGetProperty("id", out var id) || type is null)
        {
            return Problems.BadRegistryFile(Path.GetFileName(file), $"a {type} has no id");
        }

        if (type == "Organization" && CodeOf(resource) is { } code && Sender.IsCode(code))
        {
            institutions++;
            var name = resource.TryGetProperty("name", out var text) ? text.GetString() ?? code : code;
            if ((await senders.PutAsync(new Sender(code, name), SenderState.Admitted, who, "registry file", cancel)).Problem is { } refused)
            {
                return refused;
            }
        }

        return await KeepAsync(JsonSerializer.SerializeToUtf8Bytes(resource), type, id.GetString() ?? "", cancel);
    }

    private static string? CodeOf(JsonElement organization)
    {
        if (!organization.TryGetProperty("identifier", out var identifiers) || identifiers.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        foreach (var identifier in identifiers.EnumerateArray())
        {
            if (identifier.TryGetProperty("system", out var system) && system.ValueEquals(RegistryResources.InstitutionSystem)
                && identifier.TryGetProperty("value", out var value))
            {
                return value.GetString();
            }
        }

        return null;
    }

    private ValueTask<Problem?> KeepAsync(JsonObject resource, CancellationToken cancel) =>
        KeepAsync(JsonSerializer.SerializeToUtf8Bytes(resource), (string)resource["resourceType"]!, (string)resource["id"]!, cancel);

    private async ValueTask<Problem?> KeepAsync(byte[] json, string type, string id, CancellationToken cancel)
    {
        using var bench = shop.Rent();
        var key = new RecordKey(type, id);
        if (!bench.TryRead(json) || !key.IsWellFormed || bench.Document.Root.Type.Name != type || !bench.TryCheck())
        {
            return Problems.BadRegistryFile($"{type}/{id}", bench.Findings.Items.FirstOrDefault(f => f.IsError)?.English ?? "it has no valid id");
        }

        var prepared = await bench.PrepareAsync(key, cancel);
        if (prepared.Problem is { } refused)
        {
            return refused;
        }

        if (waiting.Count >= MostTogether || keys.Contains(key))
        {
            if (await FlushAsync(cancel) is { } failed)
            {
                return failed;
            }
        }

        keys.Add(key);
        waiting.Add(new WriteOperation.Put(prepared.Value) { SkipIfIdentical = true });
        resources++;
        return null;
    }

    private async ValueTask<Problem?> FlushAsync(CancellationToken cancel)
    {
        if (waiting.Count == 0)
        {
            return null;
        }

        var outcome = await records.WriteAsync(new WriteRequest([.. waiting]), cancel);
        waiting.Clear();
        keys.Clear();
        return outcome.Problem;
    }
}
