using System.Globalization;
using System.Text.Json.Nodes;

namespace Kangqiao.Rest.Tests.Bundles;

public sealed class TransactionTests(RestServer server)
{
    [Fact]
    public async Task References_between_the_entries_become_those_of_the_records_made()
    {
        const string Urn = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a";
        var reply = await server.PostAsync("", Sample.Bundle(
            "transaction",
            Sample.Entry("POST", "Observation", Sample.Observation(Urn)),
            Sample.Entry("POST", "Patient", Sample.Patient(), Urn)));

        reply.Status.ShouldBe(200, reply.Text);
        var entries = reply.Json["entry"]!.AsArray();
        entries.Select(e => (string?)e!["response"]!["status"]).ShouldBe(["201 Created", "201 Created"]);
        var patient = ((string)entries[1]!["response"]!["location"]!).Split("/_history")[0];
        var observation = await server.GetAsync((string)entries[0]!["response"]!["location"]!);
        ((string?)observation.Json["subject"]!["reference"]).ShouldBe(patient);
        (await server.GetAsync($"Observation?subject={patient}")).Ids.ShouldBe([observation.Id]);
    }

    [Fact]
    public async Task Uris_and_links_of_the_narrative_are_rewritten_and_identifiers_are_not()
    {
        const string Urn = "urn:uuid:0d1a3a5b-3c1c-4ee2-9b8e-1c1f5b0d0001";
        var reply = await server.PostAsync("", Sample.Bundle(
            "transaction",
            Sample.Entry("POST", "Patient", Sample.Patient(), Urn),
            Sample.Entry("POST", "Basic", $$"""
                {"resourceType":"Basic","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"{{Urn}}\">her</a></div>"},
                 "extension":[{"url":"http://example.org/where","valueUri":"{{Urn}}"}],
                 "identifier":[{"system":"urn:ietf:rfc:3986","value":"{{Urn}}"}],"code":{"text":"x"},"subject":{"reference":"{{Urn}}"} }
                """)));
        reply.Status.ShouldBe(200, reply.Text);
        var basic = await server.GetAsync((string)reply.Json["entry"]![1]!["response"]!["location"]!);
        var name = ((string)reply.Json["entry"]![0]!["response"]!["location"]!).Split("/_history")[0];
        ((string?)basic.Json["text"]!["div"]).ShouldNotBeNull().ShouldContain($"<a href=\"{name}\">");
        ((string?)basic.Json["extension"]![0]!["valueUri"]).ShouldBe(name);
        ((string?)basic.Json["identifier"]![0]!["value"]).ShouldBe(Urn);
        ((string?)basic.Json["subject"]!["reference"]).ShouldBe(name);
    }

    [Fact]
    public async Task Relative_references_follow_the_full_urls_of_another_server()
    {
        var reply = await server.PostAsync("", Sample.Bundle(
            "transaction",
            Sample.Entry("POST", "Patient", Sample.Patient(id: "77"), "http://hospital.example/fhir/Patient/77"),
            Sample.Entry("POST", "Observation", Sample.Observation("Patient/77"), "http://hospital.example/fhir/Observation/5")));
        reply.Status.ShouldBe(200, reply.Text);
        var observation = await server.GetAsync((string)reply.Json["entry"]![1]!["response"]!["location"]!);
        var patient = ((string)reply.Json["entry"]![0]!["response"]!["location"]!).Split("/_history")[0];
        ((string?)observation.Json["subject"]!["reference"]).ShouldBe(patient);
    }

    [Fact]
    public async Task One_bad_entry_leaves_nothing_behind()
    {
        var identifier = Sample.Unique("none");
        var reply = await server.PostAsync("", Sample.Bundle(
            "transaction",
            Sample.Entry("POST", "Patient", Sample.Patient(identifier: identifier)),
            Sample.Entry("POST", "Patient", """{"resourceType":"Patient","contact":[{"gender":"male"}]}""")));
        reply.Status.ShouldBe(422);
        reply.Text.ShouldContain("Bundle.entry[1].resource");
        (await server.GetAsync($"Patient?identifier=urn:oid:1.2.3|{identifier}")).Ids.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failed_precondition_leaves_nothing_behind()
    {
        var identifier = Sample.Unique("none");
        var existing = await server.CreatedAsync(Sample.Patient());
        var reply = await server.PostAsync("", Sample.Bundle(
            "transaction",
            Sample.Entry("POST", "Patient", Sample.Patient(identifier: identifier)),
            Sample.Entry("PUT", $"Patient/{existing.Id}", Sample.Patient("X", existing.Id), null, ",\"ifMatch\":\"W/\\\"9\\\"\"")));
        reply.Status.ShouldBe(412, reply.Text);
        (await server.GetAsync($"Patient?identifier=urn:oid:1.2.3|{identifier}")).Ids.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_kind_of_entry_is_done_in_its_order_and_answered_in_its_place()
    {
        var gone = await server.CreatedAsync(Sample.Patient("Gone"));
        var changed = await server.CreatedAsync(Sample.Patient("Before"));
        var patched = await server.CreatedAsync(Sample.Patient("Patched"));
        var patch = Convert.ToBase64String("""[{"op":"replace","path":"/gender","value":"male"}]"""u8);
        var reply = await server.PostAsync("", Sample.Bundle(
            "transaction",
            Sample.Entry("GET", $"Patient/{changed.Id}"),
            Sample.Entry("PATCH", $"Patient/{patched.Id}", $$"""{"resourceType":"Binary","contentType":"application/json-patch+json","data":"{{patch}}"}"""),
            Sample.Entry("PUT", $"Patient/{changed.Id}", Sample.Patient("After", changed.Id)),
            Sample.Entry("POST", "Patient", Sample.Patient("New")),
            Sample.Entry("DELETE", $"Patient/{gone.Id}"),
            Sample.Entry("GET", $"Patient/{gone.Id}")));
        reply.Status.ShouldBe(200, reply.Text);
        var entries = reply.Json["entry"]!.AsArray();
        entries.Select(e => ((string)e!["response"]!["status"]!)[..3]).ShouldBe(["200", "200", "200", "201", "204", "410"]);
        entries[0]!["resource"]!.ToJsonString().ShouldContain("After");
        ((string?)(await server.GetAsync($"Patient/{patched.Id}")).Json["gender"]).ShouldBe("male");
    }

    [Fact]
    public async Task The_same_record_twice_is_refused()
    {
        var id = Sample.Unique("twice-");
        var reply = await server.PostAsync("", Sample.Bundle(
            "transaction",
            Sample.Entry("PUT", $"Patient/{id}", Sample.Patient(id: id)),
            Sample.Entry("DELETE", $"Patient/{id}")));
        reply.Status.ShouldBe(400, reply.Text);
        reply.Code.ShouldBe("RST035");
    }

    [Fact]
    public async Task Conditional_references_are_resolved_in_the_bundle_and_in_the_store()
    {
        var (stored, own) = (Sample.Unique("stored"), Sample.Unique("own"));
        var there = await server.CreatedAsync(Sample.Patient(identifier: stored));
        var reply = await server.PostAsync("", Sample.Bundle(
            "transaction",
            Sample.Entry("POST", "Observation", Sample.Observation($"Patient?identifier=urn:oid:1.2.3|{stored}")),
            Sample.Entry("POST", "Observation", Sample.Observation($"Patient?identifier\\u003durn:oid:1.2.3|{own}")),
            Sample.Entry("POST", "Patient", Sample.Patient(identifier: own))));
        reply.Status.ShouldBe(200, reply.Text);
        var locations = reply.Json["entry"]!.AsArray().Select(e => (string)e!["response"]!["location"]!).ToArray();
        ((string?)(await server.GetAsync(locations[0])).Json["subject"]!["reference"]).ShouldBe($"Patient/{there.Id}");
        ((string?)(await server.GetAsync(locations[1])).Json["subject"]!["reference"]).ShouldBe(locations[2].Split("/_history")[0]);

        (await server.PostAsync("", Sample.Bundle(
            "transaction", Sample.Entry("POST", "Observation", Sample.Observation("Patient?identifier=urn:oid:1.2.3|nobody"))))).Status.ShouldBe(412);
    }

    [Fact]
    public async Task Conditions_inside_find_or_create()
    {
        var identifier = Sample.Unique("in");
        var condition = $",\"ifNoneExist\":\"identifier=urn:oid:1.2.3|{identifier}\"";
        const string Urn = "urn:uuid:0d1a3a5b-3c1c-4ee2-9b8e-1c1f5b0d0002";
        var bundle = Sample.Bundle(
            "transaction",
            Sample.Entry("POST", "Patient", Sample.Patient(identifier: identifier), Urn, condition),
            Sample.Entry("POST", "Patient", Sample.Patient(identifier: identifier), null, condition),
            Sample.Entry("POST", "Observation", Sample.Observation(Urn)));
        var first = await server.PostAsync("", bundle);
        first.Status.ShouldBe(200, first.Text);
        first.Json["entry"]!.AsArray().Select(e => ((string)e!["response"]!["status"]!)[..3]).ShouldBe(["201", "200", "201"]);
        var second = await server.PostAsync("", bundle);
        second.Json["entry"]!.AsArray().Select(e => ((string)e!["response"]!["status"]!)[..3]).ShouldBe(["200", "200", "201"]);

        var patient = (await server.GetAsync($"Patient?identifier=urn:oid:1.2.3|{identifier}")).Ids.ShouldHaveSingleItem();
        (await server.GetAsync($"Observation?subject=Patient/{patient}")).Ids.Length.ShouldBe(2);
    }

    [Fact]
    public async Task Identical_bundles_at_once_make_one_patient()
    {
        var identifier = Sample.Unique("rush");
        const string Urn = "urn:uuid:0d1a3a5b-3c1c-4ee2-9b8e-1c1f5b0d0003";
        var bundle = Sample.Bundle(
            "transaction",
            Sample.Entry("POST", "Patient", Sample.Patient(identifier: identifier), Urn, $",\"ifNoneExist\":\"identifier=urn:oid:1.2.3|{identifier}\""),
            Sample.Entry("PUT", $"Observation?identifier=urn:oid:1.2.3|{identifier}", Sample.Observation(Urn)
                .Replace("\"status\"", $"\"identifier\":[{{\"system\":\"urn:oid:1.2.3\",\"value\":\"{identifier}\"}}],\"status\"", StringComparison.Ordinal)));
        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => server.PostAsync("", bundle)));
        replies.ShouldAllBe(r => r.Status == 200);
        (await server.GetAsync($"Patient?identifier=urn:oid:1.2.3|{identifier}")).Ids.Length.ShouldBe(1);
        (await server.GetAsync($"Observation?identifier=urn:oid:1.2.3|{identifier}")).Ids.Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_reference_to_an_entry_that_is_not_there_is_refused()
    {
        var reply = await server.PostAsync("", Sample.Bundle(
            "transaction", Sample.Entry("POST", "Observation", Sample.Observation("urn:uuid:0d1a3a5b-3c1c-4ee2-9b8e-00000000dead"))));
        reply.Status.ShouldBe(422, reply.Text);
    }

    [Fact]
    public async Task The_client_may_ask_for_what_was_made()
    {
        var reply = await server.PostAsync(
            "", Sample.Bundle("transaction", Sample.Entry("POST", "Patient", Sample.Patient("Shown"))), ("Prefer", "return=representation"));
        ((string?)reply.Json["entry"]![0]!["resource"]!["name"]![0]!["family"]).ShouldBe("Shown");
        ((string?)reply.Json["entry"]![0]!["resource"]!["meta"]!["versionId"]).ShouldBe("1");
    }

    [Fact]
    public async Task What_is_no_bundle_of_requests_is_refused()
    {
        (await server.PostAsync("", Sample.Patient())).Code.ShouldBe("RST030");
        (await server.PostAsync("", Sample.Bundle("collection"))).Status.ShouldBe(400);
        (await server.PostAsync("", Sample.Bundle("transaction", Sample.Entry("POST", "Observation", Sample.Patient())))).Status.ShouldBe(400);
        (await server.PostAsync("", Sample.Bundle("transaction", Sample.Entry("PUT", "Patient/a", Sample.Patient(id: "b"))))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_bundle_of_2600_entries_is_one_transaction()
    {
        const string Urn = "urn:uuid:0d1a3a5b-3c1c-4ee2-9b8e-1c1f5b0d0004";
        var entries = new string[2600];
        entries[0] = Sample.Entry("POST", "Patient", Sample.Patient(), Urn);
        for (var i = 1; i < entries.Length; i++)
        {
            entries[i] = Sample.Entry("POST", "Observation", Sample.Observation(Urn, i.ToString(CultureInfo.InvariantCulture)));
        }

        var reply = await server.PostAsync("", Sample.Bundle("transaction", entries));
        reply.Status.ShouldBe(200);
        JsonArray answered = reply.Json["entry"]!.AsArray();
        answered.Count.ShouldBe(2600);
        var patient = ((string)answered[0]!["response"]!["location"]!).Split("/_history")[0];
        var found = await server.GetAsync($"Observation?subject={patient}&_total=accurate&_count=1");
        ((int?)found.Json["total"]).ShouldBe(2599);
    }
}
