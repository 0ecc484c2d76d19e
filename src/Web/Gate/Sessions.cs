using System.Buffers.Text;
using System.Security.Cryptography;
using Kangqiao.Rest.Callers;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Web.Gate;

/// <summary>
/// What a browser holds of us: a visit (random, so that forms and handles belong to it) and, when signed in, the token that says who looks.
/// Both are out of reach of scripts and of other sites' requests (HttpOnly, SameSite=Strict).
/// </summary>
internal sealed class Sessions(BearerTokens tokens)
{
    private const string SessionCookie = "kangqiao-session";
    private const string VisitCookie = "kangqiao-visit";
    private const int VisitBytes = 16;

    /// <summary>A working day; then one signs in anew.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromHours(10);

    /// <summary>The visit of this browser; begun with this answer where there is none.</summary>
    public static string VisitOf(HttpContext http) =>
        http.Request.Cookies[VisitCookie] is { } visit && visit.Length == Base64Url.GetEncodedLength(VisitBytes) && Base64Url.IsValid(visit) ? visit : Begin(http);

    /// <summary>Null where nobody is signed in, or no longer.</summary>
    public async ValueTask<Viewer?> ViewerOfAsync(HttpContext http) =>
        http.Request.Cookies[SessionCookie] is { Length: > 0 } token && await tokens.ReadAsync(token) is { } caller ? new Viewer(caller) : null;

    /// <summary>Signs in. The visit begins anew: what was handed out before means nothing now.</summary>
    public void SignIn(HttpContext http, Caller caller)
    {
        Begin(http);
        http.Response.Cookies.Append(SessionCookie, tokens.Issue(caller, Life), Options(http, Life));
    }

    /// <summary>The same person goes on with another purpose; what was handed out in this visit stays good.</summary>
    public void Renew(HttpContext http, Caller caller) => http.Response.Cookies.Append(SessionCookie, tokens.Issue(caller, Life), Options(http, Life));

    /// <summary>The holder of a token that was given by the operator; null where it is none.</summary>
    public ValueTask<Caller?> HolderAsync(string token) => tokens.ReadAsync(token);

    public static void SignOut(HttpContext http)
    {
        Begin(http);
        http.Response.Cookies.Delete(SessionCookie, Options(http, null));
    }

    /// <summary>A preference, such as the language: nothing that a person is known by.</summary>
    public static void Remember(HttpContext http, string name, string value) =>
        http.Response.Cookies.Append("kangqiao-" + name, value, Options(http, TimeSpan.FromDays(365)));

    public static string? Remembered(HttpContext http, string name) => http.Request.Cookies["kangqiao-" + name];

    private static string Begin(HttpContext http)
    {
        var visit = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(VisitBytes));
        http.Response.Cookies.Append(VisitCookie, visit, Options(http, null));
        return visit;
    }

    private static CookieOptions Options(HttpContext http, TimeSpan? life) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        Path = "/",
        MaxAge = life,
        IsEssential = true,
    };
}
