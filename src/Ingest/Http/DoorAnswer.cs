using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Ingest.Http;

/// <summary>How the door answers: JSON, and every refusal with its code and what to do.</summary>
internal static class DoorAnswer
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const int MostJson = 1024 * 1024;

    public static async Task WriteAsync(HttpContext http, int status, ReadOnlyMemory<byte> json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = json.Length;
        await http.Response.Body.WriteAsync(json, http.RequestAborted);
    }

    public static Task WriteAsync(HttpContext http, int status, Action<Utf8JsonWriter> write)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output, Readable))
        {
            write(writer);
        }

        return WriteAsync(http, status, output.WrittenMemory);
    }

    public static Task RefuseAsync(HttpContext http, Problem problem)
    {
        var status = problem.Kind switch
        {
            ProblemKind.NotFound => 404,
            ProblemKind.Gone => 410,
            ProblemKind.Conflict => 409,
            ProblemKind.PreconditionFailed => 412,
            ProblemKind.NotPermitted => 403,
            ProblemKind.NotAuthenticated => 401,
            ProblemKind.NotSupported => 415,
            ProblemKind.TooLarge => 413,
            ProblemKind.Throttled => 429,
            ProblemKind.Unavailable => 503,
            _ => 400,
        };
        if (status is 429 or 503)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        if (status == 401)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"door\"";
        }

        return WriteAsync(http, status, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, problem.Code);
            writer.WriteString("message"u8, problem.Message);
            writer.WriteEndObject();
        });
    }

    /// <summary>The body as JSON, at most a megabyte of it.</summary>
    public static async ValueTask<Outcome<T>> ReadAsync<T>(HttpContext http)
        where T : class
    {
        using var body = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int read; (read = await http.Request.Body.ReadAsync(chunk, http.RequestAborted)) > 0;)
        {
            body.Write(chunk, 0, read);
            if (body.Length > MostJson)
            {
                return Problems.BadRequest("The body has more than a megabyte.");
            }
        }

        try
        {
            return JsonSerializer.Deserialize<T>(body.GetBuffer().AsSpan(0, (int)body.Length), LedgerJson.Options) is { } value ? value : Problems.Empty();
        }
        catch (JsonException wrong)
        {
            return Problems.BadRequest($"The body cannot be read: {wrong.Message}");
        }
    }

    /// <summary>Findings are told in Chinese unless English is asked for.</summary>
    public static bool IsEnglish(HttpContext http)
    {
        var best = (Quality: 0.0, IsEnglish: false);
        foreach (var language in http.Request.GetTypedHeaders().AcceptLanguage)
        {
            var quality = language.Quality ?? 1;
            var isEnglish = language.Value.StartsWith("en", StringComparison.OrdinalIgnoreCase);
            if (quality > best.Quality && (isEnglish || language.Value.StartsWith("zh", StringComparison.OrdinalIgnoreCase)))
            {
                best = (quality, isEnglish);
            }
        }

        return best.IsEnglish;
    }
}
