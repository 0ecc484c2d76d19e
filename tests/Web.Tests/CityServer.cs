using System.Net;
using Kangqiao.City;
using Kangqiao.Host.Commands;
using Kangqiao.Host.Loading;
using Kangqiao.Host.Serving;
using Kangqiao.Rest.Callers;
using Kangqiao.Web.Tests;
using Microsoft.AspNetCore.Http;

[assembly: AssemblyFixture(typeof(CityServer))]

namespace Kangqiao.Web.Tests;

/// <summary>A small city that came in through the real door, served as the demonstration serves it. One for all tests: they read, or change what is their own.</summary>
public sealed class CityServer : IAsyncLifetime
{
    private Server? server;

    public string Folder { get; } = Directory.CreateTempSubdirectory("kangqiao-web-").FullName;

    public string Url { get; private set; } = "";

    public IReadOnlyList<Endpoint> Endpoints => server!.Endpoints;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var city = Path.Combine(Folder, "city");
        (await CityBuilding.RunAsync(new CityAsk(40, 1, new DateOnly(2026, 11, 20)), city, Cancel)).IsSuccess.ShouldBeTrue();
        var data = Path.Combine(Folder, "data");
        await using (var door = (await OwnDoor.OpenAsync(data, null, TimeProvider.System, Cancel)).Value)
        {
            (await new Loader(door, TextWriter.Null).RunAsync(LoadPlan.Of([city]), null, Cancel)).IsSuccess.ShouldBeTrue();
        }

        server = (await Server.StartAsync(
            new ServerOptions("http://127.0.0.1:0", data) { Web = new WebOptions { IsDemo = true, Parts = DemoParts.FindAsync } }, TimeProvider.System, Cancel)).Value;
        Url = server.Urls.First();

        // Until every record's labels are in the index nobody but the operator may search (ACC003).
        using var http = new HttpClient { BaseAddress = new Uri(Url) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Token(new Caller("supervisor") { Region = "1001" }));
        while ((await http.GetAsync(new Uri("/fhir/Observation?_count=1", UriKind.Relative), Cancel)).StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            await Task.Delay(200, Cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Somebody with a browser of their own: cookies are kept, nothing is followed.</summary>
    public Reader Reader() => new(new Uri(Url));

    public string Token(Caller caller) => new BearerTokens(TokenKey.In(Path.Combine(Folder, "data")).Value, TimeProvider.System).Issue(caller, TimeSpan.FromHours(1));
}

/// <summary>Reads pages and sends forms as a browser without scripts does.</summary>
public sealed partial class Reader : IDisposable
{
    private readonly HttpClientHandler handler = new() { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
    private readonly HttpClient http;

    public Reader(Uri address) => http = new HttpClient(handler) { BaseAddress = address };

    public HttpClient Http => http;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task<(HttpResponseMessage Response, string Text)> GetAsync(string path)
    {
        var response = await http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        return (response, await response.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>Opens the page with the form and sends it, with the token that the page gave.</summary>
    public async Task<(HttpResponseMessage Response, string Text)> PostAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var (_, text) = await GetAsync(page);
        var token = FormTokens().Match(text).Groups["token"].Value;
        return await SendAsync(action, [("form-token", token), .. fields]);
    }

    public async Task<(HttpResponseMessage Response, string Text)> SendAsync(string action, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        var response = await http.PostAsync(new Uri(action, UriKind.Relative), content, Cancel);
        return (response, await response.Content.ReadAsStringAsync(Cancel));
    }

    public async Task<Reader> PlayAsync(string part)
    {
        var (response, text) = await PostAsync("/sign-in", "/sign-in", ("part", part));
        ((int)response.StatusCode).ShouldBe(302, text);
        return this;
    }

    public void Dispose()
    {
        http.Dispose();
        handler.Dispose();
    }

    [System.Text.RegularExpressions.GeneratedRegex("name=\"form-token\" value=\"(?<token>[^\"]+)\"", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, 1000)]
    private static partial System.Text.RegularExpressions.Regex FormTokens();
}
