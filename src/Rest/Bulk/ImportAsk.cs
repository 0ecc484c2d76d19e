using System.Globalization;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Store.Jobs;

namespace Kangqiao.Rest.Bulk;

/// <summary>One file that an import is given.</summary>
/// <param name="Type">Resource type of its lines; null for any.</param>
/// <param name="Url">Null where it came as the request's body.</param>
/// <param name="Count">Resources that were taken.</param>
/// <param name="Refused">Lines that were not.</param>
internal sealed record BulkInput(string? Type, string? Url, long Count = 0, long Refused = 0);

/// <summary>What an import was asked for; the parameters of its job.</summary>
internal sealed record ImportAsk(BulkOwner Owner, string Request, string Base, BulkInput[] Inputs, DateTimeOffset At)
{
    private const int MostInputs = 10_000;

    public static ImportAsk Read(string json) => JsonSerializer.Deserialize<ImportAsk>(json)!;

    public string Write() => JsonSerializer.Serialize(this);

    /// <summary>
    /// The files named in a manifest: the JSON of the SMART bulk import proposal (inputFormat, input[type, url]), or the same as a
    /// Parameters resource (input with parts type and url).
    /// </summary>
    public static Outcome<BulkInput[]> InputsOf(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var manifest = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            var root = manifest.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return Problems.BadImport("it is no JSON object.");
            }

            var isParameters = root.TryGetProperty("resourceType", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("Parameters");
            var inputs = isParameters ? OfParameters(root) : OfManifest(root);
            return inputs.Count is 0 or > MostInputs
                ? Problems.BadImport(string.Create(CultureInfo.InvariantCulture, $"it names {inputs.Count} files; 1 to {MostInputs} is possible."))
                : inputs.Exists(i => string.IsNullOrEmpty(i.Url)) ? Problems.BadImport("an input has no url.")
                : inputs.ToArray();
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return Problems.BadImport("it is neither a manifest with input[type, url] nor Parameters that say the same.");
        }
    }

    private static List<BulkInput> OfManifest(JsonElement root) =>
    [
        .. root.GetProperty("input").EnumerateArray().Select(i => new BulkInput(
            i.TryGetProperty("type", out var type) ? type.GetString() : null, i.GetProperty("url").GetString())),
    ];

    private static List<BulkInput> OfParameters(JsonElement root)
    {
        var inputs = new List<BulkInput>();
        foreach (var parameter in root.GetProperty("parameter").EnumerateArray())
        {
            if (parameter.GetProperty("name").GetString() == "input")
            {
                var parts = parameter.GetProperty("part").EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!, Value, StringComparer.Ordinal);
                inputs.Add(new(parts.GetValueOrDefault("type"), parts.GetValueOrDefault("url")));
            }
        }

        return inputs;
    }

    private static string? Value(JsonElement part) =>
        part.EnumerateObject().Where(p => p.Name.StartsWith("value", StringComparison.Ordinal)).Select(p => p.Value.GetString()).FirstOrDefault();
}

/// <summary>The answer to the status of a finished import: what came of each file, and files of OperationOutcomes for what was not taken.</summary>
internal static class ImportManifest
{
    public const string Error = "OperationOutcome";

    public static byte[] Of(Job job)
    {
        var ask = ImportAsk.Read(job.Parameters);
        var result = JsonSerializer.Deserialize<BulkResult>(job.Result)!;
        return BulkResult.Manifest(writer =>
        {
            writer.WriteString("transactionTime", ask.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            writer.WriteString("request", ask.Request);
            writer.WriteBoolean("requiresAccessToken", value: true);
            writer.WriteStartArray("output");
            foreach (var input in result.Inputs ?? [])
            {
                writer.WriteStartObject();
                if (input.Type is { } type)
                {
                    writer.WriteString("type", type);
                }

                if (input.Url is { } url)
                {
                    writer.WriteString("inputUrl", url);
                }

                writer.WriteNumber("count", input.Count);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            BulkResult.WriteParts(writer, "error", result.Parts, $"{ask.Base}/$bulk-file?{BulkJob.JobParameter}={job.Id}");
        });
    }
}
