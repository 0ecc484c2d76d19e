using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Ingest.Tests.Http;

/// <summary>The server as a process of its own, killed with SIGKILL in the middle of what it was given.</summary>
public sealed class KillTests : IDisposable
{
    private const int Patients = 12_000;

    private readonly string folder = Directory.CreateTempSubdirectory("kangqiao-kill-").FullName;
    private readonly int port = FreePort();
    private Process? process;

    [Theory]
    [InlineData(0)]
    [InlineData(3_000)]
    public async Task What_was_given_a_number_is_finished_after_a_kill_and_nothing_is_doubled(int seenBeforeTheKill)
    {
        using var client = Client();
        await StartAsync(client);
        client.DefaultRequestHeaders.Add("Prefer", "respond-async");
        var lines = string.Join('\n', Enumerable.Range(0, Patients).Select(i => $$"""{"resourceType":"Patient","id":"k{{i}}","name":[{"text":"张{{i}}"}]}"""));
        var number = (string)(await client.PostJsonAsync("/door/fhir", lines))["receipt"]!;
        while (seenBeforeTheKill > 0 && (int)(await client.GetJsonAsync($"/door/receipts/{number}"))["received"]! < seenBeforeTheKill)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await KillAsync();
        await StartAsync(client);
        var receipt = await client.GetJsonAsync($"/door/receipts/{number}");
        while ((string)receipt["status"]! != "done")
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            receipt = await client.GetJsonAsync($"/door/receipts/{number}");
        }

        ((int)receipt["received"]!).ShouldBe(Patients);
        ((int)receipt["quarantined"]!).ShouldBe(0);
        (await client.CountAsync("Patient")).ShouldBe(Patients);
        var first = (string)receipt["records"]![0]!["reference"]!;
        ((string)(await client.GetJsonAsync($"/fhir/{first}"))["meta"]!["versionId"]!).ShouldBe("1");
    }

    public void Dispose()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            process.WaitForExit();
        }

        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private HttpClient Client()
    {
        var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")), Timeout = TimeSpan.FromMinutes(2) };
        var token = new BearerTokens(TokenKey.In(folder).Value, TimeProvider.System).Issue(new Caller(Roles.System), TimeSpan.FromHours(1));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private async Task StartAsync(HttpClient client)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
        foreach (var argument in (string[])
            [Path.Combine(AppContext.BaseDirectory, "kangqiao.dll"), "serve", "--url", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"), "--data", folder])
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start)!;
        while (true)
        {
            process.HasExited.ShouldBeFalse();
            try
            {
                await client.GetStringAsync(new Uri("/healthz", UriKind.Relative), TestContext.Current.CancellationToken);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    private async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.Dispose();
    }
}
