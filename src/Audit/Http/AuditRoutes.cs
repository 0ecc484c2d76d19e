using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Index;
using Kangqiao.Audit.Reading;
using Kangqiao.Audit.Trail;
using Kangqiao.Audit.Watching;
using Kangqiao.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kangqiao.Audit.Http;

/// <summary>The trail over HTTP: AuditEvents for the auditor, warnings and special watch for the security officer, a resident's own part in plain words. Reading it is audited too.</summary>
public static class AuditRoutes
{
    public static void MapAudit(this IEndpointRouteBuilder routes, AuditTrail trail, Watcher watcher, AuditNeighbours neighbours)
    {
        var endpoints = new AuditEndpoints(trail, watcher, neighbours);
        routes.MapGet("/audit/AuditEvent", endpoints.SearchAsync);
        routes.MapGet("/audit/AuditEvent/{id}", (HttpContext http, string id) => endpoints.ReadAsync(http, id));
        routes.MapGet("/audit/mine", endpoints.MineAsync);
        routes.MapGet("/audit/warnings", endpoints.WarningsAsync);
        routes.MapGet("/audit/watched", endpoints.WatchedAsync);
        routes.MapPut("/audit/watched/{patient}", (HttpContext http, string patient) => endpoints.WatchAsync(http, patient, AuditAction.Watch));
        routes.MapDelete("/audit/watched/{patient}", (HttpContext http, string patient) => endpoints.WatchAsync(http, patient, AuditAction.Unwatch));
    }
}

internal sealed class AuditEndpoints(AuditTrail trail, Watcher watcher, AuditNeighbours neighbours)
{
    private const int MinePage = 50;
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task SearchAsync(HttpContext http)
    {
        if (await AllowAsync(http, Readers.MayReadAll, AuditAction.Search) is null)
        {
            return;
        }

        if (!AuditAsk.Of(http.Request.Query).Try(out var query, out var problem))
        {
            await RefuseAsync(http, problem);
            return;
        }

        var page = trail.Index.Search(query);
        await WriteAsync(http, 200, "application/fhir+json", json =>
        {
            json.WriteStartObject();
            json.WriteString("resourceType"u8, "Bundle");
            json.WriteString("type"u8, "searchset");
            if (page.Total is { } total)
            {
                json.WriteNumber("total"u8, total);
            }

            json.WriteStartArray("link"u8);
            Link(json, "self", Address(http, null));
            if (page.Next is { } next)
            {
                Link(json, "next", Address(http, next));
            }

            json.WriteEndArray();
            json.WriteStartArray("entry"u8);
            foreach (var one in page.Entries)
            {
                json.WriteStartObject();
                json.WriteString("fullUrl"u8, $"{http.Request.Scheme}://{http.Request.Host.Value}/audit/AuditEvent/{one.Place}");
                json.WritePropertyName("resource"u8);
                AuditEventJson.Write(json, one);
                json.WriteStartObject("search"u8);
                json.WriteString("mode"u8, "match");
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    public async Task ReadAsync(HttpContext http, string id)
    {
        if (await AllowAsync(http, Readers.MayReadAll, AuditAction.Read) is null)
        {
            return;
        }

        if (!AuditPlace.TryParse(id, out var place) || trail.Index.Read(place) is not { } one)
        {
            await RefuseAsync(http, Problems.NoSuchEntry());
            return;
        }

        await WriteAsync(http, 200, "application/fhir+json", json => AuditEventJson.Write(json, one));
    }

    public async Task MineAsync(HttpContext http)
    {
        if (await AllowAsync(http, actor => actor is { Role: Readers.Resident, Resident: not null }, AuditAction.Search) is not { } actor)
        {
            return;
        }

        if (!(await neighbours.PatientsOf(actor.Resident!, http.RequestAborted)).Try(out var patients, out var problem))
        {
            await RefuseAsync(http, problem);
            return;
        }

        AuditPlace? after = http.Request.Query[AuditAsk.Page].FirstOrDefault() is { } given && AuditPlace.TryParse(given, out var place) ? place : null;
        var page = trail.Index.Search(new AuditQuery { Patients = [.. patients.Append(actor.Resident!).Distinct(StringComparer.Ordinal)], After = after, Limit = MinePage });
        var names = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var institution in page.Entries.Select(e => e.Entry.Actor.Institution).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            names[institution] = await neighbours.InstitutionName(institution, http.RequestAborted);
        }

        var me = page.Entries.Count == 0 ? [] : patients.Append(actor.Resident!).ToHashSet(StringComparer.Ordinal);
        await WriteAsync(http, 200, "application/json; charset=utf-8", json =>
        {
            json.WriteStartObject();
            if (page.Total is { } total)
            {
                json.WriteNumber("total"u8, total);
            }

            json.WriteStartArray("entries"u8);
            foreach (var one in page.Entries.Where(e => e.Entry.Action != AuditAction.Warning && e.Entry.Action is not (AuditAction.Watch or AuditAction.Unwatch)))
            {
                var who = one.Entry.Actor;
                json.WriteStartObject();
                json.WriteString("id"u8, one.Place.ToString());
                json.WriteString("at"u8, one.At);
                json.WriteString("text"u8, PlainWords.Of(one, me, who.Institution is { } code ? names[code] : null));
                json.WriteString("institution"u8, who.Institution is { } at ? names[at] ?? at : null);
                json.WriteString("role"u8, who.Role);
                json.WriteString("purpose"u8, who.Purpose);
                json.WriteString("action"u8, EventCodes.SubtypeOf(one.Entry.Action).Code);
                json.WriteBoolean("refused"u8, one.Entry.Outcome != AuditOutcome.Success);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (page.Next is { } next)
            {
                json.WriteString("next"u8, next.ToString());
            }

            json.WriteEndObject();
        });
    }

    public async Task WarningsAsync(HttpContext http)
    {
        if (await AllowAsync(http, Readers.MayReadAll, AuditAction.Search) is null)
        {
            return;
        }

        AuditPlace? after = http.Request.Query[AuditAsk.Page].FirstOrDefault() is { } given && AuditPlace.TryParse(given, out var place) ? place : null;
        var page = watcher.Warnings(after, MinePage);
        await WriteAsync(http, 200, "application/json; charset=utf-8", json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("warnings"u8);
            foreach (var one in page.Entries)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, one.Place.ToString());
                json.WriteString("at"u8, one.At);
                json.WriteString("rule"u8, one.Entry.Code);
                json.WriteString("title"u8, watcher.TitleOf(one.Entry.Code ?? ""));
                json.WriteString("what"u8, one.Entry.Detail);
                json.WriteString("actor"u8, one.Entry.Actor.Name);
                json.WriteString("role"u8, one.Entry.Actor.Role);
                json.WriteString("institution"u8, one.Entry.Actor.Institution);
                json.WriteStartArray("patients"u8);
                foreach (var patient in one.Entry.Patients)
                {
                    json.WriteStringValue(patient);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (page.Next is { } next)
            {
                json.WriteString("next"u8, next.ToString());
            }

            json.WriteEndObject();
        });
    }

    public async Task WatchedAsync(HttpContext http)
    {
        if (await AllowAsync(http, Readers.MayWatch, AuditAction.Search) is null)
        {
            return;
        }

        var watched = watcher.Watched();
        await WriteAsync(http, 200, "application/json; charset=utf-8", json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("patients"u8);
            foreach (var patient in watched.Order(StringComparer.Ordinal))
            {
                json.WriteStringValue(patient);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    public async Task WatchAsync(HttpContext http, string patient, AuditAction action)
    {
        if (await AllowAsync(http, Readers.MayWatch, null) is not { } actor)
        {
            return;
        }

        if (patient.Length is 0 or > 64)
        {
            await RefuseAsync(http, Problems.BadParameter("patient", "an id"));
        }
        else if (await trail.AppendAsync(new AuditEntry(action, actor) { Patients = [patient] }) is { } problem)
        {
            await RefuseAsync(http, problem);
        }
        else
        {
            http.Response.StatusCode = 204;
        }
    }

    /// <summary>Who asks, if they may, and that they did is on record; null where the answer is given already.</summary>
    private async ValueTask<AuditActor?> AllowAsync(HttpContext http, Func<AuditActor, bool> may, AuditAction? action)
    {
        if (await neighbours.Who(http) is not { } actor)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"audit\"";
            await RefuseAsync(http, Problems.NeedsToken());
            return null;
        }

        var allowed = may(actor);
        var refusal = allowed ? null : http.Request.Path.StartsWithSegments("/audit/mine", StringComparison.Ordinal) ? Problems.NotAResident() : Problems.NotForRole(actor.Role);
        if (!allowed || action is not null)
        {
            var entry = new AuditEntry(action ?? AuditAction.Administer, actor)
            {
                Outcome = allowed ? AuditOutcome.Success : AuditOutcome.Refused,
                Code = refusal?.Code,
                Detail = http.Request.Path + http.Request.QueryString,
            };
            refusal = await trail.AppendAsync(entry) ?? refusal;
        }

        if (refusal is not null)
        {
            await RefuseAsync(http, refusal);
            return null;
        }

        return actor;
    }

    private static string Address(HttpContext http, AuditPlace? page)
    {
        var others = http.Request.Query.Where(p => p.Key != AuditAsk.Page).SelectMany(p => p.Value.Select(v => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(v ?? "")}"));
        var query = string.Join('&', page is { } place ? others.Append($"{AuditAsk.Page}={place}") : others);
        return $"{http.Request.Scheme}://{http.Request.Host.Value}{http.Request.Path}{(query.Length > 0 ? "?" + query : "")}";
    }

    private static void Link(Utf8JsonWriter json, string relation, string url)
    {
        json.WriteStartObject();
        json.WriteString("relation"u8, relation);
        json.WriteString("url"u8, url);
        json.WriteEndObject();
    }

    private static Task RefuseAsync(HttpContext http, Problem problem)
    {
        var (status, code) = problem.Kind switch
        {
            ProblemKind.NotAuthenticated => (401, "login"),
            ProblemKind.NotPermitted => (403, "forbidden"),
            ProblemKind.NotFound => (404, "not-found"),
            ProblemKind.Unavailable => (503, "transient"),
            _ => (400, "invalid"),
        };
        return WriteAsync(http, status, "application/fhir+json", json =>
        {
            json.WriteStartObject();
            json.WriteString("resourceType"u8, "OperationOutcome");
            json.WriteStartArray("issue"u8);
            json.WriteStartObject();
            json.WriteString("severity"u8, "error");
            json.WriteString("code"u8, code);
            json.WriteStartObject("details"u8);
            json.WriteStartArray("coding"u8);
            json.WriteStartObject();
            json.WriteString("system"u8, "https://kangqiao.dev/fhir/CodeSystem/problem");
            json.WriteString("code"u8, problem.Code);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("text"u8, problem.Message);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static async Task WriteAsync(HttpContext http, int status, string type, Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(output, Readable))
        {
            write(writer);
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = output.WrittenCount;
        await http.Response.Body.WriteAsync(output.WrittenMemory, http.RequestAborted);
    }
}
