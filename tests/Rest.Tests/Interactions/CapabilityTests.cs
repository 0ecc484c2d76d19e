using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Interactions;

namespace Kangqiao.Rest.Tests.Interactions;

public sealed class CapabilityTests(RestServer server)
{
    [Fact]
    public async Task The_statement_is_sound_and_names_every_type()
    {
        var statement = await server.GetAsync("metadata");
        ((string?)statement.Json["fhirVersion"]).ShouldBe("4.0.1");
        statement.Json["rest"]![0]!["resource"]!.AsArray().Count.ShouldBeGreaterThan(140);
        var outcome = await server.PostAsync("CapabilityStatement/$validate", statement.Text);
        outcome.Status.ShouldBe(200);
        outcome.Text.ShouldNotContain("\"severity\":\"error\"");
    }

    [Fact]
    public async Task Every_operation_it_names_is_there()
    {
        var statement = await server.GetAsync("metadata");
        var patient = statement.Json["rest"]![0]!["resource"]!.AsArray().First(r => (string?)r!["type"] == "Patient")!;
        patient["operation"]!.AsArray().Select(o => (string?)o!["name"]).ShouldBe(
            InteractionTable.All.Where(i => i.Operation is not null && i.Shape != Shape.SystemOperation && i.Type is null or "Patient")
                .Select(i => i.Operation?[1..]).Where(n => n is not null).Distinct(),
            ignoreOrder: true);
    }

    [Fact]
    public async Task It_names_the_topics_that_can_be_subscribed_to()
    {
        var statement = await server.GetAsync("metadata");
        var subscription = statement.Json["rest"]![0]!["resource"]!.AsArray().First(r => (string?)r!["type"] == "Subscription")!;
        subscription["extension"]!.AsArray().Select(e => (string)e!["valueCanonical"]!).ShouldContain(url => url.EndsWith("/laboratory-result", StringComparison.Ordinal));
        statement.Json["rest"]![0]!["resource"]!.AsArray().Count(r => r!["extension"] is not null).ShouldBe(1);
    }
}
