namespace Kangqiao.Rest.Tests.Interactions;

public sealed class UpdateTests(RestServer server)
{
    [Fact]
    public async Task An_update_makes_the_next_version_and_an_unknown_id_is_created()
    {
        var id = Sample.Unique("own-");
        (await server.PutAsync($"Patient/{id}", Sample.Patient("One", id))).Status.ShouldBe(201);
        var second = await server.PutAsync($"Patient/{id}", Sample.Patient("Two", id));
        second.Status.ShouldBe(200);
        second.Header("ETag").ShouldBe("W/\"2\"");
    }

    [Fact]
    public async Task The_same_again_makes_no_version()
    {
        var created = await server.CreatedAsync(Sample.Patient("Same"));
        var again = await server.PutAsync($"Patient/{created.Id}", Sample.Patient("Same", created.Id));
        again.Status.ShouldBe(200);
        again.Header("ETag").ShouldBe("W/\"1\"");
    }

    [Fact]
    public async Task An_update_of_an_older_version_than_the_current_is_refused()
    {
        var created = await server.CreatedAsync(Sample.Patient("One"));
        var address = $"Patient/{created.Id}";
        (await server.PutAsync(address, Sample.Patient("Two", created.Id), ("If-Match", "W/\"1\""))).Status.ShouldBe(200);
        (await server.PutAsync(address, Sample.Patient("Three", created.Id), ("If-Match", "W/\"1\""))).Status.ShouldBe(412);
        (await server.PutAsync(address, Sample.Patient("Three", created.Id), ("If-Match", "soon"))).Status.ShouldBe(400);
        (await server.PutAsync(address, Sample.Patient("Three", created.Id), ("If-None-Match", "*"))).Status.ShouldBe(412);
    }

    [Fact]
    public async Task The_id_in_the_body_must_be_that_of_the_address()
    {
        (await server.PutAsync("Patient/one", Sample.Patient(id: "two"))).Code.ShouldBe("RST026");
        (await server.PutAsync("Patient/one", Sample.Patient())).Code.ShouldBe("RST025");
    }

    [Fact]
    public async Task Of_updates_of_one_version_at_once_one_wins()
    {
        var created = await server.CreatedAsync(Sample.Patient("Start"));
        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            server.PutAsync($"Patient/{created.Id}", Sample.Patient($"Writer{i}", created.Id), ("If-Match", "W/\"1\""))));
        replies.Count(r => r.Status == 200).ShouldBe(1);
        replies.Count(r => r.Status == 412).ShouldBe(15);
    }

    [Fact]
    public async Task A_condition_decides_what_is_updated()
    {
        var identifier = Sample.Unique("cond");
        var address = $"Patient?identifier=urn:oid:1.2.3|{identifier}";
        var created = await server.PutAsync(address, Sample.Patient("One", identifier: identifier));
        created.Status.ShouldBe(201, created.Text);
        var updated = await server.PutAsync(address, Sample.Patient("Two", identifier: identifier));
        updated.Status.ShouldBe(200, updated.Text);
        updated.Id.ShouldBe(created.Id);
        (await server.PutAsync(address, Sample.Patient("Three", "another", identifier))).Status.ShouldBe(400);

        await server.CreatedAsync(Sample.Patient(identifier: identifier));
        (await server.PutAsync(address, Sample.Patient("Four", identifier: identifier))).Status.ShouldBe(412);
    }

    [Fact]
    public async Task A_condition_that_finds_nothing_creates_under_the_id_given()
    {
        var identifier = Sample.Unique("cond");
        var id = Sample.Unique("given-");
        var reply = await server.PutAsync($"Patient?identifier=urn:oid:1.2.3|{identifier}", Sample.Patient(id: id, identifier: identifier));
        reply.Status.ShouldBe(201, reply.Text);
        reply.Id.ShouldBe(id);
    }

    [Fact]
    public async Task What_was_deleted_can_be_brought_back()
    {
        var created = await server.CreatedAsync(Sample.Patient("Once"));
        await server.SendAsync("DELETE", $"Patient/{created.Id}");
        var back = await server.PutAsync($"Patient/{created.Id}", Sample.Patient("Again", created.Id));
        back.Status.ShouldBe(201);
        back.Header("ETag").ShouldBe("W/\"3\"");
    }
}
