using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kangqiao.Host.Serving;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Ingest.Tests.Http;

/// <summary>A real server with a door, on a port of its own and a folder that goes when the test ends.</summary>
internal sealed class DoorServer : IAsyncDisposable
{
    private readonly Func<ServerOptions, ServerOptions> with;
    private Server server;

    private DoorServer(string folder, Server server, Func<ServerOptions, ServerOptions> with) => (Folder, this.server, this.with) = (folder, server, with);

    public string Folder { get; }

    public IPEndPoint Mllp => server.MllpEndpoints[0];

    public Door Door => server.Door;

    public Uri Url => new(server.Urls.First());

    /// <param name="with">What is different from a server as it comes.</param>
    public static async Task<DoorServer> StartAsync(Func<ServerOptions, ServerOptions>? with = null, string? store = null)
    {
        var folder = Directory.CreateTempSubdirectory("kangqiao-door-").FullName;
        Func<ServerOptions, ServerOptions> changed = options => (with?.Invoke(options) ?? options) with { Store = store };
        return new DoorServer(folder, await RunAsync(folder, changed), changed);
    }

    /// <summary>With HL7 v2 over MLLP on a port of its own.</summary>
    public static Task<DoorServer> StartWithMllpAsync(string? store = null) =>
        StartAsync(options => options with { Mllp = new MllpListening([new IPEndPoint(IPAddress.Loopback, 0)]) }, store);

    public async Task RestartAsync()
    {
        await server.DisposeAsync();
        server = await RunAsync(Folder, with);
    }

    public HttpClient Client(string role = Roles.System, string? institution = null)
    {
        var client = new HttpClient { BaseAddress = new Uri(server.Urls.First()), Timeout = TimeSpan.FromMinutes(3) };
        var token = new BearerTokens(TokenKey.In(Folder).Value, TimeProvider.System).Issue(new Caller(role) { Institution = institution }, TimeSpan.FromHours(1));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<Server> RunAsync(string folder, Func<ServerOptions, ServerOptions> with) =>
        (await Server.StartAsync(with(new ServerOptions("http://127.0.0.1:0", folder)), TimeProvider.System, CancellationToken.None)).Value;
}

internal static class DoorCalls
{
    /// <summary>Sends a body and waits for its receipt to be done.</summary>
    public static async Task<JsonNode> SendAsync(this HttpClient client, string address, string body)
    {
        var receipt = await client.PostJsonAsync(address, body);
        while ((string?)receipt["status"] == "processing")
        {
            await Task.Delay(10);
            receipt = await client.GetJsonAsync($"/door/receipts/{(string)receipt["receipt"]!}");
        }

        return receipt;
    }

    public static async Task<JsonNode> PostJsonAsync(this HttpClient client, string address, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/fhir+json");
        using var response = await client.PostAsync(new Uri(address, UriKind.Relative), content);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    public static async Task<JsonNode> GetJsonAsync(this HttpClient client, string address) =>
        JsonNode.Parse(await client.GetStringAsync(new Uri(address, UriKind.Relative)))!;

    public static async Task<int> CountAsync(this HttpClient client, string query) =>
        (int)(await client.GetJsonAsync($"/fhir/{query}{(query.Contains('?', StringComparison.Ordinal) ? '&' : '?')}_summary=count"))["total"]!;

    public static string Outcome(this JsonNode receipt, int record = 0) => (string)receipt["records"]![record]!["outcome"]!;
}
