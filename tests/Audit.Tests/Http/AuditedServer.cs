using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kangqiao.Host.Serving;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Audit.Tests.Http;

/// <summary>A server of its own over a folder of its own, and callers of every kind.</summary>
internal sealed class AuditedServer : IAsyncDisposable
{
    private readonly Server server;

    private AuditedServer(string folder, Server server)
    {
        Folder = folder;
        this.server = server;
        Base = new Uri(server.Urls.First());
    }

    public string Folder { get; }

    public Uri Base { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<AuditedServer> StartAsync(TimeProvider? time = null)
    {
        var folder = Directory.CreateTempSubdirectory("kq-audited-").FullName;
        return new(folder, (await Server.StartAsync(new ServerOptions("http://127.0.0.1:0", folder), time ?? TimeProvider.System, Cancel)).Value);
    }

    public static string Token(string folder, Caller caller) => new BearerTokens(TokenKey.In(folder).Value, TimeProvider.System).Issue(caller, TimeSpan.FromHours(1));

    /// <param name="body">FHIR JSON.</param>
    public async Task<(int Status, JsonNode? Json)> SendAsync(Caller? caller, string method, string path, string? body = null, string type = "application/fhir+json")
    {
        using var http = new HttpClient { BaseAddress = Base };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (caller is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token(Folder, caller));
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }

        using var response = await http.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }

    public async Task<JsonNode> AuditAsync(string query)
    {
        var (status, json) = await SendAsync(new Caller("auditor"), "GET", "/audit/AuditEvent" + query);
        status.ShouldBe(200, json?.ToJsonString());
        return json!;
    }

    /// <summary>AuditEvents of a search, newest first.</summary>
    public async Task<JsonObject[]> EventsAsync(string query) =>
        [.. (await AuditAsync(query))["entry"]!.AsArray().Select(e => e!["resource"]!.AsObject())];

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
