using Kangqiao.Identity.Accounts;
using Kangqiao.Identity.OAuth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kangqiao.Identity;

/// <summary>Signing in over HTTP.</summary>
public static class IdentityRoutes
{
    public static void MapIdentity(this IEndpointRouteBuilder routes, IdentityRoom room, IBearerTokens tokens)
    {
        var oauth = new OAuthEndpoints(room, tokens);
        var accounts = new AccountEndpoints(room, tokens);
        routes.MapGet("/oauth2/authorize", oauth.AuthorizeAsync);
        routes.MapPost("/oauth2/authorize", oauth.SignInAsync);
        routes.MapPost("/oauth2/token", oauth.TokenAsync);
        routes.MapPost("/oauth2/revoke", oauth.RevokeAsync);
        routes.MapPost("/oauth2/introspect", oauth.IntrospectAsync);
        routes.MapPost("/oauth2/launch", oauth.LaunchAsync);
        routes.MapGet("/oauth2/jwks", oauth.KeysAsync);
        routes.MapGet("/.well-known/openid-configuration", oauth.DiscoveryAsync);
        routes.MapGet("/.well-known/oauth-authorization-server", oauth.DiscoveryAsync);
        routes.MapPost("/accounts", accounts.AddAsync);
        routes.MapPost("/accounts/password", accounts.PasswordAsync);
        routes.MapPost("/accounts/second-factor", accounts.SecondFactorAsync);
        routes.MapPost("/accounts/{login}/role", (HttpContext http, string login) => accounts.GiveRoleAsync(http, login));
        routes.MapPost("/accounts/{login}/disable", (HttpContext http, string login) => accounts.DisableAsync(http, login));
        routes.MapPost("/clients", accounts.ClientAsync);
    }
}
