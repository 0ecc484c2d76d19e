using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Kangqiao.Rest.Tests.Http;

public sealed class FormatTests(RestServer server)
{
    [Fact]
    public async Task Xml_goes_in_and_comes_out()
    {
        var reply = await server.PostAsync(
            "Patient",
            "<Patient xmlns=\"http://hl7.org/fhir\"><name><family value=\"Xu\"/></name></Patient>",
            ("Content-Type", "application/fhir+xml"),
            ("Accept", "application/fhir+xml"));
        reply.Status.ShouldBe(201, reply.Text);
        reply.Header("Content-Type").ShouldNotBeNull().ShouldStartWith("application/fhir+xml");
        reply.Text.ShouldContain("<family value=\"Xu\"");
        var id = reply.Header("Location")!.Split('/')[^3];
        (await server.GetAsync($"Patient/{id}?_format=json")).Text.ShouldContain("\"family\":\"Xu\"");
        (await server.GetAsync($"Patient/{id}?_format=xml")).Text.ShouldStartWith("<");
        (await server.GetAsync("Patient/never-there?_format=xml")).Text.ShouldContain("<OperationOutcome");
    }

    [Fact]
    public async Task A_format_we_do_not_write_or_read_is_refused()
    {
        (await server.GetAsync("Patient/x", ("Accept", "text/turtle"))).Status.ShouldBe(406);
        (await server.GetAsync("Patient/x?_format=ttl")).Status.ShouldBe(406);
        (await server.GetAsync("Patient/x", ("Accept", "application/fhir+json; fhirVersion=3.0"))).Status.ShouldBe(406);
        (await server.GetAsync("Patient/x", ("Accept", "text/html, application/xhtml+xml, */*;q=0.1"))).Status.ShouldBe(404);
        (await server.PostAsync("Patient", "x", ("Content-Type", "text/turtle"))).Status.ShouldBe(415);
        (await server.PostAsync("Patient", Sample.Patient(), ("Content-Type", "application/fhir+json; fhirVersion=5.0"))).Status.ShouldBe(415);
    }

    [Fact]
    public async Task Pretty_keeps_every_digit()
    {
        var created = await server.CreatedAsync(Sample.Observation("Patient/x", "1.50"));
        var reply = await server.GetAsync($"Observation/{created.Id}?_pretty=true");
        reply.Text.ShouldContain("\n  \"valueQuantity\": {\n    \"value\": 1.50,");
    }

    [Fact]
    public async Task A_part_of_a_record_is_tagged_as_such()
    {
        var created = await server.CreatedAsync(
            """{"resourceType":"Patient","active":true,"name":[{"family":"Part"}],"maritalStatus":{"text":"m"},"photo":[{"title":"p"}]}""");
        var summary = await server.GetAsync($"Patient/{created.Id}?_summary=true");
        summary.Json["photo"].ShouldBeNull();
        summary.Json["name"].ShouldNotBeNull();
        summary.Text.ShouldContain("SUBSETTED");
        var elements = await server.GetAsync($"Patient?_id={created.Id}&_elements=maritalStatus");
        var part = elements.Json["entry"]![0]!["resource"]!;
        part["maritalStatus"].ShouldNotBeNull();
        part["name"].ShouldBeNull();
        part["active"].ShouldNotBeNull("it is a modifier element");
        (await server.GetAsync($"Patient/{created.Id}?_summary=much")).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Packed_bodies_are_read(string encoding)
    {
        (await SendPackedAsync(Encoding.UTF8.GetBytes(Sample.Patient("Packed")), encoding)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_zip_bomb_and_broken_packing_are_refused()
    {
        var bomb = new byte[80 * 1024 * 1024];
        Array.Fill(bomb, (byte)' ');
        (await SendPackedAsync(bomb, "gzip")).Status.ShouldBe(413);

        using var broken = new ByteArrayContent([1, 2, 3]) { Headers = { ContentEncoding = { "gzip" }, ContentType = new("application/fhir+json") } };
        using var response = await server.Http.PostAsync("Patient", broken, TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(400);

        using var unknown = new ByteArrayContent([1, 2, 3]) { Headers = { ContentEncoding = { "zstd" }, ContentType = new("application/fhir+json") } };
        using var refused = await server.Http.PostAsync("Patient", unknown, TestContext.Current.CancellationToken);
        ((int)refused.StatusCode).ShouldBe(415);
    }

    [Fact]
    public async Task Answers_are_packed_for_those_who_take_them_so()
    {
        var created = await server.CreatedAsync(Sample.Patient());
        var reply = await server.GetAsync($"Patient/{created.Id}", ("Accept-Encoding", "br"));
        reply.Header("Content-Encoding").ShouldBe("br");
    }

    private async Task<Reply> SendPackedAsync(byte[] body, string encoding)
    {
        using var packed = new MemoryStream();
        Stream packing = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
        };
        await using (packing)
        {
            await packing.WriteAsync(body, TestContext.Current.CancellationToken);
        }

        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add(encoding);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/fhir+json");
        using var response = await server.Http.PostAsync("Patient", content, TestContext.Current.CancellationToken);
        return await Reply.OfAsync(response);
    }
}
