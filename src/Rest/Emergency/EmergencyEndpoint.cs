using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Access.Masking;
using Kangqiao.Access.Roles;
using Kangqiao.Audit.Entries;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Auditing;
using Kangqiao.Rest.Callers;
using Kangqiao.Standard.Standing;
using Kangqiao.Store;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Rest.Emergency;

/// <summary>
/// Below <c>/access</c>: opening a chart in an emergency, the queue in which it is reviewed, and a masked field in the clear. All of it
/// leaves a record before it has an effect.
/// </summary>
internal sealed class EmergencyEndpoint(RestRoom room, BearerTokens tokens)
{
    private const int ShortestReason = 6;
    private const int LongestReason = 1000;
    private const int MostBytes = 64 * 1024;

    private static readonly string[] Fields = [FieldMask.IdNumber, FieldMask.Phone, FieldMask.Address, FieldMask.Name];

    /// <summary>Answers POST and GET break-glass, POST break-glass/{id}/review, POST reveal.</summary>
    public async Task HandleAsync(HttpContext http, string path)
    {
        if (await tokens.OfAsync(http.Request) is not { } caller)
        {
            await AnswerAsync(http, Problems.NeedsToken());
            return;
        }

        var parts = path.Trim('/').Split('/');
        var cancel = http.RequestAborted;
        string? about = null;
        var answer = (http.Request.Method, parts) switch
        {
            ("GET", ["break-glass"]) => await QueueAsync(caller, http.Request.Query["status"].ToString(), cancel),
            ("POST", ["break-glass"]) => await WithBodyAsync(http, body => OpenAsync(caller, Noted(body), cancel)),
            ("POST", ["break-glass", var id, "review"]) => await WithBodyAsync(http, body => ReviewAsync(caller, id, body, cancel)),
            ("POST", ["reveal"]) => await WithBodyAsync(http, body => RevealAsync(caller, Noted(body), cancel)),
            _ => Problems.NoSuchAddress(path),
        };
        var action = (http.Request.Method, parts[0]) switch { ("POST", "break-glass") => AuditAction.BreakGlass, ("POST", "reveal") => AuditAction.Reveal, _ => AuditAction.Read };
        var entry = new AuditEntry(action, Actors.Of(caller) with { Address = http.Connection.RemoteIpAddress?.ToString() })
        {
            Outcome = answer.IsSuccess ? AuditOutcome.Success : AuditOutcome.Refused,
            Code = answer.Problem?.Code,
            Detail = "access/" + path.Trim('/'),
            Patients = about is { Length: > 0 and <= 64 } ? [about] : [],
        };
        if (await room.Trail.AppendAsync(entry) is { } unwritten)
        {
            answer = unwritten;
        }

        if (!answer.Try(out var json, out var problem))
        {
            await AnswerAsync(http, problem);
            return;
        }

        await WriteAsync(http, 200, JsonSerializer.SerializeToUtf8Bytes(json, Outcomes.Readable));

        // Whom it is about, for the trail: also where it is refused.
        JsonObject Noted(JsonObject body)
        {
            about = (Text(body, "patient") ?? Text(body, "record")) is { } named && named.StartsWith("Patient/", StringComparison.Ordinal) ? named["Patient/".Length..] : null;
            return body;
        }
    }

    /// <summary>A body of patient, reason and minutes. The reason is the viewer's own words; the notice goes out with it.</summary>
    private async ValueTask<Outcome<JsonObject>> OpenAsync(Caller caller, JsonObject body, CancellationToken cancel)
    {
        if (room.Access.Roles.Find(caller.Role)?.Opens != true || caller.Scopes is not null || caller.Institution is not { Length: > 0 } || caller.Practitioner is not { Length: > 0 } practitioner
            || !new RecordKey("Practitioner", practitioner).IsWellFormed)
        {
            return Problems.NotForRole(caller.Role, "open", "a chart in an emergency");
        }

        var most = room.Access.Roles.Treatment.EmergencyHours * 60;
        if (Text(body, "reason") is not { } reason || reason.Trim().Length is < ShortestReason or > LongestReason)
        {
            return Problems.BadParameter("reason", "", $"{ShortestReason} to {LongestReason} characters that say what the emergency is");
        }

        var minutes = body["minutes"] is JsonValue value && value.TryGetValue<int>(out var asked) ? asked : 60;
        if (minutes < 1 || minutes > most)
        {
            return Problems.BadParameter("minutes", minutes.ToString(CultureInfo.InvariantCulture), $"from 1 to {most}");
        }

        if (Text(body, "patient")?.Split('/') is not ["Patient", var id] || !new RecordKey("Patient", id).IsWellFormed)
        {
            return Problems.BadParameter("patient", Text(body, "patient") ?? "", "a reference Patient/id");
        }

        var key = new RecordKey("Patient", id);
        if (!(await room.Platform.ReadAsync(key, cancel)).Try(out var patient, out var problem))
        {
            return problem;
        }

        if (patient is not { State: RecordState.Live })
        {
            return Problems.NotFound(key);
        }

        var now = room.Time.GetUtcNow();
        var until = now.AddMinutes(minutes);
        var told = new AuditEntry(AuditAction.BreakGlass, Actors.Of(caller)) { Detail = reason.Trim(), Patients = [id] };
        if (await room.Trail.AppendAsync([told]) is { } untold)
        {
            return untold;
        }

        var opened = EmergencyRecords.Opened(room.Ids.NextId(), caller, id, reason.Trim(), now, until);
        return await EmergencyRecords.WriteAsync(room, opened, null, cancel) is { } failed ? failed : new JsonObject
        {
            ["id"] = (string)opened["id"]!,
            ["patient"] = key.ToString(),
            ["until"] = EmergencyRecords.Text(until),
        };
    }

    private async ValueTask<Outcome<JsonObject>> QueueAsync(Caller caller, string status, CancellationToken cancel)
    {
        if (!Reviews(caller))
        {
            return Problems.NotForRole(caller.Role, "review", "emergency access");
        }

        var entries = new JsonArray();
        long? after = null;
        while (true)
        {
            var ask = new SearchAsk(TermQuery.AllOf(RecordLabels.OfType("Communication"), StandingTerms.Bearing)) { Descending = true, After = after, Limit = 500, WithRecords = true };
            if (!(await room.Platform.SearchAsync(ask, cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            foreach (var record in page.Records)
            {
                var said = Json(record);
                if (status.Length == 0 || (string?)said["status"] == status || (status == "open" && (string?)said["status"] == EmergencyRecords.Waiting))
                {
                    entries.Add(said);
                }
            }

            if (!page.HasMore || entries.Count >= 1000)
            {
                return new JsonObject { ["entries"] = entries };
            }

            after = page.Numbers[^1];
        }
    }

    /// <summary>A body of justified and note. What was not justified ends at once.</summary>
    private async ValueTask<Outcome<JsonObject>> ReviewAsync(Caller caller, string id, JsonObject body, CancellationToken cancel)
    {
        if (!Reviews(caller))
        {
            return Problems.NotForRole(caller.Role, "review", "emergency access");
        }

        if (body["justified"] is not JsonValue value || !value.TryGetValue<bool>(out var justified) || Text(body, "note") is not { Length: > 0 and <= LongestReason } note)
        {
            return Problems.BadRequest("a review has 'justified' (true or false) and a 'note'.");
        }

        var key = new RecordKey("Communication", id);
        if (!key.IsWellFormed)
        {
            return Problems.BadId(id);
        }

        if (!(await room.Platform.ReadAsync(key, cancel)).Try(out var record, out var problem))
        {
            return problem;
        }

        if (record is not { State: RecordState.Live, Sender: StandingTerms.EmergencySender })
        {
            return Problems.NotFound(key);
        }

        var told = new AuditEntry(AuditAction.Administer, Actors.Of(caller)) { Detail = $"review of {key}: {(justified ? "justified" : "not justified")}; {note}" };
        if (await room.Trail.AppendAsync([told]) is { } untold)
        {
            return untold;
        }

        var resource = Json(record);
        resource["status"] = justified ? EmergencyRecords.Justified : EmergencyRecords.Ended;
        var notes = resource["note"]?.AsArray();
        if (notes is null)
        {
            resource["note"] = notes = [];
        }

        notes.Add(new JsonObject
        {
            ["authorString"] = $"{caller.Role} {caller.Practitioner}".Trim(),
            ["time"] = EmergencyRecords.Text(room.Time.GetUtcNow()),
            ["text"] = note,
        });
        return await EmergencyRecords.WriteAsync(room, resource, record.Version, cancel) is { } failed ? failed : resource;
    }

    /// <summary>A body of record, fields and reason. The trail is written before the fields are.</summary>
    private async ValueTask<Outcome<JsonObject>> RevealAsync(Caller caller, JsonObject body, CancellationToken cancel)
    {
        if (Text(body, "record")?.Split('/') is not [var type, var id] || !new RecordKey(type, id).IsWellFormed)
        {
            return Problems.BadParameter("record", Text(body, "record") ?? "", "a reference such as Patient/id");
        }

        if (body["fields"] is not JsonArray { Count: > 0 } asked || asked.Any(f => !Fields.Contains((string?)f)))
        {
            return Problems.BadParameter("fields", "", $"a list of {string.Join(", ", Fields)}");
        }

        if (Text(body, "reason") is not { } reason || reason.Trim().Length is < ShortestReason or > LongestReason)
        {
            return Problems.BadParameter("reason", "", $"{ShortestReason} to {LongestReason} characters");
        }

        var key = new RecordKey(type, id);
        if (!caller.Viewer.IsSystem && (caller.Scopes is not null || !room.Access.Roles.May(caller.Role, type, AccessAction.Reveal)))
        {
            return Problems.NotForRole(caller.Role, "reveal", type);
        }

        if (!(await Sight.OfAsync(room, caller, [], cancel)).Try(out var sight, out var problem) || !(await sight.ReadWholeAsync(key, cancel)).Try(out var record, out problem))
        {
            return problem;
        }

        if (record is not { State: RecordState.Live })
        {
            return Problems.NotFound(key);
        }

        if (!(await sight.MayAsync(record, AccessAction.Reveal, cancel)).Try(out var may, out problem) || !may)
        {
            return problem ?? Problems.NotFound(key);
        }

        string[] fields = [.. asked.Select(f => (string)f!).Distinct()];
        var of = await room.Access.PatientOfAsync(record, cancel);
        var told = new AuditEntry(AuditAction.Reveal, Actors.Of(caller)) { Detail = $"{key}: {string.Join(", ", fields)}; {reason.Trim()}", Patients = of is { IsSuccess: true, Value.Patient: { } whose } ? [whose] : [] };
        if (await room.Trail.AppendAsync([told]) is { } untold)
        {
            return untold;
        }

        var trail = EmergencyRecords.Revealed(room.Ids.NextId(), caller, key, of.IsSuccess ? of.Value.Patient : null, fields, reason.Trim(), room.Time.GetUtcNow());
        return await EmergencyRecords.WriteAsync(room, trail, null, cancel) is { } failed ? failed : new JsonObject { ["record"] = key.ToString(), ["fields"] = FieldMask.Clear(record, fields) };
    }

    private bool Reviews(Caller caller) => caller.Viewer.IsSystem || (caller.Scopes is null && room.Access.Roles.Find(caller.Role)?.Reviews == true);

    private static JsonObject Json(StoredRecord record)
    {
        var json = new ArrayBufferWriter<byte>(2048);
        record.WriteResource(json);
        return JsonNode.Parse(json.WrittenSpan)!.AsObject();
    }

    private static string? Text(JsonObject body, string name) => body[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static async ValueTask<Outcome<JsonObject>> WithBodyAsync(HttpContext http, Func<JsonObject, ValueTask<Outcome<JsonObject>>> handle)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        for (int read; (read = await http.Request.Body.ReadAsync(bytes.GetMemory(4096), http.RequestAborted)) > 0;)
        {
            bytes.Advance(read);
            if (bytes.WrittenCount > MostBytes)
            {
                return Problems.BodyTooLarge(MostBytes);
            }
        }

        try
        {
            return JsonNode.Parse(bytes.WrittenSpan) is JsonObject body ? await handle(body) : Problems.BadRequest("the body is a JSON object.");
        }
        catch (JsonException wrong)
        {
            return Problems.BadRequest(wrong.Message);
        }
    }

    private static Task AnswerAsync(HttpContext http, Problem problem)
    {
        var status = Outcomes.StatusOf(problem.Kind);
        if (status == 401)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"access\"";
        }

        return WriteAsync(http, status, JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["code"] = problem.Code, ["message"] = problem.Message }, Outcomes.Readable));
    }

    private static async Task WriteAsync(HttpContext http, int status, byte[] json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = json.Length;
        await http.Response.Body.WriteAsync(json, http.RequestAborted);
    }
}
