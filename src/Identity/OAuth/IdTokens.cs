using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using Kangqiao.Kernel;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Kangqiao.Identity.OAuth;

/// <summary>Says to an application who signed in (OpenID Connect Core 1.0, 2): ES384 with a key of the data folder, whose public half is at <c>/oauth2/jwks</c>.</summary>
internal sealed class IdTokens
{
    private const string FileName = "identity.key";

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly ECDsaSecurityKey key;
    private readonly TimeProvider time;

    private IdTokens(ECDsa pair, TimeProvider time)
    {
        this.time = time;
        var point = pair.ExportParameters(false).Q;
        var name = Convert.ToHexStringLower(SHA256.HashData([.. point.X!, .. point.Y!]).AsSpan(0, 8));
        key = new ECDsaSecurityKey(pair) { KeyId = name };
        Jwk = $$"""{"kty":"EC","use":"sig","alg":"ES384","kid":"{{name}}","crv":"P-384","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
    }

    /// <summary>The public half.</summary>
    public string Jwk { get; }

    public static Outcome<IdTokens> In(string dataFolder, TimeProvider time)
    {
        var folder = Path.Combine(dataFolder, "keys");
        var file = Path.Combine(folder, FileName);
        try
        {
            Directory.CreateDirectory(folder);
            if (!File.Exists(file))
            {
                Make(folder, file);
            }

            var pair = ECDsa.Create();
            pair.ImportPkcs8PrivateKey(File.ReadAllBytes(file), out _);
            return new IdTokens(pair, time);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return Problems.BadKey(fault.Message);
        }
    }

    public string Issue(string issuer, string client, Grant grant, string? nonce, string fhirBase, TimeSpan life)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var claims = new List<Claim> { new("sub", grant.User ?? grant.Role) };
        if (nonce is not null)
        {
            claims.Add(new("nonce", nonce));
        }

        if (Scope.Has(grant.Scopes, "fhirUser") && (grant.Practitioner is { } p ? "Practitioner/" + p : grant.Resident is { } r ? "Person/" + r : null) is { } user)
        {
            claims.Add(new("fhirUser", $"{fhirBase}/{user}"));
        }

        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = client,
            IssuedAt = now,
            Expires = now + life,
            Subject = new ClaimsIdentity(claims),
            SigningCredentials = new(key, SecurityAlgorithms.EcdsaSha384),
        });
    }

    private static void Make(string folder, string file)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var draft = Path.Combine(folder, Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(draft, options))
        {
            stream.Write(pair.ExportPkcs8PrivateKey());
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(draft);
        }
    }
}
