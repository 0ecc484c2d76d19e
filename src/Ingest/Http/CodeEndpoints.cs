using System.Globalization;
using System.Text.Json;
using Kangqiao.Ingest.Codes;
using Kangqiao.Ingest.Journals;
using Kangqiao.Kernel;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Ingest.Http;

/// <summary>对码 over HTTP: an institution for its own codes, the steward for all.</summary>
internal sealed class CodeEndpoints(Door door)
{
    private const int MostListed = 1_000;
    private const int MostSuggested = 20;

    public async Task ListAsync(HttpContext http, DoorCaller caller)
    {
        var state = http.Request.Query["state"].FirstOrDefault();
        if (state is not (null or "open" or "mapped"))
        {
            await DoorAnswer.RefuseAsync(http, Problems.BadRequest("state is open or mapped."));
            return;
        }

        var limit = int.TryParse(http.Request.Query["limit"].FirstOrDefault(), CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, MostListed) : 200;
        if (!Whose(http, caller, mustBeOne: false).Try(out var sender, out var problem)
            || !(await door.Desk.Codes.ListAsync(sender, state, limit, http.RequestAborted)).Try(out var codes, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        await DoorAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("codes"u8);
            foreach (var code in codes)
            {
                Write(writer, code);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    public async Task SuggestAsync(HttpContext http, DoorCaller caller, string system, string code)
    {
        if (!Whose(http, caller, mustBeOne: true).Try(out var sender, out var problem)
            || !(await door.Desk.Codes.FindAsync(sender!, system, code, http.RequestAborted)).Try(out var known, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        if (known is null)
        {
            await DoorAnswer.RefuseAsync(http, Problems.NoSuchCode(code));
            return;
        }

        if (!(await door.Desk.SuggestAsync(known, MostSuggested, http.RequestAborted)).Try(out var found, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        await DoorAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("code"u8);
            Write(writer, known);
            writer.WriteStartArray("suggestions"u8);
            foreach (var one in found)
            {
                writer.WriteStartObject();
                writer.WriteString("system"u8, one.System);
                writer.WriteString("table"u8, one.Table);
                writer.WriteString("code"u8, one.Code);
                writer.WriteString("display"u8, one.Display);
                writer.WriteNumber("score"u8, one.Score);
                writer.WriteString("why"u8, one.Why);
                if (one.Votes > 0)
                {
                    writer.WriteNumber("senders"u8, one.Votes);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    public async Task MapsAsync(HttpContext http, DoorCaller caller)
    {
        if (!Whose(http, caller, mustBeOne: false).Try(out var sender, out var problem)
            || !(await door.Desk.Maps.AllAsync(sender, http.RequestAborted)).Try(out var maps, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        await DoorAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("maps"u8);
            foreach (var map in maps)
            {
                foreach (var entry in map.Entries)
                {
                    Write(writer, map.Sender, map.System, entry);
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    public async Task PutAsync(HttpContext http, DoorCaller caller, string system, string code)
    {
        if (!Whose(http, caller, mustBeOne: true).Try(out var sender, out var problem)
            || !(await DoorAnswer.ReadAsync<MapAsk>(http)).Try(out var asked, out problem)
            || !(await door.Desk.SetAsync(sender!, system, code, asked, WhoOf(caller), http.RequestAborted)).Try(out var entry, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        await DoorAnswer.WriteAsync(http, 200, writer => Write(writer, sender!, system, entry));
    }

    public async Task DeleteAsync(HttpContext http, DoorCaller caller, string system, string code)
    {
        if (!Whose(http, caller, mustBeOne: true).Try(out var sender, out var problem)
            || (problem = await door.Desk.RemoveAsync(sender!, system, code, http.RequestAborted)) is not null)
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        http.Response.StatusCode = 204;
    }

    /// <summary>Works once more on what came since the code (any of the table) was first seen, so that old records get what it is mapped to.</summary>
    public async Task ReplayAsync(HttpContext http, DoorCaller caller, string system, string? code)
    {
        if (!Whose(http, caller, mustBeOne: true).Try(out var sender, out var problem)
            || !(await door.Desk.Codes.ListAsync(sender, null, int.MaxValue, http.RequestAborted)).Try(out var codes, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        var asked = codes.Where(c => c.System == system && (code is null || c.Code == code)).ToArray();
        if (asked.Length == 0)
        {
            await DoorAnswer.RefuseAsync(http, Problems.NoSuchCode(code ?? system));
            return;
        }

        // What was counted in one batch may have come a while before.
        var range = new JournalRange(asked.Min(c => c.First).AddHours(-24), door.Time.GetUtcNow()) { Sender = sender };
        if (!(await door.ReplayAsync(range, http.RequestAborted)).Try(out var tickets, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        await DoorAnswer.WriteAsync(http, 202, writer => DoorEndpoints.WriteTickets(writer, tickets));
    }

    /// <param name="mustBeOne">The steward names the institution.</param>
    private static Outcome<string?> Whose(HttpContext http, DoorCaller caller, bool mustBeOne)
    {
        var named = http.Request.Query["institution"].FirstOrDefault();
        if (caller.SeesAll)
        {
            return named is null && mustBeOne ? Problems.BadRequest("institution=CODE says whose code it is.") : named;
        }

        return caller.Role != "institution" ? Problems.NotForRole(caller.Role)
            : caller.Institution is null ? Problems.NoInstitution()
            : named is not null && named != caller.Institution ? Problems.NotYours()
            : caller.Institution;
    }

    private static string WhoOf(DoorCaller caller) => caller.Institution is null ? caller.Role : $"{caller.Role} {caller.Institution}";

    private static void Write(Utf8JsonWriter writer, LocalCode code)
    {
        writer.WriteStartObject();
        writer.WriteString("institution"u8, code.Sender);
        writer.WriteString("system"u8, code.System);
        writer.WriteString("code"u8, code.Code);
        writer.WriteString("display"u8, code.Display);
        writer.WriteNumber("count"u8, code.Count);
        writer.WriteString("first"u8, code.First);
        writer.WriteString("last"u8, code.Last);
        writer.WriteString("state"u8, code.IsMapped ? "mapped"u8 : "open"u8);
        writer.WriteStartArray("places"u8);
        foreach (var place in code.Places)
        {
            writer.WriteStringValue(place);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string sender, string system, MapEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("institution"u8, sender);
        writer.WriteString("system"u8, system);
        writer.WriteString("code"u8, entry.Code);
        writer.WriteString("display"u8, entry.Display);
        writer.WriteStartObject("target"u8);
        writer.WriteString("system"u8, entry.TargetSystem);
        writer.WriteString("version"u8, entry.TargetVersion);
        writer.WriteString("code"u8, entry.TargetCode);
        writer.WriteString("display"u8, entry.TargetDisplay);
        writer.WriteEndObject();
        writer.WriteString("equivalence"u8, entry.Equivalence);
        writer.WriteString("state"u8, entry.State == MapState.Active ? "active"u8 : "draft"u8);
        writer.WriteString("who"u8, entry.Who);
        writer.WriteString("at"u8, entry.At);
        writer.WriteString("why"u8, entry.Why);
        writer.WriteEndObject();
    }
}
