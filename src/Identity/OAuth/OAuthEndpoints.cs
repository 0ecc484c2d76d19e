using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kangqiao.Audit.Entries;
using Kangqiao.Identity.Accounts;
using Kangqiao.Identity.Clients;
using Kangqiao.Identity.Sessions;
using Kangqiao.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Kangqiao.Identity.OAuth;

/// <summary>The OAuth 2.0 and OpenID Connect endpoints (RFC 6749, 7636, 7009, 7662, 7523, 8414; SMART App Launch 2).</summary>
internal sealed class OAuthEndpoints(IdentityRoom room, IBearerTokens tokens)
{
    private const int MostFormBytes = 32 * 1024;
    private const string Cookie = "kq-signin";
    private static readonly TimeSpan PageLife = TimeSpan.FromMinutes(10);
    private static readonly byte[] AskPlace = "authorize"u8.ToArray();
    private static readonly byte[] LaunchPlace = "launch"u8.ToArray();

    private sealed record HeldAsk(AuthorizeAsk Ask, DateTimeOffset At, string Cookie);

    private sealed record Launch(string User, string Patient, DateTimeOffset At);

    public async Task AuthorizeAsync(HttpContext http)
    {
        var client = (await room.Clients.FindAsync(http.Request.Query["client_id"].ToString(), http.RequestAborted)).Try(out var found, out _) ? found : null;
        var (ask, error, redirect) = AuthorizeAsk.Of(http.Request.Query, client, FhirBase(http));
        if (ask is null)
        {
            if (redirect is null)
            {
                await ErrorAsync(http, error!);
                return;
            }

            http.Response.Redirect(QueryHelpers.AddQueryString(redirect, new Dictionary<string, string?>
            {
                ["error"] = error!.Code, ["error_description"] = error.Description, ["state"] = http.Request.Query["state"], ["iss"] = Issuer(http),
            }));
            return;
        }

        // The form's request is sealed and tied to this browser: nobody can have somebody else sign in to what they chose.
        var cookie = Secrets.New();
        http.Response.Cookies.Append(Cookie, cookie, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/oauth2" });
        await SignInPage.WriteAsync(http, Hold(new HeldAsk(ask, room.Time.GetUtcNow(), Secrets.HashOf(cookie)), AskPlace), null, new Uri(ask.RedirectUri));
    }

    public async Task SignInAsync(HttpContext http)
    {
        if (await FormAsync(http) is not { } form)
        {
            await ErrorAsync(http, new("invalid_request", "The form cannot be read."));
            return;
        }

        if (Released<HeldAsk>(form["ask"].ToString(), AskPlace) is not { } held || room.Time.GetUtcNow() - held.At > PageLife
            || !Secrets.AreSame(Secrets.HashOf(http.Request.Cookies[Cookie] ?? ""), held.Cookie))
        {
            await ErrorAsync(http, new("invalid_request", "The page is too old, or was not opened in this browser: begin again."));
            return;
        }

        var redirect = new Uri(held.Ask.RedirectUri);
        var actor = new AuditActor("") { User = Named(form), Client = held.Ask.Client, Address = Address(http) };
        var signedIn = !room.Attempts.Take(Address(http)) ? Problems.TooManyAttempts() : await WhoAsync(form, http.RequestAborted);
        if (!signedIn.Try(out var account, out var problem))
        {
            if (await room.Trail.AppendAsync(new AuditEntry(AuditAction.SignIn, actor) { Outcome = AuditOutcome.Refused, Code = problem.Code }) is { } unwritten)
            {
                problem = unwritten;
            }

            await SignInPage.WriteAsync(http, form["ask"].ToString(), problem.Message, redirect);
            return;
        }

        if (account is null)
        {
            await SignInPage.WriteAsync(http, form["ask"].ToString(), "验证码已发送。", redirect);
            return;
        }

        var grant = GrantOf(account, held.Ask);
        var entry = new AuditEntry(AuditAction.SignIn, IdentityRoom.ActorOf(grant) with { Address = Address(http) });
        if (await room.Trail.AppendAsync(entry) is { } notWritten)
        {
            await SignInPage.WriteAsync(http, form["ask"].ToString(), notWritten.Message, redirect);
            return;
        }

        if (!(await SignInCode.MakeAsync(room, grant, held.Ask, http.RequestAborted)).Try(out var code, out problem))
        {
            await SignInPage.WriteAsync(http, form["ask"].ToString(), problem.Message, redirect);
            return;
        }

        http.Response.Cookies.Delete(Cookie, new CookieOptions { Path = "/oauth2" });
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Redirect(QueryHelpers.AddQueryString(held.Ask.RedirectUri, new Dictionary<string, string?> { ["code"] = code, ["state"] = held.Ask.State, ["iss"] = Issuer(http) }));
    }

    public async Task TokenAsync(HttpContext http)
    {
        if (await FormAsync(http) is not { } form)
        {
            await ErrorAsync(http, new("invalid_request", "The form cannot be read."));
            return;
        }

        if (await ClientAsync(http, form) is not { } client)
        {
            await RefuseAsync(http, form["client_id"], OAuthError.InvalidClient);
            return;
        }

        var (answer, error) = form["grant_type"].ToString() switch
        {
            "authorization_code" => await ExchangeAsync(http, form, client),
            "refresh_token" => await RefreshAsync(form, client, http.RequestAborted),
            "client_credentials" => await ServiceAsync(http, form, client),
            _ => (null, new OAuthError("unsupported_grant_type", "authorization_code, refresh_token or client_credentials.")),
        };
        if (answer is null)
        {
            await RefuseAsync(http, client.Id, error!);
            return;
        }

        await JsonAsync(http, 200, answer);
    }

    public async Task RevokeAsync(HttpContext http)
    {
        if (await FormAsync(http) is not { } form || await ClientAsync(http, form) is not { } client)
        {
            await ErrorAsync(http, OAuthError.InvalidClient);
            return;
        }

        // RFC 7009, 2.2: what is not a good token has ended already.
        if (await SessionOfAsync(form["token"].ToString(), client) is { } session)
        {
            var problem = await room.Trail.AppendAsync(new AuditEntry(AuditAction.SignOut, IdentityRoom.ActorOf(session.Grant) with { Address = Address(http) }))
                ?? await room.Sessions.RevokeAsync(session.Id, http.RequestAborted);
            if (problem is not null)
            {
                await ErrorAsync(http, new("temporarily_unavailable", problem.Message));
                return;
            }
        }

        http.Response.StatusCode = 200;
    }

    public async Task IntrospectAsync(HttpContext http)
    {
        if (await FormAsync(http) is not { } form || await ClientAsync(http, form) is not { Keys.Count: > 0 })
        {
            await ErrorAsync(http, OAuthError.InvalidClient);
            return;
        }

        var grant = await tokens.ReadAsync(form["token"].ToString());
        await JsonAsync(http, 200, grant is null ? new Dictionary<string, object?> { ["active"] = false } : new Dictionary<string, object?>
        {
            ["active"] = true, ["scope"] = grant.Scopes, ["client_id"] = grant.Client, ["sub"] = grant.User ?? grant.Client ?? grant.Role, ["role"] = grant.Role,
            ["institution"] = grant.Institution, ["patient"] = grant.Patient, ["token_type"] = "Bearer", ["iss"] = Issuer(http),
        });
    }

    /// <summary>A context for an application that the signed-in user starts: the patient they are with. For the scope launch.</summary>
    public async Task LaunchAsync(HttpContext http)
    {
        const string Scheme = "Bearer ";
        var header = http.Request.Headers.Authorization.ToString();
        var grant = header.StartsWith(Scheme, StringComparison.Ordinal) ? await tokens.ReadAsync(header[Scheme.Length..]) : null;
        if (grant?.User is not { } user || await FormAsync(http) is not { } form || form["patient"] is not [{ Length: > 0 and <= 64 } patient])
        {
            await ErrorAsync(http, new("invalid_request", "A signed-in user names a patient."));
            return;
        }

        await JsonAsync(http, 200, new Dictionary<string, object?> { ["launch"] = Hold(new Launch(user, patient, room.Time.GetUtcNow()), LaunchPlace) });
    }

    public Task KeysAsync(HttpContext http) => WriteAsync(http, Encoding.UTF8.GetBytes($$"""{"keys":[{{room.Ids.Jwk}}]}"""));

    public Task DiscoveryAsync(HttpContext http) => JsonAsync(http, 200, Discovery.Of(Issuer(http)));

    private async ValueTask<Outcome<Account?>> WhoAsync(IFormCollection form, CancellationToken cancel)
    {
        if (form["phone"].ToString() is { Length: > 0 } phone)
        {
            return form["step"] == "send"
                ? await room.Phones.SendAsync(phone, cancel) is { } problem ? problem : (Account?)null
                : (await room.Phones.SignInAsync(phone, form["sms"].ToString(), form["name"], form["idNumber"], cancel)).Then<Account?>(a => a);
        }

        return (await room.Accounts.SignInAsync(form["login"].ToString(), form["password"].ToString(), form["code"], cancel)).Then<Account?>(a => a);
    }

    private Grant GrantOf(Account account, AuthorizeAsk ask)
    {
        // What only services may have, no person gets.
        var scopes = string.Join(' ', ask.Scope.Split(' ').Where(s => !s.StartsWith("system/", StringComparison.Ordinal)));
        var launched = ask.Launch is { } launch && Released<Launch>(launch, LaunchPlace) is { } given && given.User == account.Login && room.Time.GetUtcNow() - given.At < PageLife ? given.Patient : null;
        return new Grant(account.Role)
        {
            User = account.Login, Client = ask.Client, Institution = account.Institution, Practitioner = account.Practitioner, Region = account.Region, Resident = account.Resident,
            Scopes = scopes, Patient = account.Resident ?? launched,
        };
    }

    private async ValueTask<(Dictionary<string, object?>? Answer, OAuthError? Error)> ExchangeAsync(HttpContext http, IFormCollection form, Client client)
    {
        var code = form["code"].ToString();
        if (!(await SignInCode.TakeAsync(room, code, http.RequestAborted)).Try(out var taken, out var problem))
        {
            return (null, new("temporarily_unavailable", problem.Message));
        }

        if (taken is null || taken.Ask.Client != client.Id || taken.Ask.RedirectUri != form["redirect_uri"].ToString() || !IsVerifier(form["code_verifier"].ToString(), taken.Ask.Challenge))
        {
            return (null, OAuthError.InvalidGrant);
        }

        var isOffline = Scope.Has(taken.Grant.Scopes, "offline_access");
        var hasRefresh = isOffline || Scope.Has(taken.Grant.Scopes, "online_access");
        var life = !hasRefresh ? room.Options.AccessLife : isOffline ? room.Options.OfflineLife : room.Options.SessionLife;
        if (!(await room.Sessions.OpenAsync(SignInCode.IdOf(code), taken.Grant, life, hasRefresh, http.RequestAborted)).Try(out var opened, out problem))
        {
            return (null, new("temporarily_unavailable", problem.Message));
        }

        var answer = AnswerOf(opened.Session.Grant, opened.RefreshToken, room.Options.AccessLife);
        if (Scope.Has(taken.Grant.Scopes, "openid"))
        {
            answer["id_token"] = room.Ids.Issue(Issuer(http), client.Id, taken.Grant, taken.Ask.Nonce, FhirBase(http), room.Options.AccessLife);
        }

        return (answer, null);
    }

    private async ValueTask<(Dictionary<string, object?>? Answer, OAuthError? Error)> RefreshAsync(IFormCollection form, Client client, CancellationToken cancel)
    {
        var asked = form["scope"].ToString();
        if (!(await room.Sessions.RefreshAsync(form["refresh_token"].ToString(), client.Id, cancel)).Try(out var opened, out var problem))
        {
            return (null, new("temporarily_unavailable", problem.Message));
        }

        if (opened is null)
        {
            return (null, OAuthError.InvalidGrant);
        }

        // RFC 6749, 6: never more than was granted, only less.
        var grant = opened.Session.Grant;
        if (asked.Length > 0 && !Scope.IsWithin(asked, grant.Scopes ?? ""))
        {
            await room.Sessions.RevokeAsync(opened.Session.Id, cancel);
            return (null, OAuthError.InvalidScope);
        }

        return (AnswerOf(asked.Length > 0 ? grant with { Scopes = asked } : grant, opened.RefreshToken, room.Options.AccessLife), null);
    }

    private async ValueTask<(Dictionary<string, object?>? Answer, OAuthError? Error)> ServiceAsync(HttpContext http, IFormCollection form, Client client)
    {
        if (client.ServiceRole is not { } role || client.Keys.Count == 0)
        {
            return (null, new("unauthorized_client", "This client signs people in and is no service."));
        }

        var scope = form["scope"].ToString();
        if (scope.Length == 0 || !Scope.IsForService(scope) || !Scope.IsWithin(scope, client.Scopes))
        {
            return (null, OAuthError.InvalidScope);
        }

        var grant = new Grant(role) { Client = client.Id, Institution = client.Institution, Scopes = scope };
        var problem = await room.Trail.AppendAsync(new AuditEntry(AuditAction.SignIn, IdentityRoom.ActorOf(grant) with { Address = Address(http) }));
        if (problem is not null
            || !(await room.Sessions.OpenAsync(SessionBook.NewId(), grant, room.Options.ServiceLife, hasRefresh: false, http.RequestAborted)).Try(out var opened, out problem))
        {
            return (null, new("temporarily_unavailable", problem.Message));
        }

        return (AnswerOf(opened.Session.Grant, null, room.Options.ServiceLife), null);
    }

    private Dictionary<string, object?> AnswerOf(Grant grant, string? refresh, TimeSpan life)
    {
        var answer = new Dictionary<string, object?>
        {
            ["access_token"] = tokens.Issue(grant, life), ["token_type"] = "Bearer", ["expires_in"] = (int)life.TotalSeconds, ["scope"] = grant.Scopes,
        };
        if (refresh is not null)
        {
            answer["refresh_token"] = refresh;
        }

        if (grant.Patient is { } patient)
        {
            answer["patient"] = patient;
            answer["need_patient_banner"] = grant.Resident is null;
        }

        return answer;
    }

    /// <summary>The client, proved by its key where it has one; a public one by its name alone, and then PKCE proves that it began what it ends.</summary>
    private async ValueTask<Client?> ClientAsync(HttpContext http, IFormCollection form)
    {
        if (form["client_assertion_type"] == ClientAssertion.Type)
        {
            var issuer = Issuer(http);
            return await room.Assertions.CheckAsync(form["client_assertion"].ToString(), [issuer, issuer + "/oauth2/token"], http.RequestAborted);
        }

        return (await room.Clients.FindAsync(form["client_id"].ToString(), http.RequestAborted)).Try(out var client, out _) && client is { Keys.Count: 0 } ? client : null;
    }

    private async ValueTask<Session?> SessionOfAsync(string token, Client client)
    {
        var id = token.Split('.') is [var named, _] && SessionBook.IsId(named) ? named : (await tokens.ReadAsync(token))?.Session;
        return id is null ? null : await room.Sessions.FindAsync(id) is { } session && session.Grant.Client == client.Id ? session : null;
    }

    private async Task RefuseAsync(HttpContext http, string? client, OAuthError error)
    {
        var named = client is { Length: > 0 } ? client[..Math.Min(client.Length, 40)] : null;
        await room.Trail.AppendAsync(new AuditEntry(AuditAction.SignIn, new AuditActor("") { Client = named, Address = Address(http) }) { Outcome = AuditOutcome.Refused, Code = error.Code });
        await ErrorAsync(http, error);
    }

    // RFC 7636, 4.6.
    private static bool IsVerifier(string verifier, string challenge) =>
        verifier.Length is >= 43 and <= 128 && Secrets.AreSame(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))), challenge);

    private string Issuer(HttpContext http) => room.Options.Issuer ?? $"{http.Request.Scheme}://{http.Request.Host.Value}";

    private string FhirBase(HttpContext http) => Issuer(http) + "/fhir";

    private static string Address(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    private static string? Named(IFormCollection form) => form["login"].ToString() is { Length: > 0 } login && Account.IsLogin(login) ? login : null;

    private string Hold<T>(T value, byte[] place) => Base64Url.EncodeToString(room.Sealer.Seal(JsonSerializer.SerializeToUtf8Bytes(value), place));

    private T? Released<T>(string text, byte[] place)
        where T : class
    {
        try
        {
            return text.Length is > 0 and <= 16_384 && room.Sealer.Open(Base64Url.DecodeFromChars(text), place).Try(out var json, out _) ? JsonSerializer.Deserialize<T>(json) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static async ValueTask<IFormCollection?> FormAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
        {
            return null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
        {
            bound.MaxRequestBodySize = MostFormBytes;
        }

        try
        {
            return await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception wrong) when (wrong is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static Task ErrorAsync(HttpContext http, OAuthError error)
    {
        if (error.Status == 401)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"oauth2\"";
        }

        return JsonAsync(http, error.Status, new Dictionary<string, object?> { ["error"] = error.Code, ["error_description"] = error.Description });
    }

    private static Task JsonAsync(HttpContext http, int status, Dictionary<string, object?> answer)
    {
        http.Response.StatusCode = status;
        return WriteAsync(http, JsonSerializer.SerializeToUtf8Bytes(answer));
    }

    private static async Task WriteAsync(HttpContext http, byte[] json)
    {
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
        await http.Response.Body.WriteAsync(json, http.RequestAborted);
    }
}
