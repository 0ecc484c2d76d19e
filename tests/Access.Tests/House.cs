using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kangqiao.Host.Serving;
using Kangqiao.Rest;
using Kangqiao.Rest.Callers;
using Kangqiao.Store.Tests.Postgres;

namespace Kangqiao.Access.Tests;

/// <summary>A real server with a store of its own.</summary>
public abstract class House : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("kangqiao-access-").FullName;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMinutes(2) };
    private Server? server;
    private BearerTokens? tokens;

    public static readonly Caller System = new(Viewer.System);

    /// <summary>Whose sent records this caller writes as the platform.</summary>
    public static Caller For(string institution) => new(Viewer.System) { Institution = institution };

    public static Caller Doctor { get; } = new("clinician") { Institution = "H1", Practitioner = "doc1" };

    public async ValueTask InitializeAsync()
    {
        if (await StoreAsync() is not (true, var connection))
        {
            return;
        }

        server = (await Server.StartAsync(new ServerOptions("http://127.0.0.1:0", folder) { Store = connection }, TimeProvider.System, CancellationToken.None)).Value;
        http.BaseAddress = new Uri(server.Urls.First() + "/fhir/");
        tokens = new BearerTokens(TokenKey.In(folder).Value, TimeProvider.System);
        await SmallCity.BuildAsync(this);
    }

    /// <summary>Whether there is a store of this kind, and its connection string.</summary>
    protected abstract Task<(bool IsThere, string? Connection)> StoreAsync();

    public void SkipUnlessThere() => Assert.SkipUnless(server is not null, "PostgreSQL 15 is not installed here.");

    public async Task<Reply> AskAsync(Caller caller, string method, string address, string? body = null, string? type = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens!.Issue(caller, TimeSpan.FromMinutes(30)));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type ?? "application/fhir+json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var all = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), all);
    }

    public Task<Reply> GetAsync(Caller caller, string address) => AskAsync(caller, "GET", address);

    /// <summary>Writes a record under its own id, as the platform for a sender.</summary>
    public async Task PutAsync(Caller caller, string resource)
    {
        var node = JsonNode.Parse(resource)!;
        var reply = await AskAsync(caller, "PUT", $"{node["resourceType"]}/{node["id"]}", resource);
        reply.Status.ShouldBeInRange(200, 201, reply.Text);
    }

    /// <summary>The resident that the platform has found behind a Patient.</summary>
    public async Task<string> ResidentOfAsync(string patient)
    {
        var found = await GetAsync(System, "Person?link=Patient/" + patient);
        found.Ids.Length.ShouldBe(1, found.Text);
        return found.Ids[0];
    }

    /// <summary>Asks until an export has ended, and reads all its lines.</summary>
    public async Task<string> ExportedAsync(Caller caller, string address)
    {
        var kickOff = await AskAsync(caller, "GET", address, null, null, ("Prefer", "respond-async"));
        kickOff.Status.ShouldBe(202, kickOff.Text);
        while (true)
        {
            var status = await GetAsync(caller, Below(kickOff.Headers["Content-Location"]));
            if (status.Status == 202)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
                continue;
            }

            status.Status.ShouldBe(200, status.Text);
            var text = new StringBuilder();
            foreach (var output in status.Json["output"]!.AsArray())
            {
                text.Append((await GetAsync(caller, Below((string)output!["url"]!))).Text);
            }

            return text.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        http.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        await EndAsync();
        Directory.Delete(folder, recursive: true);
    }

    protected virtual ValueTask EndAsync() => ValueTask.CompletedTask;

    private static string Below(string url) => new Uri(url).PathAndQuery["/fhir/".Length..];
}

public sealed class SqliteHouse : House
{
    protected override Task<(bool IsThere, string? Connection)> StoreAsync() => Task.FromResult((true, (string?)null));
}

public sealed class PostgresHouse : House
{
    private PostgresServer? postgres;

    protected override async Task<(bool IsThere, string? Connection)> StoreAsync()
    {
        if (!PostgresServer.IsThere)
        {
            return (false, null);
        }

        postgres = await PostgresServer.StartNewAsync("fsync=off", "synchronous_commit=off");
        return (true, postgres.ConnectionTo(await postgres.NewDatabaseAsync()));
    }

    protected override async ValueTask EndAsync()
    {
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }
    }
}

/// <summary>An answer as read.</summary>
public sealed record Reply(int Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public int? Total => (int?)Json["total"];

    /// <summary>Logical ids of a bundle's entries, sorted.</summary>
    public string[] Ids => [.. (Json["entry"]?.AsArray() ?? []).Select(e => (string?)e!["resource"]?["id"]).OfType<string>().Order(StringComparer.Ordinal)];

    public string Id => (string)Json["id"]!;
}
