using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Kangqiao.Rest.Bulk;

/// <summary>Sends a file as it is, in parts on request (RFC 9110 section 14), or packed; in constant memory either way.</summary>
internal static class BulkFile
{
    private const string Ndjson = "application/fhir+ndjson";

    public static async Task SendAsync(HttpContext http, string path, BulkPart part)
    {
        var request = http.Request;
        http.Response.Headers.Vary = "Accept-Encoding";

        // A range is of the file, so a part of it is never packed.
        if (HttpMethods.IsGet(request.Method) && request.Headers.Range.Count == 0 && TakesGzip(request))
        {
            http.Response.ContentType = Ndjson;
            http.Response.Headers.ContentEncoding = "gzip";
            http.Response.Headers.ETag = $"\"{part.Sha256}-gzip\"";
            await using var file = File.OpenRead(path);
            await using var packed = new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
            await file.CopyToAsync(packed, http.RequestAborted);
            return;
        }

        var tag = new EntityTagHeaderValue($"\"{part.Sha256}\"");
        await Results.File(path, Ndjson, enableRangeProcessing: true, entityTag: tag).ExecuteAsync(http);
    }

    private static bool TakesGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && e.Quality is null or > 0);
}
