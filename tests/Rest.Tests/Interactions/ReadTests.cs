namespace Kangqiao.Rest.Tests.Interactions;

public sealed class ReadTests(RestServer server)
{
    [Fact]
    public async Task A_record_is_read_as_it_was_sent_with_its_version_and_time()
    {
        var created = await server.CreatedAsync(Sample.Observation("Patient/none", "1.50"));
        var read = await server.GetAsync($"Observation/{created.Id}");

        read.Status.ShouldBe(200);
        read.Text.ShouldContain("\"value\":1.50");
        read.Header("ETag").ShouldBe("W/\"1\"");
        read.Header("Last-Modified").ShouldNotBeNull();
        ((string?)read.Json["meta"]!["versionId"]).ShouldBe("1");
        read.Header("Content-Type").ShouldNotBeNull().ShouldStartWith("application/fhir+json");
    }

    [Fact]
    public async Task What_never_was_is_not_found_and_what_was_deleted_is_gone()
    {
        (await server.GetAsync("Patient/never-was")).ShouldSatisfyAllConditions(
            r => r.Status.ShouldBe(404), r => r.IssueType.ShouldBe("not-found"));
        var created = await server.CreatedAsync(Sample.Patient());
        (await server.SendAsync("DELETE", $"Patient/{created.Id}")).Status.ShouldBe(204);
        (await server.GetAsync($"Patient/{created.Id}")).ShouldSatisfyAllConditions(
            r => r.Status.ShouldBe(410), r => r.IssueType.ShouldBe("deleted"), r => r.Header("ETag").ShouldBe("W/\"2\""));
    }

    [Fact]
    public async Task A_client_that_has_the_current_version_is_not_sent_it_again()
    {
        var created = await server.CreatedAsync(Sample.Patient());
        var address = $"Patient/{created.Id}";
        (await server.GetAsync(address, ("If-None-Match", "W/\"1\""))).Status.ShouldBe(304);
        (await server.GetAsync(address, ("If-None-Match", "W/\"7\""))).Status.ShouldBe(200);
        (await server.GetAsync(address, ("If-Modified-Since", created.Header("Last-Modified")!))).Status.ShouldBe(304);
        (await server.GetAsync(address, ("If-Modified-Since", "Tue, 01 Jan 2019 00:00:00 GMT"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Head_answers_with_the_heads_alone()
    {
        var created = await server.CreatedAsync(Sample.Patient());
        var head = await server.SendAsync("HEAD", $"Patient/{created.Id}");
        head.Status.ShouldBe(200);
        head.Text.ShouldBeEmpty();
        head.Header("ETag").ShouldBe("W/\"1\"");
    }

    [Fact]
    public async Task Every_version_stays_readable_and_the_deletion_is_gone()
    {
        var created = await server.CreatedAsync(Sample.Patient("Before"));
        await server.PutAsync($"Patient/{created.Id}", Sample.Patient("After", created.Id));
        await server.SendAsync("DELETE", $"Patient/{created.Id}");

        (await server.GetAsync($"Patient/{created.Id}/_history/1")).Text.ShouldContain("Before");
        (await server.GetAsync($"Patient/{created.Id}/_history/2")).Text.ShouldContain("After");
        (await server.GetAsync($"Patient/{created.Id}/_history/3")).Status.ShouldBe(410);
        (await server.GetAsync($"Patient/{created.Id}/_history/4")).Status.ShouldBe(404);
        (await server.GetAsync($"Patient/{created.Id}/_history/x")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_type_that_is_not_of_r4_and_an_address_that_is_nothing_are_not_found()
    {
        (await server.GetAsync("Patiant/1")).Code.ShouldBe("RST002");
        (await server.GetAsync("Patient/1/2/3/4/5")).Status.ShouldBe(404);
        (await server.GetAsync("Patient/under_score")).Status.ShouldBe(400);
        (await server.GetAsync("Patient/1/$nothing")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_method_that_is_not_for_an_address_is_answered_with_those_that_are()
    {
        var reply = await server.SendAsync("DELETE", "metadata");
        reply.Status.ShouldBe(405);
        reply.Header("Allow").ShouldBe("GET, HEAD");
    }
}
