using System.Text.Json;
using Kangqiao.Audit.Entries;
using Kangqiao.Identity.Clients;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Identity.Accounts;

/// <summary>
/// Accounts and applications, by three administrators who need each other (GB/T 22239-2019, 8.1.5): the system administrator makes and disables accounts and registers applications, the
/// security officer gives roles, the auditor reads of all of it in the trail. Nobody changes their own account.
/// </summary>
internal sealed class AccountEndpoints(IdentityRoom room, IBearerTokens tokens)
{
    private const string Administrator = "admin";
    private const string Officer = "security";
    private const long MostBytes = 64 * 1024;

    private sealed record NewAccount(string Login, string Password);

    private sealed record RoleGiven(string Role, string? Institution, string? Practitioner, string? Region);

    private sealed record Reason(string? Why);

    private sealed record NewPassword(string Login, string Old, string New, string? Code);

    private sealed record Confirmation(string Login, string Password, string Code);

    /// <summary>The system administrator makes an account; it can do nothing until the security officer has given it a role.</summary>
    public Task AddAsync(HttpContext http) => DoAsync<NewAccount>(http, Administrator, asked => $"account {asked.Login}", async (asked, _) =>
        (await room.Accounts.AddAsync(new Account(asked.Login) { MustChange = true }, asked.Password, http.RequestAborted)).Problem);

    public Task GiveRoleAsync(HttpContext http, string login) => DoAsync<RoleGiven>(http, Officer, asked => $"role {login} {asked.Role} {asked.Institution}", async (asked, who) =>
        who.User == login ? Problems.NotYourself()
        : (await room.Accounts.ChangeAsync(
            login, a => a with { Role = asked.Role, Institution = asked.Institution, Practitioner = asked.Practitioner, Region = asked.Region }, http.RequestAborted)).Problem
        ?? await room.Sessions.RevokeAllAsync(login, http.RequestAborted));

    public Task DisableAsync(HttpContext http, string login) => DoAsync<Reason>(http, Administrator, _ => $"disable {login}", async (_, who) =>
        who.User == login ? Problems.NotYourself()
        : (await room.Accounts.ChangeAsync(login, a => a with { IsDisabled = true }, http.RequestAborted)).Problem ?? await room.Sessions.RevokeAllAsync(login, http.RequestAborted));

    public Task ClientAsync(HttpContext http) => DoAsync<Client>(http, Administrator, asked => $"client {asked.Id}", async (asked, _) => (await room.Clients.PutAsync(asked, http.RequestAborted)).Problem);

    /// <summary>A new password by whoever knows the old one: also when it has expired.</summary>
    public async Task PasswordAsync(HttpContext http)
    {
        if (await BodyAsync<NewPassword>(http) is not { Login: not null, Old: not null, New: not null } asked)
        {
            await AnswerAsync(http, Problems.BadRequest("login, old and new are asked for"));
            return;
        }

        var problem = room.Attempts.Take(Address(http)) ? (await room.Accounts.SetPasswordAsync(asked.Login, asked.Old, asked.Code, asked.New, http.RequestAborted)).Problem : Problems.TooManyAttempts();
        await AnswerAsync(http, await NoteAsync(http, new AuditActor("") { User = Account.IsLogin(asked.Login) ? asked.Login : null }, "password", problem));
    }

    /// <summary>A secret for the second factor; it counts from the first code on that is given with it.</summary>
    public async Task SecondFactorAsync(HttpContext http)
    {
        if (await BodyAsync<Confirmation>(http) is not { Login: not null, Password: not null } asked || !room.Attempts.Take(Address(http)))
        {
            await AnswerAsync(http, Problems.TooManyAttempts());
            return;
        }

        var (login, secret) = (asked.Login, Totp.NewSecret());
        var signedIn = await room.Accounts.SignInAsync(login, asked.Password, asked.Code, http.RequestAborted);
        if (signedIn.Problem is { } refused)
        {
            await AnswerAsync(http, await NoteAsync(http, new AuditActor("") { User = Account.IsLogin(login) ? login : null }, "second factor", refused));
            return;
        }

        var problem = (await room.Accounts.ChangeAsync(login, a => a with { Totp = room.Accounts.Seal(login, secret) }, http.RequestAborted)).Problem;
        if (await NoteAsync(http, new AuditActor(signedIn.Value.Role) { User = login }, "second factor", problem) is { } stopped)
        {
            await AnswerAsync(http, stopped);
            return;
        }

        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new { uri = Totp.Uri(login, secret) }), http.RequestAborted);
    }

    private async Task DoAsync<T>(HttpContext http, string role, Func<T, string> what, Func<T, Grant, ValueTask<Problem?>> act)
    {
        const string Scheme = "Bearer ";
        var header = http.Request.Headers.Authorization.ToString();
        var who = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? await tokens.ReadAsync(header[Scheme.Length..].Trim()) : null;
        if (who is null)
        {
            await AnswerAsync(http, Problems.NotSignedIn());
            return;
        }

        if (who.Role != role)
        {
            await AnswerAsync(http, await NoteAsync(http, IdentityRoom.ActorOf(who), http.Request.Path, Problems.NotForRole(who.Role)));
            return;
        }

        if (await BodyAsync<T>(http) is not { } asked)
        {
            await AnswerAsync(http, Problems.BadRequest("its body is not what is asked for"));
            return;
        }

        // On record before it is done: no right is given that the auditor does not hear of.
        var problem = await room.Trail.AppendAsync(new AuditEntry(AuditAction.Administer, IdentityRoom.ActorOf(who) with { Address = Address(http) }) { Detail = what(asked) }) ?? await act(asked, who);
        await AnswerAsync(http, problem);
    }

    private async ValueTask<Problem?> NoteAsync(HttpContext http, AuditActor actor, string what, Problem? problem) => await room.Trail.AppendAsync(new AuditEntry(AuditAction.Administer, actor with { Address = Address(http) })
    {
        Detail = what, Code = problem?.Code, Outcome = problem is null ? AuditOutcome.Success : AuditOutcome.Refused,
    }) ?? problem;

    private static string Address(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    private static async ValueTask<T?> BodyAsync<T>(HttpContext http)
    {
        if (http.Request.ContentLength is not (> 0 and <= MostBytes))
        {
            return default;
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, LedgerJson.Options, http.RequestAborted);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static async Task AnswerAsync(HttpContext http, Problem? problem)
    {
        if (problem is null)
        {
            http.Response.StatusCode = 204;
            return;
        }

        http.Response.StatusCode = problem.Kind switch
        {
            ProblemKind.NotAuthenticated => 401, ProblemKind.NotPermitted => 403, ProblemKind.NotFound => 404, ProblemKind.Conflict => 409, ProblemKind.Throttled => 429, ProblemKind.Unavailable => 503, _ => 400,
        };
        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new { code = problem.Code, message = problem.Message }), http.RequestAborted);
    }
}
