using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Rest.Tests.Bulk;

public sealed class ExportTests : IAsyncLifetime
{
    private OwnServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await OwnServer.StartAsync(RestOptions.Default with { MostExportFileBytes = 3000 });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Every_record_is_there_once_as_it_was_and_each_file_is_what_the_manifest_says()
    {
        await FillAsync(30);
        await server.PutAsync(Sample.Patient("Changed", "p3"));
        await server.SendAsync("DELETE", "Observation/o5");

        var kickOff = await server.SendAsync("GET", "$export", headers: [("Prefer", "respond-async"), ("Accept", "application/fhir+json")]);
        await server.PutAsync(Sample.Patient("TooLate", "p4"));
        await server.SendAsync("DELETE", "Observation/o6");
        await server.PutAsync(Sample.Patient("New", "pnew"));
        var manifest = await server.DoneAsync(kickOff);

        manifest.Header("Content-Type").ShouldBe("application/json");
        manifest.Header("Expires").ShouldNotBeNull();
        ((string)manifest.Json["request"]!).ShouldEndWith("/fhir/$export");
        ((bool)manifest.Json["requiresAccessToken"]!).ShouldBeTrue();
        DateTimeOffset.TryParse((string)manifest.Json["transactionTime"]!, System.Globalization.CultureInfo.InvariantCulture, out _).ShouldBeTrue();
        var ids = new Dictionary<string, string>();
        foreach (var output in manifest.Json["output"]!.AsArray())
        {
            var lines = await server.LinesAsync((string)output!["url"]!);
            lines.Length.ShouldBe((int)output["count"]!);
            var bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));
            bytes.Length.ShouldBe((int)output["extension"]!["https://kangqiao.dev/fhir/StructureDefinition/bulk-file-bytes"]!);
            Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe((string)output["extension"]!["https://kangqiao.dev/fhir/StructureDefinition/bulk-file-sha256"]!);
            foreach (var line in lines)
            {
                var resource = JsonNode.Parse(line)!;
                ((string)resource["resourceType"]!).ShouldBe((string)output["type"]!);
                ids.Add($"{resource["resourceType"]}/{resource["id"]}", line);
            }
        }

        manifest.Json["output"]!.AsArray().Count(o => (string)o!["type"]! == "Patient").ShouldBeGreaterThan(1, "a full file is followed by the next");
        ids.Keys.Count(k => k.StartsWith("Person/", StringComparison.Ordinal)).ShouldBe(30, "residents come too, but not what is composed of them");
        ids.Keys.Where(k => !k.StartsWith("Person/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ShouldBe(
            Enumerable.Range(0, 30).SelectMany(i => new[] { $"Patient/p{i}", $"Observation/o{i}" }).Except(["Observation/o5"]).Order(StringComparer.Ordinal));
        ids["Patient/p3"].ShouldContain("Changed");
        ids["Patient/p4"].ShouldNotContain("TooLate", customMessage: "it changed behind the place of the export");
    }

    [Fact]
    public async Task An_export_that_was_cut_by_a_restart_goes_on_and_nothing_is_there_twice()
    {
        await FillAsync(2500);
        var kickOff = await server.SendAsync("GET", "$export?_type=Patient");
        await server.RestartAsync();
        await server.RestartAsync();
        var manifest = await server.DoneAsync(kickOff);
        var ids = new List<string>();
        foreach (var output in manifest.Json["output"]!.AsArray())
        {
            ids.AddRange((await server.LinesAsync((string)output!["url"]!)).Select(l => (string)JsonNode.Parse(l)!["id"]!));
        }

        ids.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, 2500).Select(i => $"p{i}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Types_filters_elements_and_since_choose()
    {
        await FillAsync(5);
        (await IdsAsync("$export?_type=Patient")).ShouldBe(["p0", "p1", "p2", "p3", "p4"]);
        (await IdsAsync("$export?_type=Patient,Observation&_typeFilter=Observation%3Fsubject%3DPatient%2Fp2,Patient%3F_id%3Dp1")).ShouldBe(["o2", "p1"]);
        var whole = await server.DoneAsync(await server.SendAsync("GET", "$export?_type=Patient&_elements=Patient.gender"));
        var line = (await server.LinesAsync((string)whole.Json["output"]![0]!["url"]!))[0];
        line.ShouldContain("\"gender\"");
        line.ShouldContain("SUBSETTED");
        line.ShouldNotContain("\"name\"");

        var since = (string)whole.Json["transactionTime"]!;
        await server.PutAsync(Sample.Patient("Later", "p1"));
        await server.SendAsync("DELETE", "Patient/p0");
        var later = await server.DoneAsync(await server.SendAsync("GET", $"$export?_since={since}&_type=Patient,Observation"));
        (await IdsOfAsync(later)).ShouldBe(["p1"]);
        (await server.LinesAsync((string)later.Json["deleted"]![0]!["url"]!)).ShouldHaveSingleItem().ShouldContain("\"url\":\"Patient/p0\"");
    }

    [Fact]
    public async Task Of_patients_and_of_a_group_only_what_is_about_them_is_exported()
    {
        await FillAsync(4);
        await server.PutAsync("""{"resourceType":"Organization","id":"org","name":"H"}""");
        await server.PutAsync("""
            {"resourceType":"Group","id":"g","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/p1"}},{"entity":{"reference":"Patient/p2"},"inactive":true}]}
            """);

        (await IdsAsync("Patient/$export")).ShouldBe(["g", "o0", "o1", "o2", "o3", "p0", "p1", "p2", "p3"]);
        (await IdsAsync("Patient/$export?patient=Patient/p3&_type=Patient,Observation")).ShouldBe(["o3", "p3"]);
        (await IdsAsync("Group/g/$export?_type=Patient,Observation")).ShouldBe(["o1", "p1"]);
        (await server.SendAsync("GET", "Group/none/$export")).Status.ShouldBe(404);
        var posted = await server.SendAsync("POST", "Patient/$export", """
            {"resourceType":"Parameters","parameter":[{"name":"patient","valueReference":{"reference":"Patient/p0"}},{"name":"_type","valueString":"Observation"}]}
            """);
        (await IdsOfAsync(await server.DoneAsync(posted))).ShouldBe(["o0"]);
    }

    [Fact]
    public async Task What_is_not_understood_is_refused_at_once()
    {
        (await server.SendAsync("GET", "$export?_type=Nothing")).Status.ShouldBe(404);
        (await server.SendAsync("GET", "$export?_outputFormat=text/csv")).Status.ShouldBe(400);
        (await server.SendAsync("GET", "$export?_since=yesterday")).Status.ShouldBe(400);
        (await server.SendAsync("GET", "$export?_typeFilter=Patient%3Fnonsense%3D1")).Status.ShouldBe(400);
        (await server.SendAsync("GET", "$export?_typeFilter=Observation%3Fsubject.name%3Deve")).Status.ShouldBe(400);
        (await server.SendAsync("GET", "$export?what=1")).Status.ShouldBe(400);
        (await server.SendAsync("GET", "$bulk-status?_job=none")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Files_are_served_to_the_token_in_parts_and_packed()
    {
        await FillAsync(3);
        var manifest = await server.DoneAsync(await server.SendAsync("GET", "$export?_type=Patient"));
        var url = new Uri((string)manifest.Json["output"]![0]!["url"]!).PathAndQuery["/fhir/".Length..];
        var whole = (await server.SendAsync("GET", url)).Text;

        var part = await server.SendAsync("GET", url, headers: ("Range", "bytes=10-19"));
        (part.Status, part.Text).ShouldBe((206, whole[10..20]));
        (await server.SendAsync("GET", url, headers: [("Range", "bytes=10-19"), ("Accept-Encoding", "gzip")])).Text.ShouldBe(whole[10..20], "a part is never packed");
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var packed = await server.Http.SendAsync(request, Cancel);
        packed.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        using var text = new StreamReader(new GZipStream(await packed.Content.ReadAsStreamAsync(Cancel), CompressionMode.Decompress));
        (await text.ReadToEndAsync(Cancel)).ShouldBe(whole);

        server.Http.DefaultRequestHeaders.Authorization = null;
        (await server.SendAsync("GET", url)).Status.ShouldBe(401);
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", server.Token("clinician"));
        (await server.SendAsync("GET", url)).Status.ShouldBe(404);
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", server.Token(Roles.System));
        (await server.SendAsync("GET", url.Replace("Patient-1.ndjson", "..%2F..%2Fkeys%2Ftoken.key", StringComparison.Ordinal))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_removed_export_is_gone_with_its_files()
    {
        await FillAsync(3);
        var kickOff = await server.SendAsync("GET", "$export");
        await server.DoneAsync(kickOff);
        var status = new Uri(kickOff.Header("Content-Location")!).PathAndQuery["/fhir/".Length..];
        Directory.EnumerateFiles(Path.Combine(server.Folder, "work"), "*", SearchOption.AllDirectories).ShouldNotBeEmpty();

        (await server.SendAsync("DELETE", status)).Status.ShouldBe(202);

        (await server.SendAsync("GET", status)).Status.ShouldBe(404);
        Directory.EnumerateFiles(Path.Combine(server.Folder, "work"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    private async Task FillAsync(int count)
    {
        foreach (var chunk in Enumerable.Range(0, count).Chunk(500))
        {
            var bundle = Sample.Bundle("transaction", [.. chunk.SelectMany(i => new[]
            {
                Sample.Entry("PUT", $"Patient/p{i}", Sample.Patient(id: $"p{i}")),
                Sample.Entry("PUT", $"Observation/o{i}", Sample.Observation($"Patient/p{i}").Replace("{\"resourceType\":\"Observation\",", $"{{\"resourceType\":\"Observation\",\"id\":\"o{i}\",", StringComparison.Ordinal)),
            })]);
            (await server.SendAsync("POST", "", bundle)).Status.ShouldBe(200);
        }
    }

    private async Task<string[]> IdsAsync(string address) => await IdsOfAsync(await server.DoneAsync(await server.SendAsync("GET", address)));

    private async Task<string[]> IdsOfAsync(Reply manifest)
    {
        var ids = new List<string>();
        foreach (var output in manifest.Json["output"]!.AsArray())
        {
            ids.AddRange((await server.LinesAsync((string)output!["url"]!)).Select(l => (string)JsonNode.Parse(l)!["id"]!));
        }

        return [.. ids.Order(StringComparer.Ordinal)];
    }
}
