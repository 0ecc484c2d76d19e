namespace Kangqiao.Rest.Tests.Interactions;

public sealed class DeleteTests(RestServer server)
{
    [Fact]
    public async Task Deleting_what_never_was_or_is_deleted_succeeds()
    {
        (await server.SendAsync("DELETE", "Patient/never-there")).Status.ShouldBe(204);
        var created = await server.CreatedAsync(Sample.Patient());
        (await server.SendAsync("DELETE", $"Patient/{created.Id}")).Status.ShouldBe(204);
        (await server.SendAsync("DELETE", $"Patient/{created.Id}")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task A_deletion_may_insist_on_a_version()
    {
        var created = await server.CreatedAsync(Sample.Patient());
        (await server.SendAsync("DELETE", $"Patient/{created.Id}", null, ("If-Match", "W/\"4\""))).Status.ShouldBe(412);
        (await server.SendAsync("DELETE", $"Patient/{created.Id}", null, ("If-Match", "W/\"1\""))).Status.ShouldBe(204);
    }

    [Fact]
    public async Task A_condition_deletes_the_one_it_finds()
    {
        var identifier = Sample.Unique("del");
        var address = $"Patient?identifier=urn:oid:1.2.3|{identifier}";
        (await server.SendAsync("DELETE", address)).Status.ShouldBe(204);
        var one = await server.CreatedAsync(Sample.Patient(identifier: identifier));
        (await server.SendAsync("DELETE", address)).Status.ShouldBe(204);
        (await server.GetAsync($"Patient/{one.Id}")).Status.ShouldBe(410);

        (await server.SendAsync("DELETE", "Patient")).Status.ShouldBe(412);
    }

    [Fact]
    public async Task A_condition_deletes_all_that_it_finds_or_none()
    {
        var family = Sample.Unique("Viele");
        for (var i = 0; i < 5; i++)
        {
            await server.CreatedAsync(Sample.Patient(family));
        }

        (await server.SendAsync("DELETE", $"Patient?family={family}", null, ("If-Match", "W/\"1\""))).Status.ShouldBe(412);
        (await server.SendAsync("DELETE", $"Patient?family={family}&gender=female")).Status.ShouldBe(204);
        ((int?)(await server.GetAsync($"Patient?family={family}&_summary=count")).Json["total"]).ShouldBe(0);
    }

    [Fact]
    public async Task A_condition_that_finds_too_many_deletes_nothing()
    {
        var family = Sample.Unique("Zuviele");
        var entries = Enumerable.Range(0, 1001).Select(_ => Sample.Entry("POST", "Patient", Sample.Patient(family))).ToArray();
        (await server.PostAsync("", Sample.Bundle("transaction", entries))).Status.ShouldBe(200);
        var refused = await server.SendAsync("DELETE", $"Patient?family={family}");
        (refused.Status, refused.Code).ShouldBe((412, "RST049"));
        ((int?)(await server.GetAsync($"Patient?family={family}&_summary=count")).Json["total"]).ShouldBe(1001);
    }

    [Fact]
    public async Task A_transaction_deletes_several_by_one_condition()
    {
        var family = Sample.Unique("Bund");
        await server.CreatedAsync(Sample.Patient(family));
        await server.CreatedAsync(Sample.Patient(family));
        var reply = await server.PostAsync("", Sample.Bundle(
            "transaction", Sample.Entry("DELETE", $"Patient?family={family}"), Sample.Entry("POST", "Patient", Sample.Patient("New" + family))));
        reply.Status.ShouldBe(200, reply.Text);
        ((int?)(await server.GetAsync($"Patient?family={family}&_summary=count")).Json["total"]).ShouldBe(0);
    }
}
