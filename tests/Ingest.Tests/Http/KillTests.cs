using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Kangqiao.Ingest.Tests.Hl7v2.Mllp;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Ingest.Tests.Http;

/// <summary>The server as a process of its own, killed with SIGKILL in the middle of what it was given.</summary>
public sealed class KillTests : IDisposable
{
    private const int Patients = 12_000;

    private readonly string folder = Directory.CreateTempSubdirectory("kangqiao-kill-").FullName;
    private readonly int port = FreePort();
    private readonly int mllp = FreePort();
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

    [Fact]
    public async Task What_was_committed_over_MLLP_is_there_once_after_a_kill()
    {
        using var client = Client();
        await StartAsync(client);
        await client.PostJsonAsync("/door/senders", """{"code":"H1","name":"H1","feeds":[{"format":"*","isStrict":false}]}""");
        await client.PostJsonAsync("/door/senders/H1/state", """{"state":"testing","why":"agreed"}""");
        await client.PostJsonAsync("/door/senders/H1/state", """{"state":"admitted","why":"passed"}""");
        var committed = new List<string>();
        using (var engine = await MllpClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, mllp)))
        {
            for (var i = 0; i < 2_000; i++)
            {
                await engine.SendAsync(MllpClient.Framed(
                    $"MSH|^~\\&|LIS|H1|KQ|CITY|20260305083000||ORU^R01^ORU_R01|K{i}|P|2.5.1|||AL|NE\rPID|1||P{i}^^^H1^PI||张{i}\rOBR|1|O{i}|F{i}|GLU^血糖^99LIS|||20260305080000\rOBX|1|NM|GLU^葡萄糖^99LIS||5.60|mmol/L|||||F\r"));
            }

            while (committed.Count < 700 && await engine.AnswerAsync() is { } answer)
            {
                answer.ShouldContain("MSA|CA|");
                committed.Add(answer);
            }
        }

        await KillAsync();
        await StartAsync(client);
        while (await client.CountAsync("DiagnosticReport") is var now && (now < committed.Count || await BusyAsync(client)))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        // Later ones may have been kept too, their answers lost on the way: sent again they are the same records.
        var reports = await client.CountAsync("DiagnosticReport");
        reports.ShouldBeInRange(committed.Count, 2_000);
        (await client.CountAsync("Observation")).ShouldBe(reports);
        (await client.CountAsync("Patient")).ShouldBe(reports);
    }

    [Fact]
    public async Task Files_are_loaded_beside_a_running_server_and_are_there_at_once()
    {
        using var client = Client();
        await StartAsync(client);
        var file = Path.Combine(folder, "patients.ndjson");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 700).Select(i => $$"""{"resourceType":"Patient","id":"f{{i}}"}"""), TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "kangqiao.dll"), "load", file, "--data", folder, "--json"])
        {
            start.ArgumentList.Add(argument);
        }

        using var load = Process.Start(start)!;
        var printed = await load.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await load.WaitForExitAsync(TestContext.Current.CancellationToken);

        load.ExitCode.ShouldBe(0);
        printed.ShouldContain("\"accepted\":700");
        (await client.CountAsync("Patient")).ShouldBe(700);
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
            [Path.Combine(AppContext.BaseDirectory, "kangqiao.dll"), "serve", "--url", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"), "--data", folder,
                "--mllp", mllp.ToString(CultureInfo.InvariantCulture)])
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

    /// <summary>Is anything still being worked on? Two looks that see the same number of receipts say no.</summary>
    private static async Task<bool> BusyAsync(HttpClient client)
    {
        var before = await client.CountAsync("DiagnosticReport");
        await Task.Delay(500, TestContext.Current.CancellationToken);
        return before != await client.CountAsync("DiagnosticReport");
    }

    private async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.Dispose();
    }
}
