using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.PatientIndex.Http;

/// <summary>Who asks the index, as the token says.</summary>
/// <param name="Actor">Tells persons apart; empty where the token does not say who acts.</param>
public sealed record IndexCaller(string Role, string? Institution, string? Region, string Actor)
{
    internal bool IsSteward => Role is "system" or "steward";
}

/// <summary>Who asks; null where there is no valid token.</summary>
public delegate ValueTask<IndexCaller?> WhoAsksIndex(HttpContext http);

/// <summary>How the index answers: JSON, and every refusal with its code and what to do.</summary>
internal static class IndexAnswer
{
    public static Task WriteAsync<T>(HttpContext http, T value, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsJsonAsync(value, LedgerJson.Options, http.RequestAborted);
    }

    public static Task RefuseAsync(HttpContext http, Problem problem) => WriteAsync(http, new { problem.Code, problem.Message }, problem.Kind switch
    {
        ProblemKind.NotFound => 404,
        ProblemKind.Gone => 410,
        ProblemKind.Conflict => 409,
        ProblemKind.PreconditionFailed => 412,
        ProblemKind.NotPermitted => 403,
        ProblemKind.NotAuthenticated => 401,
        ProblemKind.TooLarge => 413,
        ProblemKind.Throttled => 429,
        ProblemKind.Unavailable => 503,
        _ => 400,
    });

    /// <summary>The body as JSON; null where it is none.</summary>
    public static async ValueTask<T?> ReadAsync<T>(HttpContext http)
        where T : class
    {
        const int Most = 64 * 1024;
        if (http.Request.ContentLength is > Most)
        {
            return null;
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, LedgerJson.Options, http.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
