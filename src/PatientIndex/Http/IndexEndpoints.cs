using System.Globalization;
using Kangqiao.PatientIndex.Reviews;
using Kangqiao.PatientIndex.Stewarding;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kangqiao.PatientIndex.Http;

/// <summary>The index over HTTP, beside what FHIR has operations for.</summary>
public static class IndexEndpoints
{
    /// <summary>Serves <c>/index/…</c>.</summary>
    public static void MapPersonIndex(this IEndpointRouteBuilder routes, PersonIndex persons, WhoAsksIndex who)
    {
        ArgumentNullException.ThrowIfNull(persons);
        routes.MapGet("/index/reviews", http => AsStewardAsync(http, who, caller => ListAsync(http, caller, persons)));
        routes.MapGet("/index/reviews/{id}", http => AsStewardAsync(http, who, _ => ReadAsync(http, persons)));
        routes.MapPost("/index/reviews/{id}", http => AsStewardAsync(http, who, caller => DecideAsync(http, caller, persons)));
    }

    private static async Task AsStewardAsync(HttpContext http, WhoAsksIndex who, Func<IndexCaller, Task> answer)
    {
        if (await who(http) is not { } caller)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"index\"";
            await IndexAnswer.RefuseAsync(http, Problems.NeedsToken());
            return;
        }

        await (caller.IsSteward ? answer(caller) : IndexAnswer.RefuseAsync(http, Problems.NotForRole(caller.Role)));
    }

    private static async Task ListAsync(HttpContext http, IndexCaller caller, PersonIndex persons)
    {
        var query = http.Request.Query;
        var ask = new ReviewAsk
        {
            IsOpen = query["state"] != "decided",
            Kind = query["kind"].FirstOrDefault()?.ToLowerInvariant(),
            Institution = query["institution"].FirstOrDefault(),

            // A steward of a district is shown that district, whatever is asked.
            Region = caller.Region is { Length: > 0 } own && query["region"].FirstOrDefault()?.StartsWith(own, StringComparison.Ordinal) != true ? own : query["region"].FirstOrDefault(),
            Resident = query["resident"].FirstOrDefault(),
            Limit = Math.Clamp(Number(query["limit"].FirstOrDefault()) ?? 50, 1, 500),
            After = Number(query["after"].FirstOrDefault()),
        };
        if ((await persons.Desk.ListAsync(ask, http.RequestAborted)).Try(out var found, out var problem))
        {
            await IndexAnswer.WriteAsync(http, new { found.Total, Entries = found.Reviews, After = found.Next });
            return;
        }

        await IndexAnswer.RefuseAsync(http, problem);
    }

    private static async Task ReadAsync(HttpContext http, PersonIndex persons)
    {
        if ((await persons.Desk.ReadAsync((string)http.Request.RouteValues["id"]!, http.RequestAborted)).Try(out var view, out var problem))
        {
            await IndexAnswer.WriteAsync(http, view);
            return;
        }

        await IndexAnswer.RefuseAsync(http, problem);
    }

    private static async Task DecideAsync(HttpContext http, IndexCaller caller, PersonIndex persons)
    {
        if (await IndexAnswer.ReadAsync<Decided>(http) is not { } decided)
        {
            await IndexAnswer.RefuseAsync(http, Problems.NotJson("{\"decision\":…,\"reason\":…,\"actor\":…}"));
            return;
        }

        // Only the platform's own token may name who acts.
        var actor = caller.Actor.Length > 0 ? caller.Actor : caller.Role == "system" ? decided.Actor ?? "" : "";
        var done = await persons.Desk.DecideAsync((string)http.Request.RouteValues["id"]!, decided.Decision ?? "", new StewardAct(actor, decided.Reason ?? ""), http.RequestAborted);
        await (done.Try(out var review, out var problem) ? IndexAnswer.WriteAsync(http, review) : IndexAnswer.RefuseAsync(http, problem));
    }

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private sealed record Decided(string? Decision = null, string? Reason = null, string? Actor = null);
}
