using System.Net.Http.Headers;
using System.Text;
using Kangqiao.Host.Serving;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Rest.Tests;

/// <summary>A server that belongs to one test: with bounds of its own, and it can be stopped and started over the same data.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private readonly RestOptions options;
    private readonly TimeProvider time;
    private readonly bool isOwnFolder;
    private Server? server;

    private OwnServer(RestOptions options, TimeProvider time, string? folder)
    {
        this.options = options;
        this.time = time;
        isOwnFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("kangqiao-own-").FullName;
    }

    public string Folder { get; }

    public HttpClient Http { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<OwnServer> StartAsync(RestOptions? options = null, TimeProvider? time = null, string? folder = null)
    {
        var own = new OwnServer(options ?? RestOptions.Default, time ?? TimeProvider.System, folder);
        await own.StartAsync();
        return own;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async Task StopAsync()
    {
        Http.Dispose();
        await server!.DisposeAsync();
    }

    public async Task<Reply> SendAsync(string method, string address, string? body = null, string type = "application/fhir+json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request, Cancel);
        return await Reply.OfAsync(response);
    }

    public async Task<Reply> PutAsync(string resource)
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(resource)!;
        var reply = await SendAsync("PUT", $"{node["resourceType"]}/{node["id"]}", resource);
        reply.Status.ShouldBeInRange(200, 201, reply.Text);
        return reply;
    }

    /// <summary>Asks for the status of an export or import until it is there.</summary>
    public async Task<Reply> DoneAsync(Reply kickOff)
    {
        kickOff.Status.ShouldBe(202, kickOff.Text);
        while (true)
        {
            // The address is that of the server before a restart; the path stays.
            var status = await SendAsync("GET", new Uri(kickOff.Header("Content-Location")!).PathAndQuery["/fhir/".Length..]);
            if (status.Status != 202)
            {
                status.Status.ShouldBe(200, status.Text);
                return status;
            }

            status.Header("X-Progress").ShouldNotBeNull().Length.ShouldBeLessThanOrEqualTo(100);
            status.Header("Retry-After").ShouldNotBeNull();
            await Task.Delay(20, Cancel);
        }
    }

    public async Task<string[]> LinesAsync(string url)
    {
        var reply = await SendAsync("GET", new Uri(url).PathAndQuery["/fhir/".Length..]);
        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("Content-Type").ShouldBe("application/fhir+ndjson");
        return reply.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (isOwnFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private async Task StartAsync()
    {
        var started = await Server.StartAsync(new ServerOptions("http://127.0.0.1:0", Folder) { Rest = options }, time, CancellationToken.None);
        server = started.Value;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(server.Urls.First() + "/fhir/"), Timeout = TimeSpan.FromMinutes(2) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token(Roles.System));
    }

    public string Token(string role) => new BearerTokens(TokenKey.In(Folder).Value, time).Issue(new Caller(role), TimeSpan.FromDays(30));
}
