using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Kangqiao.Ingest.Tests.Http;

/// <summary>What a careless or hostile sender does costs the others nothing.</summary>
public sealed class HostileSenderTests : IAsyncLifetime
{
    private const string Good = """{"resourceType":"Patient","id":"good","identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"11010519491231002X"}]}""";

    private DoorServer server = null!;
    private HttpClient flooder = null!;
    private HttpClient other = null!;

    public async ValueTask InitializeAsync()
    {
        server = await DoorServer.StartAsync(options => options with { Door = new DoorOptions(options.DataFolder) { MostWaitingOfSender = 3 } });
        flooder = server.Client("institution", "FLOOD");
        other = server.Client("institution", "OTHER");
    }

    public async ValueTask DisposeAsync()
    {
        flooder.Dispose();
        other.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_sender_that_floods_is_told_to_come_back_and_another_is_served_meanwhile()
    {
        flooder.DefaultRequestHeaders.Add("Prefer", "respond-async");
        var flood = string.Join('\n', Enumerable.Range(0, 3_000).Select(i => $$"""{"resourceType":"Patient","id":"f{{i}}"}"""));
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => PostAsync(flooder, "/door/fhir", Encoding.UTF8.GetBytes(flood))));

        var refused = answers.Where(a => a.Status == HttpStatusCode.TooManyRequests).ToArray();
        refused.ShouldNotBeEmpty();
        refused.ShouldAllBe(a => a.RetryAfter != null && a.Body.Contains("DOR105", StringComparison.Ordinal));
        (await other.SendAsync("/door/fhir", Good)).Outcome().ShouldBe("accepted");

        // What was given a number is all worked on, and nothing that was refused was received.
        var numbers = answers.Where(a => a.Status != HttpStatusCode.TooManyRequests).Select(a => (string)JsonNode.Parse(a.Body)!["receipt"]!).ToArray();
        foreach (var number in numbers)
        {
            while ((string?)(await flooder.GetJsonAsync($"/door/receipts/{number}"))["status"] != "done")
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }

        (await flooder.GetJsonAsync("/door/receipts"))["receipts"]!.AsArray().Count.ShouldBe(numbers.Length);
    }

    [Theory]
    [InlineData("/door/cda", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">]><ClinicalDocument>&d;</ClinicalDocument>", "CDA003")]
    [InlineData("/door/cda", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><ClinicalDocument>&b;</ClinicalDocument>", "CDA003")]
    [InlineData("/door/cda", "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><id", "CDA009")]
    [InlineData("/door/fhir", "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"cut o", "FHR002")]
    public async Task What_is_broken_or_a_bomb_waits_with_its_code_and_the_next_is_taken(string address, string body, string code)
    {
        var receipt = await other.SendAsync(address, body);

        receipt.Outcome().ShouldBe("quarantined");
        receipt["records"]![0]!["findings"]!.AsArray().Select(f => (string)f!["code"]!).ShouldContain(code);
        (await other.SendAsync("/door/fhir", Good)).Outcome().ShouldBe("accepted");
    }

    [Fact]
    public async Task An_HL7_message_that_is_cut_off_or_has_a_million_fields_is_answered()
    {
        var cut = await PostAsync(other, "/door/hl7v2", "MSH|^~\\&|A|OTHER|KQ|CITY|2026"u8.ToArray());
        cut.Body.ShouldContain("MSA|AR");
        var wide = "MSH|^~\\&|A|OTHER|KQ|CITY|20260305||ADT^A01|W1|P|2.5.1\rPID|" + new string('|', 5_000_000) + "\r";

        (await PostAsync(other, "/door/hl7v2", Encoding.UTF8.GetBytes(wide))).Status.ShouldBe(HttpStatusCode.OK);

        ((int)(await other.GetJsonAsync("/door/quarantine"))["total"]!).ShouldBe(2);
    }

    [Fact]
    public async Task A_packed_body_that_is_a_bomb_or_cut_off_is_refused_and_nothing_of_it_is_kept()
    {
        var bomb = await PostAsync(other, "/door/fhir", Gzip(new byte[100 * 1024 * 1024]));
        bomb.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        bomb.Body.ShouldContain("DOR106");
        var whole = Gzip(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 5_000).Select(i => $$"""{"resourceType":"Patient","id":"{{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(i)))[..40]}}"}"""))));

        (await PostAsync(other, "/door/fhir", whole[..(whole.Length / 2)])).Status.ShouldBe(HttpStatusCode.BadRequest);

        (await other.GetJsonAsync("/door/receipts"))["receipts"]!.AsArray().ShouldBeEmpty();
        (await other.SendAsync("/door/fhir", Good)).Outcome().ShouldBe("accepted");
    }

    [Fact]
    public async Task Two_senders_that_claim_one_identifier_each_keep_their_own_record()
    {
        (await flooder.SendAsync("/door/fhir", Good)).Outcome().ShouldBe("accepted");
        (await other.SendAsync("/door/fhir", Good)).Outcome().ShouldBe("accepted");

        (await flooder.SendAsync("/door/fhir", Good)).Outcome().ShouldBe("unchanged");
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static async Task<(HttpStatusCode Status, string Body, string? RetryAfter)> PostAsync(HttpClient client, string address, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using var answer = await client.PostAsync(new Uri(address, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer.Headers.RetryAfter?.ToString());
    }
}
