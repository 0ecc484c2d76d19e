using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kangqiao.Host.Serving;
using Kangqiao.Rest.Callers;

[assembly: AssemblyFixture(typeof(Kangqiao.Rest.Tests.RestServer))]

namespace Kangqiao.Rest.Tests;

/// <summary>A real server on a port of its own, with a SQLite store in a folder that goes when the tests end.</summary>
public sealed class RestServer : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("kangqiao-rest-").FullName;
    private Server? server;

    public Uri Base { get; private set; } = null!;

    /// <summary>Signed in as the system.</summary>
    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        server = (await Server.StartAsync(new ServerOptions("http://127.0.0.1:0", folder), TimeProvider.System, CancellationToken.None)).Value;
        Base = new Uri(server.Urls.First() + "/fhir/");
        Http = Client(Token(Roles.System));
    }

    public string Token(string role, int minutes = 60) =>
        new BearerTokens(TokenKey.In(folder).Value, TimeProvider.System).Issue(new Caller(role), TimeSpan.FromMinutes(minutes));

    public HttpClient Client(string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Base, Timeout = TimeSpan.FromMinutes(3) };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    /// <summary>Sends a request with any headers, and reads the answer whole.</summary>
    public async Task<Reply> SendAsync(string method, string address, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/fhir+json");
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Reply.OfAsync(response);
    }

    public Task<Reply> GetAsync(string address, params (string, string)[] headers) => SendAsync("GET", address, null, headers);

    public Task<Reply> PostAsync(string address, string body, params (string, string)[] headers) => SendAsync("POST", address, body, headers);

    public Task<Reply> PutAsync(string address, string body, params (string, string)[] headers) => SendAsync("PUT", address, body, headers);

    /// <summary>A new record of the type; the answer to its creation.</summary>
    public async Task<Reply> CreatedAsync(string resource)
    {
        var type = (string)JsonNode.Parse(resource)!["resourceType"]!;
        var reply = await PostAsync(type, resource);
        reply.Status.ShouldBe(201, reply.Text);
        return reply;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await server!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>An answer as read.</summary>
public sealed record Reply(int Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string Id => (string)Json["id"]!;

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Stable code of the first issue of an OperationOutcome.</summary>
    public string? Code => (string?)Json["issue"]?[0]?["details"]?["coding"]?[0]?["code"];

    public string? IssueType => (string?)Json["issue"]?[0]?["code"];

    /// <summary>Logical ids of a bundle's entries, in order.</summary>
    public string[] Ids => [.. (Json["entry"]?.AsArray() ?? []).Select(e => (string)e!["resource"]!["id"]!)];

    public static async Task<Reply> OfAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(), headers);
    }
}
