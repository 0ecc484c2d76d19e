using System.Text;
using Kangqiao.Crypto.Hashing;
using Kangqiao.Ledger;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Kangqiao.Identity.Clients;

/// <summary>
/// <c>private_key_jwt</c> (RFC 7523; SMART App Launch 2, Asymmetric Authentication): RS384 or ES384 with a key that was registered, for us, short-lived, and
/// each only once. Keys are only ever public ones, and the algorithm is that of the key: no secret can be made of them.
/// </summary>
internal sealed class ClientAssertion(ClientBook clients, LedgerStore ledger, TimeProvider time)
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private const string Seen = "Assertion";
    private const int LongestAssertion = 8192;
    private const int LeastRsaBits = 2048;
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };

    /// <summary>Null where it is no public key that may be used.</summary>
    public static SecurityKey? KeyOf(string jwk)
    {
        try
        {
            var key = new JsonWebKey(jwk);
            return key.HasPrivateKey ? null : key switch
            {
                { Kty: "RSA", KeySize: >= LeastRsaBits } or { Kty: "EC", Crv: "P-384" } => key,
                _ => null,
            };
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The client that made it; null where it proves nothing.</summary>
    /// <param name="audiences">Names that we go by.</param>
    public async ValueTask<Client?> CheckAsync(string assertion, IReadOnlyList<string> audiences, CancellationToken cancel)
    {
        if (assertion.Length > LongestAssertion || !handler.CanReadToken(assertion))
        {
            return null;
        }

        var claimed = handler.ReadJsonWebToken(assertion);
        if (!(await clients.FindAsync(claimed.Subject ?? "", cancel)).Try(out var client, out _) || client is null || client.Keys.Count == 0)
        {
            return null;
        }

        var result = await handler.ValidateTokenAsync(assertion, new TokenValidationParameters
        {
            ValidIssuer = client.Id,
            ValidAudiences = audiences,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha384, SecurityAlgorithms.EcdsaSha384],
            IssuerSigningKeys = client.Keys.Select(KeyOf).OfType<SecurityKey>(),
            TryAllIssuerSigningKeys = true,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (from, until, _, _) =>
                until is { } end && end > time.GetUtcNow().UtcDateTime - Skew && end <= time.GetUtcNow().UtcDateTime + LongestLife + Skew && !(from > time.GetUtcNow().UtcDateTime + Skew),
        });
        if (!result.IsValid || claimed.Id is not { Length: > 0 and <= 200 } id)
        {
            return null;
        }

        // Written only if it is not there yet: the second one fails on every server.
        var name = Convert.ToHexStringLower(Sm3.Hash(Encoding.UTF8.GetBytes($"{client.Id.Length} {client.Id} {id}")).AsSpan(0, 16));
        var page = Expiring.Page(new(Seen, name), new SeenOnce(claimed.ValidTo), time.GetUtcNow() + LongestLife + LongestLife) with { ExpectedVersion = 0 };
        return (await ledger.PutAsync(page, cancel)).IsSuccess ? client : null;
    }

    private sealed record SeenOnce(DateTime Until);
}
