namespace Kangqiao.Rest.Tests.Interactions;

public sealed class PatchTests(RestServer server)
{
    private static readonly (string, string) Json = ("Content-Type", "application/json-patch+json");

    [Fact]
    public async Task A_json_patch_changes_the_current_version()
    {
        var created = await server.CreatedAsync(Sample.Patient("Old"));
        var reply = await server.SendAsync(
            "PATCH", $"Patient/{created.Id}", """[{"op":"replace","path":"/name/0/family","value":"New"}]""", Json);
        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("ETag").ShouldBe("W/\"2\"");
        reply.Text.ShouldContain("New");
    }

    [Fact]
    public async Task A_fhirpath_patch_changes_the_current_version()
    {
        var created = await server.CreatedAsync(Sample.Patient());
        var reply = await server.SendAsync(
            "PATCH",
            $"Patient/{created.Id}",
            """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Patient.gender"},{"name":"value","valueCode":"male"}]}]}""");
        reply.Status.ShouldBe(200, reply.Text);
        ((string?)reply.Json["gender"]).ShouldBe("male");
    }

    [Fact]
    public async Task A_patch_that_cannot_be_done_or_leaves_nothing_sound_is_unprocessable()
    {
        var created = await server.CreatedAsync(Sample.Patient());
        var address = $"Patient/{created.Id}";
        (await server.SendAsync("PATCH", address, """[{"op":"test","path":"/gender","value":"male"}]""", Json)).Status.ShouldBe(422);
        (await server.SendAsync("PATCH", address, """[{"op":"add","path":"/nickname","value":"x"}]""", Json)).Status.ShouldBe(422);
        (await server.SendAsync("PATCH", address, """[{"op":"replace","path":"/id","value":"x"}]""", Json)).Status.ShouldBe(422);
        (await server.SendAsync("PATCH", address, "<x/>", ("Content-Type", "text/plain"))).Status.ShouldBe(415);
        (await server.SendAsync("PATCH", "Patient/never-there", "[]", Json)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Patches_at_once_are_all_done()
    {
        var created = await server.CreatedAsync("""{"resourceType":"Patient","name":[{"given":["0"]}]}""");
        var replies = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => server.SendAsync(
            "PATCH", $"Patient/{created.Id}", $$"""[{"op":"add","path":"/name/0/given/-","value":"{{i}}"}]""", Json)));
        replies.ShouldAllBe(r => r.Status == 200);
        (await server.GetAsync($"Patient/{created.Id}")).Json["name"]![0]!["given"]!.AsArray().Count.ShouldBe(9);
    }

    [Fact]
    public async Task A_condition_finds_what_is_patched()
    {
        var identifier = Sample.Unique("patch");
        var address = $"Patient?identifier=urn:oid:1.2.3|{identifier}";
        const string Body = """[{"op":"replace","path":"/gender","value":"other"}]""";
        (await server.SendAsync("PATCH", address, Body, Json)).Status.ShouldBe(404);
        await server.CreatedAsync(Sample.Patient(identifier: identifier));
        var reply = await server.SendAsync("PATCH", address, Body, Json);
        reply.Status.ShouldBe(200, reply.Text);
        ((string?)reply.Json["gender"]).ShouldBe("other");
    }
}
