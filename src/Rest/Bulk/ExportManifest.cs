using System.Globalization;
using System.Text.Json;
using Kangqiao.Store.Jobs;

namespace Kangqiao.Rest.Bulk;

/// <summary>The answer to the status of a finished export (Bulk Data Access IG, Response - Complete Status).</summary>
internal static class ExportManifest
{
    /// <summary>Kind of the lines that say what was deleted since.</summary>
    public const string Deleted = "deleted";

    public static byte[] Of(Job job)
    {
        var ask = ExportAsk.Read(job.Parameters);
        var result = JsonSerializer.Deserialize<BulkResult>(job.Result)!;
        var address = $"{ask.Base}/$bulk-file?{BulkJob.JobParameter}={job.Id}";
        return BulkResult.Manifest(writer =>
        {
            writer.WriteString("transactionTime", ask.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            writer.WriteString("request", ask.Request);
            writer.WriteBoolean("requiresAccessToken", value: true);
            BulkResult.WriteParts(writer, "output", result.Parts.Where(p => p.Kind != Deleted), address);
            BulkResult.WriteParts(writer, "deleted", result.Parts.Where(p => p.Kind == Deleted), address, "Bundle");
            writer.WriteStartArray("error");
            writer.WriteEndArray();
            writer.WriteStartObject("extension");
            writer.WriteString("https://kangqiao.dev/fhir/StructureDefinition/bulk-feed-position", ask.Until);
            writer.WriteEndObject();
        });
    }
}
