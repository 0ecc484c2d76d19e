using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kangqiao.Host.Serving;
using Kangqiao.Identity.Clients;
using Kangqiao.Rest.Callers;

[assembly: AssemblyFixture(typeof(Kangqiao.Identity.Tests.SignInServer))]

namespace Kangqiao.Identity.Tests;

/// <summary>A server with an application and accounts, and a browser to sign in with.</summary>
public sealed class SignInServer : IAsyncLifetime
{
    public const string App = "ward-app";
    public const string Redirect = "https://app.example/callback";
    public const string Password = "Correct-Horse-9";
    private readonly string folder = Directory.CreateTempSubdirectory("kq-signin-").FullName;
    private Server? server;

    public Uri Base { get; private set; } = null!;

    internal IdentityRoom Room => server!.Identity;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new IdentityOptions(folder) { PasswordRounds = 1000, MostAttempts = 10_000 };
        server = (await Server.StartAsync(new ServerOptions("http://127.0.0.1:0", folder) { Identity = options }, TimeProvider.System, CancellationToken.None)).Value;
        Base = new Uri(server.Urls.First());
        (await Room.PutClientAsync(new Client(App, "病房") { RedirectUris = [Redirect] })).Problem.ShouldBeNull();
    }

    public string OperatorToken(string role) => new BearerTokens(TokenKey.In(folder).Value, TimeProvider.System).Issue(new Caller(role) { User = "op-" + role }, TimeSpan.FromHours(1));

    public async Task AccountAsync(string login, string role = "clinician", bool mustChange = false) =>
        (await Room.AddAccountAsync(login, new Grant(role) { Institution = "AC001", Practitioner = "pr1" }, Password, mustChange)).ShouldBeNull();

    public HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Base };

    public async Task<(int Status, JsonNode? Json)> SendAsync(string method, string path, string? token, object? json = null)
    {
        using var http = Browser();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (json is not null)
        {
            request.Content = new StringContent(System.Text.Json.JsonSerializer.Serialize(json), Encoding.UTF8, "application/json");
        }

        using var response = await http.SendAsync(request, Cancel);
        return ((int)response.StatusCode, await JsonOf(response));
    }

    public async Task<(int Status, JsonNode? Json)> FormAsync(string path, params (string Name, string Value)[] fields)
    {
        using var http = Browser();
        using var content = new FormUrlEncodedContent(fields.Select(f => new KeyValuePair<string, string>(f.Name, f.Value)));
        using var response = await http.PostAsync(new Uri(Base, path), content, Cancel);
        return ((int)response.StatusCode, await JsonOf(response));
    }

    public static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    public static string Authorize(string verifier, string scope = "openid fhirUser user/*.rs online_access", params (string Name, string? Value)[] other)
    {
        var query = new Dictionary<string, string?>
        {
            ["response_type"] = "code", ["client_id"] = App, ["redirect_uri"] = Redirect, ["scope"] = scope, ["state"] = "s1", ["nonce"] = "n1",
            ["code_challenge"] = Challenge(verifier), ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in other)
        {
            query[name] = value;
        }

        return "/oauth2/authorize?" + string.Join('&', query.Where(q => q.Value is not null).Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value!)}"));
    }

    /// <summary>Opens the page and sends its form; the address that the browser is sent to, or null and the page.</summary>
    public async Task<(Uri? To, string Page)> SignInAsync(string authorize, string login, string password, string? code = null)
    {
        using var http = Browser();
        using var page = await http.GetAsync(new Uri(Base, authorize), Cancel);
        var html = await page.Content.ReadAsStringAsync(Cancel);
        page.IsSuccessStatusCode.ShouldBeTrue(html);
        var ask = html.Split("name=\"ask\" value=\"")[1].Split('"')[0];
        using var content = new FormUrlEncodedContent(new Dictionary<string, string> { ["ask"] = System.Net.WebUtility.HtmlDecode(ask), ["login"] = login, ["password"] = password, ["code"] = code ?? "" });
        using var sent = await http.PostAsync(new Uri(Base, "/oauth2/authorize"), content, Cancel);
        return (sent.Headers.Location, await sent.Content.ReadAsStringAsync(Cancel));
    }

    public async Task<string> CodeAsync(string login, string verifier, string scope = "openid fhirUser user/*.rs online_access")
    {
        var (to, page) = await SignInAsync(Authorize(verifier, scope), login, Password);
        to.ShouldNotBeNull(page);
        return System.Web.HttpUtility.ParseQueryString(to.Query)["code"]!;
    }

    public Task<(int Status, JsonNode? Json)> ExchangeAsync(string code, string verifier, string client = App, string redirect = Redirect) =>
        FormAsync("/oauth2/token", ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect), ("client_id", client), ("code_verifier", verifier));

    public async Task<JsonNode> SignedInAsync(string login, string scope = "openid fhirUser user/*.rs online_access")
    {
        var verifier = NewVerifier();
        var (status, json) = await ExchangeAsync(await CodeAsync(login, verifier, scope), verifier);
        status.ShouldBe(200, json?.ToJsonString());
        return json!;
    }

    public static string NewVerifier() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<JsonNode?> JsonOf(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        return text.StartsWith('{') ? JsonNode.Parse(text) : null;
    }
}
