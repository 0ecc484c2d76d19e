using System.Text;
using System.Text.Json.Nodes;
using Kangqiao.Audit.Trail;
using Kangqiao.Crypto.Keys;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Audit.Tests.Http;

public sealed class AuditJourneyTests
{
    private static readonly Caller System = new("system");
    private static readonly Caller Security = new("security") { Practitioner = "sec1" };

    [Fact]
    public async Task Every_kind_of_request_leaves_what_it_touched()
    {
        await using var own = await AuditedServer.StartAsync();
        (await own.SendAsync(System, "PUT", "/fhir/Patient/p1", Patient("p1"))).Status.ShouldBe(201);
        (await own.SendAsync(System, "PUT", "/fhir/Observation/o1", Observation("o1", "p1"))).Status.ShouldBe(201);
        (await own.SendAsync(System, "GET", "/fhir/Observation/o1")).Status.ShouldBe(200);
        (await own.SendAsync(System, "GET", "/fhir/Observation/o1/_history/1")).Status.ShouldBe(200);
        (await own.SendAsync(System, "GET", "/fhir/Observation?subject=Patient/p1")).Status.ShouldBe(200);
        (await own.SendAsync(System, "POST", "/fhir/Observation/_search", "subject=Patient/p1", "application/x-www-form-urlencoded")).Status.ShouldBe(200);
        (await own.SendAsync(System, "GET", "/fhir/Patient/p1/$everything")).Status.ShouldBe(200);
        (await own.SendAsync(System, "GET", "/fhir/Observation/o1/_history")).Status.ShouldBe(200);
        (await own.SendAsync(System, "PATCH", "/fhir/Observation/o1", """[{"op":"replace","path":"/status","value":"amended"}]""", "application/json-patch+json")).Status.ShouldBe(200);
        (await own.SendAsync(System, "DELETE", "/fhir/Observation/o1")).Status.ShouldBe(204);
        (await own.SendAsync(System, "GET", "/fhir/Observation/o1")).Status.ShouldBe(410);
        (await own.SendAsync(null, "GET", "/fhir/Patient/p1")).Status.ShouldBe(401);
        (await own.SendAsync(null, "GET", "/fhir/metadata")).Status.ShouldBe(200);

        var about = await own.EventsAsync("?patient=Patient/p1");
        about.Select(Subtype).ShouldBe(["read", "delete", "patch", "history", "operation", "search", "search", "vread", "read", "create", "create"]);
        about[0]["outcome"]!.GetValue<string>().ShouldBe("4");
        foreach (var one in about.Skip(1))
        {
            one["outcome"]!.GetValue<string>().ShouldBe("0");
            one["entity"]!.AsArray().Select(Reference).ShouldContain("Patient/p1");
        }

        about[5]["entity"]!.AsArray().Select(Reference).ShouldContain("Observation/o1/_history/1");
        Query(about[5]).ShouldBe("Observation/_search?subject=Patient/p1");
        Query(about[6]).ShouldBe("Observation?subject=Patient/p1");

        var refused = await own.EventsAsync("?outcome=4");
        refused.Length.ShouldBe(2);
        refused[0]["agent"]![0]!["role"]![0]!["coding"]![0]!["code"]!.GetValue<string>().ShouldBe("anonymous");
        (await own.EventsAsync("?agent=nobody")).ShouldBeEmpty();

        // The auditor's own looking is on record, too.
        (await own.EventsAsync("?subtype=search&_count=2"))[0]["agent"]![0]!["role"]![0]!["coding"]![0]!["code"]!.GetValue<string>().ShouldBe("auditor");
    }

    [Fact]
    public async Task A_bundle_leaves_each_of_its_parts()
    {
        await using var own = await AuditedServer.StartAsync();
        (await own.SendAsync(System, "PUT", "/fhir/Patient/p2", Patient("p2"))).Status.ShouldBe(201);
        var transaction = $$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"fullUrl":"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a","resource":{{{Patient(null)}}},"request":{"method":"POST","url":"Patient"}},
              {"resource":{{{Observation(null, null)}}},"request":{"method":"POST","url":"Observation"}},
              {"request":{"method":"GET","url":"Patient/p2"} }]}
            """;
        var (status, answer) = await own.SendAsync(System, "POST", "/fhir", transaction);
        status.ShouldBe(200, answer!.ToJsonString());
        var id = answer["entry"]![0]!["response"]!["location"]!.GetValue<string>().Split('/')[1];
        var events = await own.EventsAsync($"?patient={id}");
        events.ShouldHaveSingleItem();
        events[0]["entity"]!.AsArray().Select(Reference).Count(r => r!.StartsWith("Observation/", StringComparison.Ordinal)).ShouldBe(1);
        (await own.EventsAsync("?patient=p2")).Select(Subtype).ShouldBe(["read", "create"]);

        // Ids tried out in a batch count one by one.
        var batch = "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[" + string.Join(',', Enumerable.Range(0, 5).Select(i => "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/x" + i + "\"}}")) + "]}";
        (await own.SendAsync(System, "POST", "/fhir", batch)).Status.ShouldBe(200);
        (await own.EventsAsync("?outcome=4")).Length.ShouldBe(5);
    }

    [Fact]
    public async Task Entries_are_valid_FHIR()
    {
        await using var own = await AuditedServer.StartAsync();
        await own.SendAsync(System, "PUT", "/fhir/Patient/p1", Patient("p1"));
        await own.SendAsync(new Caller("clinician") { Institution = "AC001", Practitioner = "d1", Purpose = "TREAT" }, "GET", "/fhir/Patient/p1");
        await own.SendAsync(new Caller("resident") { Resident = "r1" }, "GET", "/fhir/Patient?name=x");
        await own.SendAsync(Security, "PUT", "/audit/watched/p1");
        await own.SendAsync(null, "GET", "/fhir/Patient/p1");
        var validator = new Validator(new ValidationOptions { BestPractice = BestPractice.Ignore });
        foreach (var one in await own.EventsAsync(""))
        {
            var findings = new FindingList();
            validator.Validate(FhirDocument.Read(Encoding.UTF8.GetBytes(one.ToJsonString()), findings), findings);
            findings.HasErrors.ShouldBeFalse(string.Join('\n', findings.Items.Select(f => $"{f}")) + one.ToJsonString());
        }
    }

    [Fact]
    public async Task Only_the_auditor_and_the_security_officer_read_the_trail_and_that_they_were_refused_is_on_record()
    {
        await using var own = await AuditedServer.StartAsync();
        foreach (var role in (string[])["system", "clinician", "resident", "steward", "supervisor", "institution", "researcher", "admin"])
        {
            (await own.SendAsync(new Caller(role) { Resident = "r1", Institution = "AC001" }, "GET", "/audit/AuditEvent")).Status.ShouldBe(403, role);
            (await own.SendAsync(new Caller(role) { Resident = "r1", Institution = "AC001" }, "GET", "/audit/warnings")).Status.ShouldBe(403, role);
        }

        (await own.SendAsync(null, "GET", "/audit/AuditEvent")).Status.ShouldBe(401);
        (await own.SendAsync(new Caller("auditor"), "PUT", "/audit/watched/p1")).Status.ShouldBe(403);
        (await own.SendAsync(new Caller("auditor"), "GET", "/audit/mine")).Status.ShouldBe(403);
        (await own.SendAsync(new Caller("auditor"), "GET", "/audit/AuditEvent?foo=1")).Status.ShouldBe(400);
        (await own.SendAsync(new Caller("auditor"), "GET", "/audit/AuditEvent/nothing")).Status.ShouldBe(404);
        (await own.EventsAsync("?outcome=4")).Length.ShouldBeGreaterThanOrEqualTo(18);
    }

    [Fact]
    public async Task A_resident_reads_in_plain_words_who_looked_at_them_and_nothing_of_others()
    {
        await using var own = await AuditedServer.StartAsync();
        await own.SendAsync(System, "PUT", "/fhir/Patient/mine", Patient("mine"));
        await own.SendAsync(System, "PUT", "/fhir/Patient/other", Patient("other"));
        await own.SendAsync(System, "PUT", "/fhir/Person/r1", """{"resourceType":"Person","id":"r1","link":[{"target":{"reference":"Patient/mine"},"assurance":"level3"}]}""");
        await own.SendAsync(System, "PUT", "/fhir/Observation/o1", Observation("o1", "mine"));
        await own.SendAsync(System, "PUT", "/fhir/Observation/o2", Observation("o2", "other"));
        await own.SendAsync(System with { Purpose = "TREAT" }, "GET", "/fhir/Observation/o1");
        await own.SendAsync(System, "GET", "/fhir/Observation/o2");
        var (status, mine) = await own.SendAsync(new Caller("resident") { Resident = "r1" }, "GET", "/audit/mine");
        status.ShouldBe(200);
        var texts = mine!["entries"]!.AsArray().Select(e => e!["text"]!.GetValue<string>()).ToList();
        texts[0].ShouldContain("平台系统查看了您的检验检查和测量结果，目的：诊疗");
        texts.ShouldContain(t => t.Contains("新增了您的检验检查和测量结果", StringComparison.Ordinal));
        mine.ToJsonString().ShouldNotContain("o2");
        mine["entries"]!.AsArray().Count.ShouldBe(4);
    }

    [Fact]
    public async Task Pages_of_the_trail_neither_repeat_nor_drop_an_entry()
    {
        await using var own = await AuditedServer.StartAsync();
        for (var i = 0; i < 45; i++)
        {
            await own.SendAsync(System, "PUT", $"/fhir/Patient/p{i}", Patient($"p{i}"));
        }

        var seen = new List<string>();
        string? next = "?subtype=create&_count=7";
        while (next is not null)
        {
            var page = await own.AuditAsync(next);
            seen.AddRange(page["entry"]!.AsArray().Select(e => e!["resource"]!["id"]!.GetValue<string>()));
            next = page["link"]!.AsArray().FirstOrDefault(l => l!["relation"]!.GetValue<string>() == "next")?["url"]!.GetValue<string>() is { } url ? new Uri(url).Query : null;
        }

        seen.Count.ShouldBe(45);
        seen.Distinct().Count().ShouldBe(45);
    }

    [Fact]
    public async Task What_institutions_hand_in_and_what_is_read_at_the_door_is_on_record()
    {
        await using var own = await AuditedServer.StartAsync();
        var (status, receipt) = await own.SendAsync(System, "POST", "/door/fhir?institution=AC001", Patient("s1"));
        status.ShouldBe(200);
        var submitted = await own.EventsAsync("?subtype=submit");
        submitted.ShouldHaveSingleItem();
        Query(submitted[0]).ShouldBe($"fhir {receipt!["receipt"]!.GetValue<string>()}");
        (await own.EventsAsync("?institution=AC001")).Length.ShouldBe(1);
        await own.SendAsync(System, "GET", "/door/quarantine");
        await own.SendAsync(null, "GET", "/door/quarantine");
        var reads = await own.EventsAsync("?action=R");
        reads.Select(r => r["outcome"]!.GetValue<string>()).ShouldBe(["4", "0"]);
    }

    [Fact]
    public async Task A_person_under_special_watch_is_warned_of()
    {
        await using var own = await AuditedServer.StartAsync();
        await own.SendAsync(System, "PUT", "/fhir/Patient/vip", Patient("vip"));
        (await own.SendAsync(Security, "PUT", "/audit/watched/vip")).Status.ShouldBe(204);
        await own.SendAsync(System, "GET", "/fhir/Patient/vip");
        JsonArray warnings;
        do
        {
            warnings = (await own.SendAsync(Security, "GET", "/audit/warnings")).Json!["warnings"]!.AsArray();
        }
        while (warnings.Count == 0);
        warnings[0]!["rule"]!.GetValue<string>().ShouldBe("watched-person");
        (await own.SendAsync(Security, "GET", "/audit/watched")).Json!["patients"]!.AsArray().Count.ShouldBe(1);
        (await own.SendAsync(Security, "DELETE", "/audit/watched/vip")).Status.ShouldBe(204);
        (await own.SendAsync(Security, "GET", "/audit/watched")).Json!["patients"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_whole_trail_of_a_server_checks_beside_it()
    {
        await using var own = await AuditedServer.StartAsync();
        await Parallel.ForAsync(0, 60, async (i, _) => await own.SendAsync(System, "PUT", $"/fhir/Patient/p{i}", Patient($"p{i}")));
        var ring = KeyRing.Open(own.Folder, TimeProvider.System).Value;
        var report = new Verification(new AuditOptions(own.Folder), ring).Run(null, CancellationToken.None);
        report.Broken.ShouldBeEmpty();
        report.Entries.ShouldBeGreaterThan(60);
    }

    private static string Subtype(JsonObject one) => one["subtype"]![0]!["code"]!.GetValue<string>();

    private static string? Reference(JsonNode? entity) => entity!["what"]?["reference"]?.GetValue<string>();

    private static string? Query(JsonObject one) =>
        one["entity"]!.AsArray().Select(e => e!["query"]?.GetValue<string>()).OfType<string>().Select(q => Encoding.UTF8.GetString(Convert.FromBase64String(q))).SingleOrDefault();

    private static string Patient(string? id) => $$"""{"resourceType":"Patient"{{(id is null ? "" : $",\"id\":\"{id}\"")}},"identifier":[{"system":"urn:test","value":"{{id ?? "new"}}"}],"name":[{"text":"测试"}],"gender":"female","birthDate":"1980-05-05"}""";

    private static string Observation(string? id, string? patient) =>
        $$"""{"resourceType":"Observation"{{(id is null ? "" : $",\"id\":\"{id}\"")}},"status":"final","code":{"text":"x"},"subject":{"reference":"{{(patient is null ? "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a" : "Patient/" + patient)}}"},"valueString":"v"}""";
}
