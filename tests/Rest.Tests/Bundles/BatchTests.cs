namespace Kangqiao.Rest.Tests.Bundles;

public sealed class BatchTests(RestServer server)
{
    [Fact]
    public async Task Each_entry_succeeds_or_fails_for_itself()
    {
        var there = await server.CreatedAsync(Sample.Patient("There"));
        var reply = await server.PostAsync("", Sample.Bundle(
            "batch",
            Sample.Entry("POST", "Patient", Sample.Patient()),
            Sample.Entry("POST", "Patient", """{"resourceType":"Patient","nickname":"x"}"""),
            Sample.Entry("GET", $"Patient/{there.Id}"),
            Sample.Entry("GET", "Patient/never-there"),
            Sample.Entry("GET", $"Patient?_id={there.Id}"),
            Sample.Entry("PUT", "Patient/wrong", Sample.Patient(id: "other"))));
        reply.Status.ShouldBe(200, reply.Text);
        var entries = reply.Json["entry"]!.AsArray();
        entries.Select(e => ((string)e!["response"]!["status"]!)[..3]).ShouldBe(["201", "400", "200", "404", "200", "400"]);
        ((string?)entries[1]!["response"]!["outcome"]!["resourceType"]).ShouldBe("OperationOutcome");
        ((string?)entries[2]!["resource"]!["id"]).ShouldBe(there.Id);
        ((string?)entries[4]!["resource"]!["resourceType"]).ShouldBe("Bundle");
    }

    [Fact]
    public async Task A_bundle_broken_around_its_resources_is_refused_whole()
    {
        (await server.PostAsync("", """{"resourceType":"Bundle","type":"batch","colour":"red"}""")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_bundle_inside_a_bundle_is_refused()
    {
        var reply = await server.PostAsync("", Sample.Bundle("batch", Sample.Entry("POST", "/", Sample.Bundle("batch"))));
        ((string)reply.Json["entry"]![0]!["response"]!["status"]!).ShouldStartWith("400");
    }

    [Fact]
    public async Task A_batch_of_many_is_answered_in_order()
    {
        var entries = Enumerable.Range(0, 200).Select(i => Sample.Entry("PUT", $"Patient/many-{i}", Sample.Patient(id: $"many-{i}"))).ToArray();
        var reply = await server.PostAsync("", Sample.Bundle("batch", entries));
        var locations = reply.Json["entry"]!.AsArray().Select(e => (string)e!["response"]!["location"]!).ToArray();
        locations.ShouldBe(Enumerable.Range(0, 200).Select(i => $"Patient/many-{i}/_history/1"));
    }
}
