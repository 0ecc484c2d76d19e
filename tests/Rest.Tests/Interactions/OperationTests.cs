namespace Kangqiao.Rest.Tests.Interactions;

public sealed class OperationTests(RestServer server)
{
    [Fact]
    public async Task Validation_answers_with_what_it_finds_and_keeps_nothing()
    {
        var good = await server.PostAsync("Patient/$validate", Sample.Patient());
        good.Status.ShouldBe(200);
        good.Text.ShouldNotContain("\"severity\":\"error\"");
        var bad = await server.PostAsync("Patient/$validate", """{"resourceType":"Patient","contact":[{"gender":"male"}]}""");
        bad.Status.ShouldBe(200);
        bad.Text.ShouldContain("pat-1");
        var inside = await server.PostAsync(
            "Patient/$validate",
            """{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient","gender":"blue"}}]}""");
        inside.Text.ShouldContain("Patient.gender");
        (await server.PostAsync("Patient/$validate", """{"resourceType":"Parameters"}""")).Status.ShouldBe(400);
        var created = await server.CreatedAsync(Sample.Patient());
        (await server.GetAsync($"Patient/{created.Id}/$validate")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Tags_come_and_go()
    {
        const string Tag = """{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"system":"urn:x","code":"a"}]}}]}""";
        var created = await server.CreatedAsync(Sample.Patient());
        var added = await server.PostAsync($"Patient/{created.Id}/$meta-add", Tag);
        added.Status.ShouldBe(200, added.Text);
        ((string?)added.Json["parameter"]![0]!["valueMeta"]!["tag"]![0]!["code"]).ShouldBe("a");
        (await server.GetAsync("Patient?_tag=urn:x|a")).Ids.ShouldContain(created.Id);
        (await server.PostAsync($"Patient/{created.Id}/$meta-delete", Tag)).Text.ShouldNotContain("\"tag\"");
        (await server.GetAsync($"Patient/{created.Id}/$meta")).Text.ShouldNotContain("\"tag\"");
        (await server.PostAsync($"Patient/{created.Id}/$meta-add", Sample.Patient())).Status.ShouldBe(400);
    }
}
