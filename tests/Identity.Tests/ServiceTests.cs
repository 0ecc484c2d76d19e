using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kangqiao.Identity.Clients;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Kangqiao.Identity.Tests;

public sealed class ServiceTests(SignInServer server)
{
    private static readonly ECDsa Pair = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private static readonly RSA Rsa = RSA.Create(2048);

    private string Audience => $"{server.Base.Scheme}://{server.Base.Authority}/oauth2/token";

    [Fact]
    public async Task A_service_signs_in_with_its_key_and_is_seen_as_itself()
    {
        await ServiceAsync("lab-1");
        foreach (var credentials in (SigningCredentials[])[Good(), new(new RsaSecurityKey(Rsa) { KeyId = "r1" }, SecurityAlgorithms.RsaSha384)])
        {
            var (status, json) = await TokenAsync(Assertion("lab-1", credentials), "system/Observation.rs");
            status.ShouldBe(200, json?.ToJsonString());
            json!["expires_in"]!.GetValue<int>().ShouldBeLessThanOrEqualTo(300);
            json["refresh_token"].ShouldBeNull();
            var seen = await server.FormAsync(
                "/oauth2/introspect", ("token", json["access_token"]!.GetValue<string>()), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", Assertion("lab-1", Good())));
            seen.Json!["active"]!.GetValue<bool>().ShouldBeTrue();
            seen.Json["client_id"]!.GetValue<string>().ShouldBe("lab-1");
            seen.Json["scope"]!.GetValue<string>().ShouldBe("system/Observation.rs");
        }
    }

    [Fact]
    public async Task An_assertion_is_good_once()
    {
        await ServiceAsync("lab-2");
        var assertion = Assertion("lab-2", Good());
        (await TokenAsync(assertion, "system/*.rs")).Status.ShouldBe(200);
        (await TokenAsync(assertion, "system/*.rs")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task An_assertion_without_a_signature_proves_nothing()
    {
        await ServiceAsync("lab-3");
        var claims = Assertion("lab-3", Good()).Split('.')[1];
        foreach (var alg in (string[])["none", "None", "NONE", ""])
        {
            var head = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"{{alg}}","typ":"JWT"}"""));
            (await TokenAsync($"{head}.{claims}.", "system/*.rs")).Status.ShouldBe(401, alg);
        }
    }

    [Fact]
    public async Task A_public_key_is_no_secret_to_sign_with()
    {
        await ServiceAsync("lab-4");
        foreach (var secret in (byte[][])[Encoding.UTF8.GetBytes(Jwk()), Pair.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(Pair.ExportSubjectPublicKeyInfoPem()), Rsa.ExportSubjectPublicKeyInfo()])
        {
            foreach (var algorithm in (string[])[SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384])
            {
                (await TokenAsync(Assertion("lab-4", new(new SymmetricSecurityKey(secret) { KeyId = "k1" }, algorithm)), "system/*.rs")).Status.ShouldBe(401);
            }
        }
    }

    [Fact]
    public async Task Another_key_another_audience_a_long_life_or_a_past_one_prove_nothing()
    {
        await ServiceAsync("lab-5");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        (await TokenAsync(Assertion("lab-5", new(new ECDsaSecurityKey(other) { KeyId = "k1" }, SecurityAlgorithms.EcdsaSha384)), "system/*.rs")).Status.ShouldBe(401);
        (await TokenAsync(Assertion("lab-5", Good(), audience: "https://elsewhere.example/token"), "system/*.rs")).Status.ShouldBe(401);
        (await TokenAsync(Assertion("lab-5", Good(), life: TimeSpan.FromHours(1)), "system/*.rs")).Status.ShouldBe(401);
        (await TokenAsync(Assertion("lab-5", Good(), life: TimeSpan.FromMinutes(-2)), "system/*.rs")).Status.ShouldBe(401);
        (await TokenAsync(Assertion("lab-5", new(new RsaSecurityKey(Rsa), SecurityAlgorithms.RsaSha256)), "system/*.rs")).Status.ShouldBe(401);
        (await TokenAsync(Assertion("nobody", Good()), "system/*.rs")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_service_gets_no_more_than_was_registered_and_nothing_of_people()
    {
        await ServiceAsync("lab-6");
        foreach (var scope in (string[])["system/*.cruds", "user/*.rs", "patient/*.rs", "openid", "", "system/Observation.rs user/Observation.rs"])
        {
            (await TokenAsync(Assertion("lab-6", Good()), scope)).Json!["error"]!.GetValue<string>().ShouldBe("invalid_scope", scope);
        }

        // Nor does its name alone do, as it would for an application without a key.
        (await server.FormAsync("/oauth2/token", ("grant_type", "client_credentials"), ("client_id", "lab-6"), ("scope", "system/*.rs"))).Status.ShouldBe(401);
        (await server.FormAsync("/oauth2/token", ("grant_type", "client_credentials"), ("client_id", SignInServer.App), ("scope", "system/*.rs"))).Json!["error"]!.GetValue<string>().ShouldBe("unauthorized_client");
    }

    [Fact]
    public async Task A_forged_access_token_opens_nothing()
    {
        var claims = Base64Url.EncodeToString(Encoding.UTF8.GetBytes("""{"iss":"kangqiao","aud":"kangqiao","role":"system","exp":4102444800}"""));
        foreach (var alg in (string[])["none", "HS256", "ES384"])
        {
            var head = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"{{alg}}","typ":"JWT"}"""));
            (await server.SendAsync("GET", "/fhir/Patient", $"{head}.{claims}.")).Status.ShouldBe(401);
            (await server.SendAsync("GET", "/fhir/Patient", $"{head}.{claims}.{Base64Url.EncodeToString(new byte[32])}")).Status.ShouldBe(401);
        }

        // The key that signs identity tokens is published, and is no secret of access tokens.
        var jwk = (await server.SendAsync("GET", "/oauth2/jwks", null)).Json!["keys"]![0]!.ToJsonString();
        var forged = new JsonWebTokenHandler().CreateToken(
            """{"iss":"kangqiao","aud":"kangqiao","role":"system","exp":4102444800}""", new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(jwk)), SecurityAlgorithms.HmacSha256));
        (await server.SendAsync("GET", "/fhir/Patient", forged)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_sender_of_the_registry_signs_in_with_its_key_and_hands_in_at_the_door()
    {
        var system = server.OperatorToken("system");
        (await server.SendAsync("POST", "/door/senders", system, new { code = "BH777", name = "测试医院" })).Status.ShouldBe(200);
        (await server.SendAsync("POST", "/door/senders/BH777/state", system, new { state = "testing", why = "x" })).Status.ShouldBe(200);
        (await server.SendAsync("POST", "/door/senders/BH777/credentials", system, new { name = "k", publicKey = JsonDocument.Parse(Jwk()).RootElement })).Status.ShouldBe(200);
        var (status, json) = await TokenAsync(Assertion("BH777", Good()), "system/*.cruds");
        status.ShouldBe(200, json?.ToJsonString());
        var token = json!["access_token"]!.GetValue<string>();
        var taken = await server.SendAsync("POST", "/door/fhir", token, new { resourceType = "Basic", id = "b1", code = new { text = "x" } });
        taken.Status.ShouldBe(200, taken.Json?.ToJsonString());
        (await server.SendAsync("POST", "/door/fhir?institution=OTHER", token, new { resourceType = "Basic" })).Status.ShouldBe(403);
        (await server.SendAsync("POST", "/door/senders/BH777/state", system, new { state = "suspended", why = "x" })).Status.ShouldBe(200);
        (await TokenAsync(Assertion("BH777", Good()), "system/*.cruds")).Status.ShouldBe(401);
    }

    private static SigningCredentials Good() => new(new ECDsaSecurityKey(Pair) { KeyId = "k1" }, SecurityAlgorithms.EcdsaSha384);

    private static string Jwk()
    {
        var point = Pair.ExportParameters(false).Q;
        return $$"""{"kty":"EC","kid":"k1","crv":"P-384","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
    }

    private async Task ServiceAsync(string id)
    {
        var rsa = Rsa.ExportParameters(false);
        var second = $$"""{"kty":"RSA","kid":"r1","n":"{{Base64Url.EncodeToString(rsa.Modulus)}}","e":"{{Base64Url.EncodeToString(rsa.Exponent)}}"}""";
        (await server.Room.PutClientAsync(new Client(id, "检验") { Keys = [Jwk(), second], Scopes = "system/*.rs", ServiceRole = "institution", Institution = "AC001" })).Problem.ShouldBeNull();
    }

    private string Assertion(string client, SigningCredentials credentials, string? audience = null, TimeSpan? life = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = client,
            Audience = audience ?? Audience,
            Expires = now + (life ?? TimeSpan.FromMinutes(4)),
            Subject = new ClaimsIdentity([new Claim("sub", client), new Claim("jti", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)))]),
            SigningCredentials = credentials,
        });
    }

    private Task<(int Status, System.Text.Json.Nodes.JsonNode? Json)> TokenAsync(string assertion, string scope) => server.FormAsync(
        "/oauth2/token", ("grant_type", "client_credentials"), ("scope", scope), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion));
}
