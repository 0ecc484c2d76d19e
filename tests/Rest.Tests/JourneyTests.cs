using System.Text.Json.Nodes;

namespace Kangqiao.Rest.Tests;

/// <summary>What a FHIR client that knows nothing of us would do, from the statement on.</summary>
public sealed class JourneyTests(RestServer server)
{
    [Fact]
    public async Task A_stranger_reads_the_statement_and_finds_its_way()
    {
        var statement = (await server.GetAsync("metadata", ("Accept", "application/fhir+json"))).Json;
        var patients = statement["rest"]![0]!["resource"]!.AsArray().First(r => (string?)r!["type"] == "Patient")!;
        patients["interaction"]!.AsArray().Select(i => (string?)i!["code"]).ShouldContain("create");

        // Create, read, read again only if it changed.
        var family = Sample.Unique("Fremd");
        var created = await server.PostAsync("Patient", Sample.Patient(family), ("Prefer", "return=\"minimal\""));
        (created.Status, created.Text, created.Header("Preference-Applied")).ShouldBe((201, "", "return=minimal"));
        var location = new Uri(created.Header("Location")!);
        var address = location.AbsolutePath[(server.Base.AbsolutePath.Length)..].Split("/_history")[0];
        var read = await server.GetAsync(address);
        read.Status.ShouldBe(200);
        (await server.GetAsync(address, ("If-None-Match", read.Header("ETag")!))).Status.ShouldBe(304);
        (await server.GetAsync(address, ("If-Modified-Since", TimeProvider.System.GetUtcNow().AddHours(1).ToString("R")))).Status.ShouldBe(304);
        (await server.GetAsync(address, ("If-Modified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"))).Status.ShouldBe(200);
        var head = await server.SendAsync("HEAD", address);
        (head.Status, head.Text, head.Header("ETag")).ShouldBe((200, "", read.Header("ETag")));

        // Change with the version in hand; a second change with the same hand is refused.
        var changed = read.Json.AsObject();
        changed["gender"] = "other";
        (await server.PutAsync(address, changed.ToJsonString(), ("If-Match", read.Header("ETag")!))).Status.ShouldBe(200);
        changed["gender"] = "male";
        (await server.PutAsync(address, changed.ToJsonString(), ("If-Match", read.Header("ETag")!))).Status.ShouldBe(412);

        // Search, page, include, history, delete, and what is left.
        await server.CreatedAsync(Sample.Observation(address));
        (await server.GetAsync($"Observation?subject={address}&_include=Observation:subject&_total=accurate")).Json["total"]!.GetValue<int>().ShouldBe(1);
        (await server.GetAsync($"{address}/_history")).Json["entry"]!.AsArray().Count.ShouldBe(2);
        (await server.SendAsync("DELETE", address)).Status.ShouldBe(204);
        (await server.GetAsync(address)).Status.ShouldBe(410);
        (await server.GetAsync(address + "/_history/1")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_posted_search_chooses_its_form_in_the_form()
    {
        var family = Sample.Unique("Formular");
        await server.CreatedAsync(Sample.Patient(family));
        (string, string) form = ("Content-Type", "application/x-www-form-urlencoded");
        var xml = await server.PostAsync("Patient/_search", $"family={family}&_format=xml", form);
        xml.Text.ShouldStartWith("<?xml");
        var parts = await server.PostAsync("Patient/_search?_elements=gender", $"family={family}", form);
        parts.Json["entry"]![0]!["resource"]!["name"].ShouldBeNull();
        (await server.PostAsync("Patient/_search", "_summary=loud", form)).Status.ShouldBe(400);
        var refused = await server.PostAsync("Patient/_search", "colour=red&_format=xml", form);
        (refused.Status, refused.Text.Contains("<OperationOutcome", StringComparison.Ordinal)).ShouldBe((400, true));
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("text", false)]
    [InlineData("data", true)]
    [InlineData("false", true)]
    public async Task A_summary_is_cut_alone_and_inside_a_batch_alike(string summary, bool hasContact)
    {
        var created = await server.CreatedAsync(
            """{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"gender":"male","contact":[{"name":{"family":"a"} }]}""");
        var alone = (await server.GetAsync($"Patient/{created.Id}?_summary={summary}")).Json;
        (alone["contact"] is not null).ShouldBe(hasContact);
        var batch = await server.PostAsync("", Sample.Bundle("batch", Sample.Entry("GET", $"Patient/{created.Id}?_summary={summary}")));
        JsonNode.DeepEquals(batch.Json["entry"]![0]!["resource"], alone).ShouldBeTrue(batch.Text);
    }

    [Theory]
    [InlineData("return=representation", 'r')]
    [InlineData("RETURN=Minimal", 'm')]
    [InlineData("return = \"OperationOutcome\"", 'o')]
    [InlineData("respond-async, return=minimal", 'm')]
    [InlineData("return=minimal, return=representation", 'm')]
    [InlineData("handling=lenient; return=OperationOutcome", 'o')]
    [InlineData("return=whatever", 'r')]
    public async Task A_preference_is_followed_however_it_is_written(string prefer, char kind)
    {
        var reply = await server.PostAsync("Patient", Sample.Patient(), ("Prefer", prefer));
        reply.Status.ShouldBe(201);
        (reply.Text.Length == 0 ? 'm' : (string?)reply.Json["resourceType"] == "OperationOutcome" ? 'o' : 'r').ShouldBe(kind);
    }

    [Fact]
    public async Task The_smart_configuration_names_addresses_that_answer()
    {
        var smart = (await server.GetAsync(".well-known/smart-configuration")).Json;
        smart["grant_types_supported"]!.AsArray().ShouldNotBeEmpty();
        smart["capabilities"]!.AsArray().ShouldNotBeEmpty();
        using var client = new HttpClient();
        foreach (var name in (string[])["authorization_endpoint", "token_endpoint", "introspection_endpoint", "revocation_endpoint"])
        {
            // Refused for what is missing in the question, not for want of an address.
            using var answer = await client.PostAsync((string)smart[name]!, new FormUrlEncodedContent([]), TestContext.Current.CancellationToken);
            ((int)answer.StatusCode).ShouldBeInRange(200, 401, name);
        }
    }
}
