using System.Text.Json.Nodes;

namespace Kangqiao.Rest.Tests.Interactions;

public sealed class TerminologyTests(RestServer server)
{
    [Fact]
    public async Task Codes_that_ship_are_looked_up_validated_and_expanded()
    {
        (await server.GetAsync("CodeSystem/$lookup?system=urn:oid:2.16.156.10011.2.3.3.4&code=1")).ShouldSatisfyAllConditions(
            r => r.Status.ShouldBe(200, r.Text), r => Parameter(r, "display")!["valueString"]!.GetValue<string>().ShouldBe("男性"));
        var valid = await server.GetAsync("ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender&system=http://hl7.org/fhir/administrative-gender&code=blue");
        Parameter(valid, "result")!["valueBoolean"]!.GetValue<bool>().ShouldBeFalse();
        var expansion = await server.PostAsync(
            "ValueSet/$expand",
            """{"resourceType":"Parameters","parameter":[{"name":"url","valueUri":"http://hl7.org/fhir/ValueSet/administrative-gender"},{"name":"count","valueInteger":2}]}""");
        expansion.Status.ShouldBe(200, expansion.Text);
        expansion.Json["expansion"]!["contains"]!.AsArray().Count.ShouldBe(2);
        (await server.GetAsync("CodeSystem/$lookup?system=urn:nobody&code=1")).Status.ShouldBe(404);
        (await server.GetAsync("ValueSet/$expand")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_code_system_that_is_stored_is_soon_in_force_and_no_longer_once_it_is_deleted()
    {
        var url = $"urn:example:{Sample.Unique("colours")}";
        var created = await server.CreatedAsync(
            $$"""{"resourceType":"CodeSystem","url":"{{url}}","status":"active","content":"complete","hierarchyMeaning":"is-a","concept":[{"code":"red","display":"Red","concept":[{"code":"crimson"}]}]}""");
        var address = $"CodeSystem/$subsumes?system={url}&codeA=red&codeB=crimson";
        var reply = await UntilAsync(address, 200);
        Parameter(reply, "outcome")!["valueCode"]!.GetValue<string>().ShouldBe("subsumes");
        await server.SendAsync("DELETE", $"CodeSystem/{created.Id}");
        await UntilAsync(address, 404);
    }

    [Fact]
    public async Task A_stored_value_set_is_expanded_by_its_id()
    {
        var set = await server.CreatedAsync(
            """{"resourceType":"ValueSet","status":"active","compose":{"include":[{"system":"http://hl7.org/fhir/administrative-gender","concept":[{"code":"male"}]}]}}""");
        var reply = await server.GetAsync($"ValueSet/{set.Id}/$expand");
        reply.Status.ShouldBe(200, reply.Text);
        reply.Json["expansion"]!["contains"]!.AsArray().Count.ShouldBe(1);
        (await server.GetAsync("ValueSet/never-there/$expand")).Status.ShouldBe(404);
    }

    private async Task<Reply> UntilAsync(string address, int status)
    {
        Reply reply;
        do
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            reply = await server.GetAsync(address);
        }
        while (reply.Status != status);
        return reply;
    }

    private static JsonNode? Parameter(Reply reply, string name) =>
        reply.Json["parameter"]!.AsArray().FirstOrDefault(p => (string?)p!["name"] == name);
}
