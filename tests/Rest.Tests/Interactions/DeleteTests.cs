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
    public async Task A_condition_deletes_the_one_it_finds_and_never_several()
    {
        var identifier = Sample.Unique("del");
        var address = $"Patient?identifier=urn:oid:1.2.3|{identifier}";
        (await server.SendAsync("DELETE", address)).Status.ShouldBe(204);
        var one = await server.CreatedAsync(Sample.Patient(identifier: identifier));
        (await server.SendAsync("DELETE", address)).Status.ShouldBe(204);
        (await server.GetAsync($"Patient/{one.Id}")).Status.ShouldBe(410);

        await server.CreatedAsync(Sample.Patient(identifier: identifier));
        await server.CreatedAsync(Sample.Patient(identifier: identifier));
        (await server.SendAsync("DELETE", address)).Status.ShouldBe(412);
        (await server.SendAsync("DELETE", "Patient")).Status.ShouldBe(412);
    }
}
