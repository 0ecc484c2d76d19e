using Kangqiao.Identity.Clients;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Identity.OAuth;

/// <summary>A request for a code (RFC 6749, 4.1.1; RFC 7636), checked.</summary>
internal sealed record AuthorizeAsk(string Client, string RedirectUri, string Scope, string? State, string Challenge, string? Nonce, string? Launch)
{
    private const int LongestText = 2000;

    /// <summary>The request; or an error to be sent back; or, where not even the address to send it to is sure, one to be shown.</summary>
    public static (AuthorizeAsk? Ask, OAuthError? Error, string? RedirectTo) Of(IQueryCollection query, Client? client, string fhirBase)
    {
        // First where answers may go at all: never to an address that was not registered.
        var redirect = One(query, "redirect_uri");
        if (client is null || redirect is null || !client.RedirectUris.Contains(redirect, StringComparer.Ordinal))
        {
            return (null, new("invalid_request", "The client or its redirect_uri is not registered."), null);
        }

        if (One(query, "response_type") != "code")
        {
            return (null, new("unsupported_response_type", "Only code."), redirect);
        }

        // RFC 9700, 2.1.1: PKCE for every client, and by hash only; what leaves it out or asks for plain is refused.
        if (One(query, "code_challenge_method") != "S256" || One(query, "code_challenge") is not { Length: 43 } challenge)
        {
            return (null, new("invalid_request", "code_challenge with code_challenge_method=S256 is asked for."), redirect);
        }

        if (One(query, "aud") is { } audience && audience.TrimEnd('/') != fhirBase)
        {
            return (null, new("invalid_request", "aud is not this server's FHIR base."), redirect);
        }

        var scope = Scopes(One(query, "scope") ?? "", client);
        return scope.Length == 0
            ? (null, new("invalid_scope", "No scope of those asked for is this client's."), redirect)
            : (new(client.Id, redirect, scope, Short(query, "state"), challenge, Short(query, "nonce"), Short(query, "launch")), null, redirect);
    }

    private static string Scopes(string asked, Client client) => OAuth.Scope.Within(asked, client.Scopes);

    private static string? One(IQueryCollection query, string name) => query[name] is [{ Length: > 0 and <= LongestText } value] ? value : null;

    private static string? Short(IQueryCollection query, string name) => One(query, name);
}
