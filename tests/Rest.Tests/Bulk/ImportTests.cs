using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kangqiao.Rest.Outgoing;

namespace Kangqiao.Rest.Tests.Bulk;

public sealed class ImportTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_of_lines_is_taken_with_the_checks_of_a_put_and_each_refusal_is_told()
    {
        await using var server = await OwnServer.StartAsync();
        var body = string.Join('\n', [
            .. Enumerable.Range(0, 900).Select(i => Sample.Patient(id: $"p{i}").Trim()),
            "",
            "{broken",
            """{"resourceType":"Patient","name":[{"family":"without id"}]}""",
            """{"resourceType":"Patient","id":"bad","gender":"none"}""",
            Sample.Patient("Second", "p7").Trim(),
        ]);

        var manifest = await server.DoneAsync(await server.SendAsync("POST", "$import", body, "application/fhir+ndjson"));

        ((int)manifest.Json["output"]![0]!["count"]!).ShouldBe(901);
        var errors = await server.LinesAsync((string)manifest.Json["error"]![0]!["url"]!);
        errors.Select(e => (int)JsonNode.Parse(e)!["extension"]![0]!["valueUnsignedInt"]!).ShouldBe([902, 903, 904]);
        errors.ShouldAllBe(e => e.Contains("\"severity\":\"error\"", StringComparison.Ordinal) || e.Contains("\"severity\":\"fatal\"", StringComparison.Ordinal));
        (await server.SendAsync("GET", "Patient?_summary=count")).Json["total"]!.GetValue<int>().ShouldBe(900);
        (await server.SendAsync("GET", "Patient/p7")).Text.ShouldContain("Second");

        await server.DoneAsync(await server.SendAsync("POST", "$import", Sample.Patient("Second", "p7").Trim(), "application/fhir+ndjson"));
        ((string)(await server.SendAsync("GET", "Patient/p7")).Json["meta"]!["versionId"]!).ShouldBe("2", "the same again makes no version");
    }

    [Fact]
    public async Task A_packed_body_is_unpacked()
    {
        await using var server = await OwnServer.StartAsync();
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Sample.Patient(id: "p1").Trim() + "\n"), Cancel);
        }

        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+ndjson");
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await server.Http.PostAsync("$import", content, Cancel);
        await server.DoneAsync(await Reply.OfAsync(response));
        (await server.SendAsync("GET", "Patient/p1")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_import_that_was_cut_by_a_restart_takes_every_line()
    {
        await using var server = await OwnServer.StartAsync();
        var body = string.Join('\n', Enumerable.Range(0, 6000).Select(i => Sample.Patient(id: $"p{i}").Trim()));
        var kickOff = await server.SendAsync("POST", "$import", body, "application/fhir+ndjson");
        await server.RestartAsync();
        var manifest = await server.DoneAsync(kickOff);

        ((int)manifest.Json["output"]![0]!["count"]!).ShouldBe(6000);
        manifest.Json["error"]!.AsArray().ShouldBeEmpty();
        (await server.SendAsync("GET", "Patient?_summary=count")).Json["total"]!.GetValue<int>().ShouldBe(6000);
        (await server.SendAsync("GET", "_history?_count=1")).Json["total"]?.GetValue<int>().ShouldBe(6000);
    }

    [Fact]
    public async Task Files_are_fetched_from_where_the_operator_allows_and_from_nowhere_else()
    {
        using var files = new HttpListener();
        var port = FreePort();
        files.Prefixes.Add($"http://127.0.0.1:{port}/");
        files.Start();
        var serving = ServeAsync(files);
        var rules = OutgoingRules.Parse([$"http://127.0.0.1:{port}"]).Value;
        await using var server = await OwnServer.StartAsync(RestOptions.Default with { Outgoing = rules });

        string Manifest(string url) => $$"""{"inputFormat":"application/fhir+ndjson","inputSource":"https://files.example","input":[{"type":"Patient","url":"{{url}}"}]}""";
        var manifest = await server.DoneAsync(await server.SendAsync("POST", "$import", Manifest($"http://127.0.0.1:{port}/patients"), "application/json"));
        ((int)manifest.Json["output"]![0]!["count"]!).ShouldBe(2);
        ((string)manifest.Json["output"]![0]!["inputUrl"]!).ShouldEndWith("/patients");

        // A redirect is not followed, and a file that is not there is told.
        var parameters = $$$"""{"resourceType":"Parameters","parameter":[{"name":"input","part":[{"name":"type","valueString":"Patient"},{"name":"url","valueUrl":"http://127.0.0.1:{{{port}}}/elsewhere"}]}]}""";
        var moved = await server.DoneAsync(await server.SendAsync("POST", "$import", parameters));
        ((int)moved.Json["output"]![0]!["count"]!).ShouldBe(0);
        (await server.LinesAsync((string)moved.Json["error"]![0]!["url"]!)).ShouldHaveSingleItem().ShouldContain("RST067");

        foreach (var refused in (string[])["http://127.0.0.1:1/x", "https://169.254.169.254/latest", "file:///etc/passwd", "http://user@127.0.0.1:" + port, "https://files.example/x"])
        {
            (await server.SendAsync("POST", "$import", Manifest(refused), "application/json")).Status.ShouldBe(403, refused);
        }

        files.Stop();
        await serving;
    }

    [Fact]
    public async Task What_is_no_import_is_refused()
    {
        await using var server = await OwnServer.StartAsync();
        (await server.SendAsync("POST", "$import", "{}", "application/json")).Status.ShouldBe(400);
        (await server.SendAsync("POST", "$import", "[1", "application/json")).Status.ShouldBe(400);
        (await server.SendAsync("POST", "$import", "x", "text/csv")).Status.ShouldBe(415);
        (await server.SendAsync("POST", "", Sample.Bundle("batch", Sample.Entry("POST", "$import", Sample.Patient())))).Text.ShouldContain("RST040");
    }

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static async Task ServeAsync(HttpListener files)
    {
        try
        {
            while (true)
            {
                var context = await files.GetContextAsync();
                if (context.Request.Url!.AbsolutePath == "/patients")
                {
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Sample.Patient(id: "f1").Trim() + "\n" + Sample.Patient(id: "f2").Trim()));
                }
                else
                {
                    context.Response.StatusCode = 302;
                    context.Response.RedirectLocation = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{context.Request.LocalEndPoint.Port}/patients");
                }

                context.Response.Close();
            }
        }
        catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
