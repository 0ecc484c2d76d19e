using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Kangqiao.Ingest.Tests.Http;

public class DoorJourneyTests : IAsyncLifetime
{
    private const string Patient = """{"resourceType":"Patient","id":"p1","identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"11010519491231002X"}],"name":[{"text":"张三"}]}""";

    private DoorServer server = null!;
    private HttpClient system = null!;

    public async ValueTask InitializeAsync()
    {
        server = await DoorServer.StartAsync(store: await StoreAsync());
        system = server.Client();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        system?.Dispose();
        await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>Where the records are: SQLite, or the connection string of a PostgreSQL.</summary>
    protected virtual Task<string?> StoreAsync() => Task.FromResult<string?>(null);

    [Fact]
    public async Task The_same_again_changes_nothing_and_something_new_is_a_version()
    {
        (await system.SendAsync("/door/fhir", Patient)).Outcome().ShouldBe("accepted");
        (await system.SendAsync("/door/fhir", Patient)).Outcome().ShouldBe("unchanged");
        var changed = await system.SendAsync("/door/fhir", Patient.Replace("张三", "张山", StringComparison.Ordinal));

        changed.Outcome().ShouldBe("accepted");
        var reference = (string)changed["records"]![0]!["reference"]!;
        ((string)(await system.GetJsonAsync($"/fhir/{reference}"))["meta"]!["versionId"]!).ShouldBe("2");
        ((string)(await system.GetJsonAsync($"/fhir/{reference}"))["meta"]!["source"]!).ShouldBe("https://kangqiao.dev/fhir/sender/LOCAL");
    }

    [Fact]
    public async Task A_receipt_says_who_when_how_many_and_what_came_of_each()
    {
        var receipt = await system.SendAsync("/door/fhir", Patient + "\n{\"resourceType\":\"Patient\",\"id\":\"p2\",\"nonsense\":1}\n{broken\n");

        ((int)receipt["received"]!).ShouldBe(3);
        ((int)receipt["accepted"]!).ShouldBe(1);
        ((int)receipt["quarantined"]!).ShouldBe(2);
        ((int)receipt["residents"]!).ShouldBe(1);
        ((string)receipt["sender"]!).ShouldBe("LOCAL");
        ((string)receipt["sha256"]!).Length.ShouldBe(64);
        var finding = receipt["records"]![1]!["findings"]![0]!;
        ((string)finding["code"]!).ShouldBe("FHR010");
        ((string)finding["message"]!).ShouldContain("没有元素");
        using var english = server.Client();
        english.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        var again = await english.GetJsonAsync($"/door/receipts/{(string)receipt["receipt"]!}");
        ((string)again["records"]![1]!["findings"]![0]!["message"]!).ShouldContain("is not an element");
    }

    [Fact]
    public async Task An_older_word_never_becomes_current()
    {
        string Said(string at, string name) => $$"""{"resourceType":"Patient","id":"p7","meta":{"lastUpdated":"{{at}}"},"name":[{"text":"{{name}}"}]}""";
        await system.SendAsync("/door/fhir", Said("2026-02-01T00:00:00Z", "new"));

        var late = await system.SendAsync("/door/fhir", Said("2026-01-01T00:00:00Z", "old"));

        late.Outcome().ShouldBe("warned");
        ((string)late["records"]![0]!["findings"]![0]!["code"]!).ShouldBe("DOR001");
        var reference = (string)late["records"]![0]!["reference"]!;
        ((string)(await system.GetJsonAsync($"/fhir/{reference}"))["name"]![0]!["text"]!).ShouldBe("new");
        var history = await system.GetJsonAsync($"/fhir/{reference}/_history");
        history["entry"]!.AsArray().Count.ShouldBe(2);
        history["entry"]!.AsArray().Select(e => (string)e!["resource"]!["name"]![0]!["text"]!).ShouldContain("old");

        await system.SendAsync("/door/fhir", Said("2026-01-01T00:00:00Z", "old"));
        (await system.GetJsonAsync($"/fhir/{reference}/_history"))["entry"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_older_word_does_not_bring_back_what_was_deleted_since()
    {
        const string Entry = """{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"DELETE","url":"Basic/d1"}}]}""";
        const string Basic = """{"resourceType":"Basic","id":"d1","meta":{"lastUpdated":"2026-01-01T00:00:00Z"},"code":{"text":"x"}}""";
        await system.SendAsync("/door/fhir", Basic);
        await system.SendAsync("/door/fhir", Entry);
        (await system.CountAsync("Basic")).ShouldBe(0);

        // The deletion says no time of its own, so what comes later is current.
        await system.SendAsync("/door/fhir", Basic.Replace("2026-01-01", "2026-01-02", StringComparison.Ordinal));
        (await system.CountAsync("Basic")).ShouldBe(1);
    }

    [Fact]
    public async Task A_transaction_is_taken_whole_or_waits_whole()
    {
        const string Start = """{"resourceType":"Bundle","type":"transaction","entry":[""";
        string Entry(string id, string more) => $$$"""{"resource":{"resourceType":"Patient","id":"{{{id}}}"{{{more}}}},"request":{"method":"PUT","url":"Patient/{{{id}}}"}}""";

        var refused = await system.SendAsync("/door/fhir", $"{Start}{Entry("t1", "")},{Entry("t2", ",\"nonsense\":1")}]}}");
        var taken = await system.SendAsync("/door/fhir", $"{Start}{Entry("t1", "")},{Entry("t2", "")}]}}");

        ((int)refused["quarantined"]!).ShouldBe(2);
        ((int)taken["accepted"]!).ShouldBe(2);
    }

    [Fact]
    public async Task A_deletion_withdraws_and_a_status_says_so_where_there_is_one()
    {
        const string Observation = """{"resourceType":"Observation","id":"o9","status":"final","code":{"text":"x"}}""";
        var reference = (string)(await system.SendAsync("/door/fhir", Observation))["records"]![0]!["reference"]!;

        await system.SendAsync("/door/fhir", """{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"DELETE","url":"Observation/o9"}}]}""");

        ((string)(await system.GetJsonAsync($"/fhir/{reference}"))["status"]!).ShouldBe("entered-in-error");
    }

    [Fact]
    public async Task Quarantine_is_read_mended_and_resolved()
    {
        var receipt = await system.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"q1","nonsense":1}""");
        var number = (string)receipt["records"]![0]!["quarantine"]!;
        (await system.GetStringAsync(new Uri($"/door/quarantine/{number}/raw", UriKind.Relative), TestContext.Current.CancellationToken)).ShouldContain("nonsense");

        var mended = await system.SendAsync($"/door/quarantine/{number}/resubmit", """{"resourceType":"Patient","id":"q1"}""");

        mended.Outcome().ShouldBe("accepted");
        ((string)(await system.GetJsonAsync($"/door/quarantine/{number}"))["state"]!).ShouldBe("resolved");
        ((int)(await system.GetJsonAsync("/door/quarantine"))["total"]!).ShouldBe(0);
    }

    [Fact]
    public async Task An_entry_that_is_sent_again_unmended_stays_one_entry()
    {
        const string Wrong = """{"resourceType":"Patient","id":"q2","nonsense":1}""";
        var number = (string)(await system.SendAsync("/door/fhir", Wrong))["records"]![0]!["quarantine"]!;
        await system.SendAsync("/door/fhir", Wrong);
        await system.SendAsync($"/door/quarantine/{number}/resubmit", "");

        ((int)(await system.GetJsonAsync("/door/quarantine"))["total"]!).ShouldBe(1);
        ((string)(await system.GetJsonAsync($"/door/quarantine/{number}"))["state"]!).ShouldBe("waiting");
        (await system.PostJsonAsync($"/door/quarantine/{number}/withdraw", ""))["state"]!.GetValue<string>().ShouldBe("withdrawn");
    }

    [Fact]
    public async Task A_sender_in_testing_gets_its_receipts_and_reaches_no_reader_until_it_is_admitted()
    {
        using var hospital = server.Client("institution", "H77");

        var tested = await hospital.SendAsync("/door/fhir", Patient);
        tested.Outcome().ShouldBe("accepted");
        (await hospital.SendAsync("/door/fhir", Patient)).Outcome().ShouldBe("unchanged");
        (await system.CountAsync("Patient")).ShouldBe(0);

        await system.PostJsonAsync("/door/senders/H77/state", """{"state":"admitted","why":"passed"}""");
        (await hospital.SendAsync("/door/fhir", Patient)).Outcome().ShouldBe("accepted");
        (await system.CountAsync("Patient")).ShouldBe(1);
    }

    [Fact]
    public async Task An_institution_sends_and_reads_for_itself_only()
    {
        using var one = server.Client("institution", "H1");
        using var other = server.Client("institution", "H2");
        var receipt = await one.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"x","nonsense":1}""");

        (await one.PostJsonAsync("/door/fhir?institution=H2", Patient))["code"]!.GetValue<string>().ShouldBe("DOR113");
        using var strange = await other.GetAsync(new Uri($"/door/receipts/{(string)receipt["receipt"]!}", UriKind.Relative), TestContext.Current.CancellationToken);
        strange.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        ((int)(await other.GetJsonAsync("/door/quarantine"))["total"]!).ShouldBe(0);
        ((int)(await one.GetJsonAsync("/door/quarantine"))["total"]!).ShouldBe(1);
        using var clinician = server.Client("clinician");
        (await clinician.PostJsonAsync("/door/fhir", Patient))["code"]!.GetValue<string>().ShouldBe("DOR112");
    }

    [Fact]
    public async Task A_suspended_sender_is_refused_and_a_step_needs_its_reason()
    {
        using var hospital = server.Client("institution", "H5");
        await hospital.SendAsync("/door/fhir", Patient);

        (await system.PostJsonAsync("/door/senders/H5/state", """{"state":"suspended","why":" "}"""))["code"]!.GetValue<string>().ShouldBe("REG004");
        await system.PostJsonAsync("/door/senders/H5/state", """{"state":"suspended","why":"leak"}""");

        (await hospital.PostJsonAsync("/door/fhir", Patient))["code"]!.GetValue<string>().ShouldBe("REG006");
    }

    [Fact]
    public async Task A_packed_body_is_unpacked_and_a_bomb_ends()
    {
        using var packed = new ByteArrayContent(Gzip(Encoding.UTF8.GetBytes(Patient)));
        packed.Headers.ContentEncoding.Add("gzip");
        using var answer = await system.PostAsync(new Uri("/door/fhir", UriKind.Relative), packed, TestContext.Current.CancellationToken);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.Outcome().ShouldBe("accepted");

        using var bomb = new ByteArrayContent(Gzip(new byte[200 * 1024 * 1024]));
        using var refused = await system.PostAsync(new Uri("/door/fhir", UriKind.Relative), bomb, TestContext.Current.CancellationToken);
        refused.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_long_submission_is_paged_and_survives_a_restart()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 1_234).Select(i => $$"""{"resourceType":"Patient","id":"n{{i}}"}"""));
        var receipt = await system.SendAsync("/door/fhir", lines);
        ((int)receipt["received"]!).ShouldBe(1_234);
        var number = (string)receipt["receipt"]!;

        system.Dispose();
        await server.RestartAsync();
        system = server.Client();

        var seen = new List<int>();
        for (var next = $"/door/receipts/{number}"; next is not null;)
        {
            var page = await system.GetJsonAsync(next);
            seen.AddRange(page["records"]!.AsArray().Select(r => (int)r!["index"]!));
            next = (string?)page["next"];
        }

        seen.ShouldBe(Enumerable.Range(0, 1_234));
        (await system.CountAsync("Patient")).ShouldBe(1_234);
    }

    [Fact]
    public async Task Findings_of_the_standard_warn_the_local_sender_and_keep_a_strict_ones_record_out()
    {
        const string Wrong = """{"resourceType":"Patient","id":"w1","birthDate":"2199-01-01"}""";
        using var hospital = server.Client("institution", "H6");

        (await system.SendAsync("/door/fhir", Wrong)).Outcome().ShouldBe("warned");
        (await hospital.SendAsync("/door/fhir", Wrong)).Outcome().ShouldBe("quarantined");
    }

    [Fact]
    public async Task A_reference_to_what_has_not_come_is_a_warning_until_it_comes()
    {
        const string Observation = """{"resourceType":"Observation","id":"r1","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/r1"}}""";

        var early = await system.SendAsync("/door/fhir", Observation);
        await system.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"r1"}""");
        var later = await system.SendAsync("/door/fhir", Observation.Replace("final", "amended", StringComparison.Ordinal));

        ((string)early["records"]![0]!["findings"]![0]!["code"]!).ShouldBe("STD030");
        later.Outcome().ShouldBe("accepted");
        (await system.CountAsync($"Observation?subject={(string)(await system.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"r1"}"""))["records"]![0]!["reference"]!}")).ShouldBe(1);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
