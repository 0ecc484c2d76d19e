using System.Text.Json.Nodes;

namespace Kangqiao.Rest.Tests.Interactions;

public sealed class CreateTests(RestServer server)
{
    [Fact]
    public async Task A_new_record_gets_an_id_of_ours_and_says_where_it_is()
    {
        var reply = await server.CreatedAsync(Sample.Patient(id: "theirs"));
        reply.Id.ShouldNotBe("theirs");
        reply.Header("Location").ShouldBe($"{server.Base}Patient/{reply.Id}/_history/1");
        reply.Header("ETag").ShouldBe("W/\"1\"");
    }

    [Theory]
    [InlineData("minimal", "")]
    [InlineData("representation", "Patient")]
    [InlineData("OperationOutcome", "OperationOutcome")]
    public async Task The_client_says_what_comes_back(string preference, string type)
    {
        var reply = await server.PostAsync("Patient", Sample.Patient(), ("Prefer", $"return={preference}"));
        reply.Status.ShouldBe(201);
        (reply.Text.Length == 0 ? "" : (string?)reply.Json["resourceType"]).ShouldBe(type);
    }

    [Fact]
    public async Task What_is_no_json_is_refused_with_its_place()
    {
        var reply = await server.PostAsync("Patient", "{\"resourceType\":\"Patient\",\n\"gender\":}");
        reply.Status.ShouldBe(400);
        reply.Text.ShouldContain("operationoutcome-issue-line");
    }

    [Fact]
    public async Task An_unknown_element_is_refused_with_its_path()
    {
        var reply = await server.PostAsync("Patient", """{"resourceType":"Patient","nickname":"x"}""");
        reply.Status.ShouldBe(400);
        reply.Text.ShouldContain("Patient");
    }

    [Fact]
    public async Task A_broken_rule_is_unprocessable()
    {
        var reply = await server.PostAsync("Patient", """{"resourceType":"Patient","contact":[{"gender":"male"}]}""");
        reply.Status.ShouldBe(422);
        reply.Text.ShouldContain("pat-1");
    }

    [Fact]
    public async Task A_resource_of_another_type_and_an_empty_body_are_refused()
    {
        (await server.PostAsync("Observation", Sample.Patient())).Code.ShouldBe("RST024");
        (await server.PostAsync("Patient", "")).Code.ShouldBe("RST011");
    }

    [Fact]
    public async Task Nobody_is_created_twice_by_the_same_condition()
    {
        var identifier = Sample.Unique("once");
        var condition = ("If-None-Exist", $"identifier=urn:oid:1.2.3|{identifier}");
        var first = await server.PostAsync("Patient", Sample.Patient(identifier: identifier), condition);
        first.Status.ShouldBe(201);
        var second = await server.PostAsync("Patient", Sample.Patient(identifier: identifier), condition);
        second.Status.ShouldBe(200);
        second.Id.ShouldBe(first.Id);

        await server.CreatedAsync(Sample.Patient(identifier: identifier));
        (await server.PostAsync("Patient", Sample.Patient(identifier: identifier), condition)).Status.ShouldBe(412);
    }

    [Theory]
    [InlineData("identifier=urn:oid:1.2.3|{0}")]
    [InlineData("family={0}&gender=female")]
    public async Task Many_who_ask_at_once_create_one(string criteria)
    {
        var unique = Sample.Unique("Storm");
        var condition = ("If-None-Exist", string.Format(criteria, unique));
        var replies = await Task.WhenAll(Enumerable.Range(0, 24)
            .Select(_ => server.PostAsync("Patient", Sample.Patient(unique, identifier: unique), condition)));

        replies.Count(r => r.Status == 201).ShouldBe(1, string.Join(' ', replies.Select(r => r.Status)));
        replies.Count(r => r.Status == 200).ShouldBe(23);
        replies.Select(r => r.Id).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_condition_that_says_nothing_is_refused()
    {
        (await server.PostAsync("Patient", Sample.Patient(), ("If-None-Exist", ""))).Status.ShouldBe(412);
        (await server.PostAsync("Patient", Sample.Patient(), ("If-None-Exist", "nonsense=1"))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Meta_that_the_sender_gave_is_kept_beside_ours()
    {
        var reply = await server.CreatedAsync(
            """{"resourceType":"Patient","meta":{"versionId":"9","tag":[{"system":"urn:x","code":"kept"}]},"active":true}""");
        var meta = (await server.GetAsync($"Patient/{reply.Id}")).Json["meta"]!;
        ((string?)meta["versionId"]).ShouldBe("1");
        meta["tag"]!.AsArray().Count.ShouldBe(1);
        JsonNode.DeepEquals(reply.Json, (await server.GetAsync($"Patient/{reply.Id}")).Json).ShouldBeTrue();
    }
}
