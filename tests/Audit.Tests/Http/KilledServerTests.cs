using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kangqiao.Audit.Index;
using Kangqiao.Audit.Trail;
using Kangqiao.Crypto.Keys;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Audit.Tests.Http;

/// <summary>The program itself, killed in the midst of answering, and its command that checks the trail.</summary>
public sealed class KilledServerTests
{
    private const int Readers = 8;
    private const int Enough = 400;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_answer_that_left_a_killed_server_is_missing_in_its_trail_and_a_cut_is_found_by_the_command()
    {
        var folder = Directory.CreateTempSubdirectory("kq-killed-").FullName;
        try
        {
            var answered = 0;
            using (var serve = Start("serve", "--url", "http://127.0.0.1:0", "--data", folder))
            {
                using var http = new HttpClient { BaseAddress = await AddressAsync(folder, serve) };
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AuditedServer.Token(folder, new Caller("system")));
                using var patient = new StringContent("""{"resourceType":"Patient","id":"k1","name":[{"text":"测试"}],"gender":"male","birthDate":"1970-01-01"}""", Encoding.UTF8, "application/fhir+json");
                (await http.PutAsync(new Uri("/fhir/Patient/k1", UriKind.Relative), patient, Cancel)).IsSuccessStatusCode.ShouldBeTrue();
                await Task.WhenAll(Enumerable.Range(0, Readers).Select(async _ =>
                {
                    try
                    {
                        while (true)
                        {
                            using var answer = await http.GetAsync(new Uri("/fhir/Patient/k1", UriKind.Relative), Cancel);
                            answer.IsSuccessStatusCode.ShouldBeTrue();
                            if (Interlocked.Increment(ref answered) == Enough)
                            {
                                serve.Kill();
                            }
                        }
                    }
                    catch (HttpRequestException)
                    {
                        // It was killed.
                    }
                }));
                await serve.WaitForExitAsync(Cancel);
            }

            answered.ShouldBeGreaterThanOrEqualTo(Enough);
            var options = new AuditOptions(folder);
            using (var index = new TrailIndex(options, isWorking: false))
            {
                var total = index.Search(new AuditQuery { Patients = ["k1"] }).Total!.Value;

                // Each answer, and the creation; at most one more a reader, whose answer did not arrive.
                total.ShouldBeInRange(answered + 1, answered + 1 + Readers);
            }

            new Verification(options, KeyRing.Open(folder, TimeProvider.System).Value).Run(null, Cancel).Broken.ShouldBeEmpty();
            (await RunAsync("audit", "verify", "--data", folder)).ShouldBe(0);

            var part = Directory.GetFiles(Path.Combine(folder, "audit"), "*.kqa", SearchOption.AllDirectories).MaxBy(f => new FileInfo(f).Length)!;
            using (var file = new FileStream(part, FileMode.Open))
            {
                file.SetLength(file.Length - 1);
            }

            (await RunAsync("audit", "verify", "--data", folder)).ShouldBe(1);
            (await RunAsync("audit", "verify", "--data", Path.Combine(folder, "nowhere"))).ShouldBe(2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments.Prepend(Path.Combine(AppContext.BaseDirectory, "kangqiao.dll")))
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<int> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        await process.WaitForExitAsync(Cancel);
        return process.ExitCode;
    }

    private static async Task<Uri> AddressAsync(string folder, Process serve)
    {
        var file = Path.Combine(folder, "server.json");
        while (true)
        {
            serve.HasExited.ShouldBeFalse();
            if (File.Exists(file) && await File.ReadAllTextAsync(file, Cancel) is { Length: > 0 } text)
            {
                return new Uri(JsonDocument.Parse(text).RootElement.GetProperty("Url").GetString()!);
            }

            await Task.Yield();
        }
    }
}
