using System.Collections.Concurrent;
using System.Security.Claims;
using Kangqiao.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Kangqiao.Rest.Callers;

/// <summary>
/// Signs and reads bearer tokens (RFC 6750, RFC 7519; HMAC-SHA256). What was read is remembered until it expires, so that a
/// busy client's token is checked once.
/// </summary>
public sealed class BearerTokens
{
    private const string Scheme = "Bearer ";
    private const string Issuer = "kangqiao";

    /// <summary>Tokens remembered; the memory they may take is bounded by it.</summary>
    private const int MostRemembered = 4096;

    /// <summary>A longer one is not ours.</summary>
    private const int LongestToken = 4096;

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false };
    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset Until)> remembered = new(StringComparer.Ordinal);
    private readonly SigningCredentials credentials;
    private readonly TokenValidationParameters asked;
    private readonly TimeProvider time;

    public BearerTokens(byte[] key, TimeProvider time)
    {
        this.time = time;
        var secret = new SymmetricSecurityKey(key);
        credentials = new(secret, SecurityAlgorithms.HmacSha256);
        asked = new()
        {
            ValidIssuer = Issuer,
            ValidAudience = Issuer,
            IssuerSigningKey = secret,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            LifetimeValidator = (from, until, _, _) => until > time.GetUtcNow().UtcDateTime && !(from > time.GetUtcNow().UtcDateTime.AddMinutes(1)),
        };
    }

    /// <summary>Whether a sign-in still holds: asked at every use of a token that came from one, so that its end counts at once. Where nobody can tell, it does not.</summary>
    public Func<string, ValueTask<bool>> IsLive { get; set; } = _ => ValueTask.FromResult(false);

    public string Issue(Caller caller, TimeSpan life)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Issuer,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + life,
            SigningCredentials = credentials,
            Subject = new ClaimsIdentity(Claims(caller)),
        });
    }

    /// <summary>A request carries a token, good or not.</summary>
    public static bool IsGivenIn(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Who sends a request; null without a good token.</summary>
    public async ValueTask<Caller?> OfAsync(HttpRequest request) => IsGivenIn(request) ? await ReadAsync(request.Headers.Authorization.ToString()[Scheme.Length..].Trim()) : null;

    /// <summary>Who holds the token, or null when it is not ours, was altered or has expired.</summary>
    public async ValueTask<Caller?> ReadAsync(string token) =>
        await CheckedAsync(token) is { } caller && (caller.Session is not { } session || await IsLive(session)) ? caller : null;

    private async ValueTask<Caller?> CheckedAsync(string token)
    {
        var now = time.GetUtcNow();
        if (remembered.TryGetValue(token, out var known))
        {
            if (known.Until > now)
            {
                return known.Caller;
            }

            remembered.TryRemove(token, out _);
            return null;
        }

        if (token.Length > LongestToken)
        {
            return null;
        }

        var result = await handler.ValidateTokenAsync(token, asked);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken read || !read.TryGetValue<string>("role", out var role) || !Roles.All.Contains(role)
            || Claim(read, "institution") == Standard.Standing.StandingTerms.EmergencySender)
        {
            return null;
        }

        var caller = new Caller(role)
        {
            Institution = Claim(read, "institution"),
            Practitioner = Claim(read, "practitioner"),
            Resident = Claim(read, "resident"),
            Region = Claim(read, "region"),
            Purpose = Claim(read, "purpose"),
            User = Claim(read, "sub"),
            Client = Claim(read, "client_id"),
            Scopes = Claim(read, "scope"),
            Patient = Claim(read, "patient"),
            Session = Claim(read, "sid"),
        };
        if (remembered.Count >= MostRemembered)
        {
            remembered.Clear();
        }

        remembered[token] = (caller, new DateTimeOffset(read.ValidTo, TimeSpan.Zero));
        return caller;
    }

    private static string? Claim(JsonWebToken token, string name) => token.TryGetValue<string>(name, out var value) ? value : null;

    private static IEnumerable<Claim> Claims(Caller caller)
    {
        (string Name, string? Value)[] all =
        [
            ("role", caller.Role), ("institution", caller.Institution), ("practitioner", caller.Practitioner),
            ("resident", caller.Resident), ("region", caller.Region), ("purpose", caller.Purpose),
            ("sub", caller.User), ("client_id", caller.Client), ("scope", caller.Scopes), ("patient", caller.Patient), ("sid", caller.Session),
        ];
        return from claim in all where claim.Value is not null select new Claim(claim.Name, claim.Value);
    }
}
