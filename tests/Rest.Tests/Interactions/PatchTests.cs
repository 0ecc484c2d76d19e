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
    public async Task An_xml_patch_changes_the_current_version()
    {
        const string Patch = """<diff xmlns:f="http://hl7.org/fhir"><replace sel="f:Patient/f:name/f:family/@value">Neu</replace><add sel="f:Patient/f:name"><given xmlns="http://hl7.org/fhir" value="Xi"/></add><remove sel="f:Patient/f:birthDate"/></diff>""";
        var created = await server.CreatedAsync(Sample.Patient("Old"));
        var reply = await server.SendAsync("PATCH", $"Patient/{created.Id}", Patch, ("Content-Type", "application/xml-patch+xml"));
        reply.Status.ShouldBe(200, reply.Text);
        reply.Json["name"]!.ToJsonString().ShouldBe("""[{"family":"Neu","given":["Xi"]}]""");
        reply.Json["birthDate"].ShouldBeNull();
        var wrong = await server.SendAsync(
            "PATCH", $"Patient/{created.Id}", """<diff><remove sel="Patient/nothing"/></diff>""", ("Content-Type", "application/xml-patch+xml"));
        wrong.Status.ShouldBe(422);

        var data = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("""<diff><replace sel="Patient/gender/@value">male</replace></diff>"""));
        var bundle = await server.PostAsync("", Sample.Bundle("transaction", Sample.Entry(
            "PATCH", $"Patient/{created.Id}", $$"""{"resourceType":"Binary","contentType":"application/xml-patch+xml","data":"{{data}}"}""")));
        bundle.Status.ShouldBe(200, bundle.Text);
        ((string?)(await server.GetAsync($"Patient/{created.Id}")).Json["gender"]).ShouldBe("male");
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
