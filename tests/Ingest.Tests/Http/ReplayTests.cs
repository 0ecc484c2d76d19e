using System.Net;

namespace Kangqiao.Ingest.Tests.Http;

/// <summary>What was sent is worked on once more, and what is old is forgotten.</summary>
public class ReplayTests : IAsyncLifetime
{
    private DoorServer server = null!;
    private HttpClient system = null!;

    public async ValueTask InitializeAsync()
    {
        server = await DoorServer.StartAsync(options => options with
        {
            Door = new DoorOptions(options.DataFolder) { KeepRawDays = 30, KeepReceiptDays = 60, KeepQuarantineDays = 60 },
        }, await StoreAsync());
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
    public async Task A_receipt_that_is_replayed_brings_back_what_was_lost_and_changes_nothing_else()
    {
        var first = await system.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"r1","name":[{"text":"甲"}]}""");
        await system.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"r2","name":[{"text":"乙"}]}""");
        var reference = (string)first["records"]![0]!["reference"]!;
        using (await system.DeleteAsync(new Uri($"/fhir/{reference}", UriKind.Relative), TestContext.Current.CancellationToken))
        {
            (await system.CountAsync("Patient")).ShouldBe(1);
        }

        // The deletion came after it, so it stands.
        (await system.SendAsync($"/door/receipts/{(string)first["receipt"]!}/replay", "")).Outcome().ShouldBe("unchanged");
        (await system.CountAsync("Patient")).ShouldBe(1);

        var second = await system.SendAsync($"/door/receipts/{(string)(await LastAsync())!}/replay", "");
        second.Outcome().ShouldBe("unchanged");
        ((string)second["replays"]!).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task What_waited_in_quarantine_for_a_rule_is_resolved_when_its_submission_is_replayed()
    {
        using var hospital = server.Client("institution", "H8");
        var receipt = await hospital.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"q","birthDate":"2199-01-01"}""");
        receipt.Outcome().ShouldBe("quarantined");
        await system.PostJsonAsync("/door/senders", """{"code":"H8","name":"H8","feeds":[{"format":"*","isStrict":false}]}""");

        var again = await system.SendAsync($"/door/receipts/{(string)receipt["receipt"]!}/replay", "");

        again.Outcome().ShouldBe("warned");
        var entry = await system.GetJsonAsync($"/door/quarantine/{(string)receipt["records"]![0]!["quarantine"]!}");
        ((string)entry["state"]!).ShouldBe("resolved");
        ((string)entry["mendedBy"]!).ShouldBe((string)again["receipt"]!);
    }

    [Fact]
    public async Task All_that_waits_is_replayed_over_new_rules_in_bulk()
    {
        using var hospital = server.Client("institution", "H7");
        await hospital.SendAsync("/door/fhir", string.Join('\n', Enumerable.Range(0, 200).Select(i => $$"""{"resourceType":"Patient","id":"b{{i}}","birthDate":"2199-01-01"}""")));
        ((int)(await hospital.GetJsonAsync("/door/quarantine"))["total"]!).ShouldBe(200);
        await system.PostJsonAsync("/door/senders", """{"code":"H7","name":"H7","feeds":[{"format":"*","isStrict":false}]}""");

        ((int)(await hospital.PostJsonAsync("/door/quarantine/replay", ""))["sent"]!).ShouldBe(200);

        while ((int)(await hospital.GetJsonAsync("/door/quarantine"))["total"]! > 0)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_part_of_the_journal_is_replayed_in_its_order_by_the_steward_only()
    {
        var from = TimeProvider.System.GetUtcNow().AddMinutes(-1).ToString("O");
        var to = TimeProvider.System.GetUtcNow().AddMinutes(5).ToString("O");
        await system.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"j","name":[{"text":"old"}]}""");
        var last = await system.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"j","name":[{"text":"new"}]}""");
        await system.SendAsync("/door/fhir", string.Join('\n', Enumerable.Range(0, 3_000).Select(i => $$"""{"resourceType":"Patient","id":"l{{i}}","name":[{"text":"long enough to lie in several frames"}]}""")));

        var replayed = await system.PostJsonAsync("/door/replay", $$"""{"from":"{{from}}","to":"{{to}}","sender":"LOCAL"}""");
        ((int)replayed["submissions"]!).ShouldBe(3);
        foreach (var number in replayed["receipts"]!.AsArray())
        {
            var receipt = await system.GetJsonAsync($"/door/receipts/{(string)number!}");
            while ((string?)receipt["status"] != "done")
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
                receipt = await system.GetJsonAsync($"/door/receipts/{(string)number!}");
            }

            ((int)receipt["unchanged"]!).ShouldBe((int)receipt["received"]!);
        }

        ((string)(await system.GetJsonAsync($"/fhir/{(string)last["records"]![0]!["reference"]!}"))["name"]![0]!["text"]!).ShouldBe("new");
        using var hospital = server.Client("institution", "H7");
        ((string)(await hospital.PostJsonAsync("/door/replay", "{}"))["code"]!).ShouldBe("DOR112");
    }

    [Fact]
    public async Task What_is_older_than_is_to_be_kept_is_deleted_and_what_waits_is_not()
    {
        var waiting = await system.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"w","nonsense":1}""");
        var closed = await system.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"c","nonsense":1}""");
        await system.PostJsonAsync($"/door/quarantine/{Entry(closed)}/withdraw", "");
        var number = (string)closed["receipt"]!;
        system.Dispose();
        await server.RestartAsync();
        system = server.Client();
        await system.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"later"}""");

        var soon = (await server.Door.ForgetAsync(TimeProvider.System.GetUtcNow().AddDays(10), TestContext.Current.CancellationToken)).Value;
        (soon.Files, soon.Receipts, soon.Entries).ShouldBe((0, 0, 0));
        var later = (await server.Door.ForgetAsync(TimeProvider.System.GetUtcNow().AddDays(100), TestContext.Current.CancellationToken)).Value;

        later.Files.ShouldBe(1);
        later.Receipts.ShouldBe(3);
        later.Entries.ShouldBe(1);
        (await StatusAsync($"/door/receipts/{number}")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync($"/door/quarantine/{Entry(closed)}")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync($"/door/quarantine/{Entry(waiting)}")).ShouldBe(HttpStatusCode.OK);
        (await system.CountAsync("Patient")).ShouldBe(1);
    }

    [Fact]
    public async Task How_far_a_large_submission_is_can_be_watched()
    {
        system.DefaultRequestHeaders.Add("Prefer", "respond-async");
        var receipt = await system.PostJsonAsync("/door/fhir", string.Join('\n', Enumerable.Range(0, 20_000).Select(i => $$"""{"resourceType":"Patient","id":"p{{i}}","name":[{"text":"张{{i}}"}]}""")));
        var seen = new List<(long Received, long? Done)>();
        while ((string?)receipt["status"] != "done")
        {
            receipt = await system.GetJsonAsync($"/door/receipts/{(string)receipt["receipt"]!}");
            seen.Add(((long)receipt["received"]!, (long?)receipt["bytesDone"]));
        }

        seen.Select(s => s.Received).Distinct().Count().ShouldBeGreaterThan(2);
        seen.Select(s => s.Received).ShouldBe(seen.Select(s => s.Received).Order());
        seen[^1].ShouldBe((20_000, null));
        seen.Max(s => s.Done ?? 0).ShouldBeLessThanOrEqualTo((long)receipt["bytes"]!);
    }

    private static string Entry(System.Text.Json.Nodes.JsonNode receipt) => (string)receipt["records"]![0]!["quarantine"]!;

    private async Task<string?> LastAsync() => (string?)(await system.GetJsonAsync("/door/receipts"))["receipts"]!.AsArray().First(r => (int)r!["accepted"]! == 1)!["receipt"];

    private async Task<HttpStatusCode> StatusAsync(string address)
    {
        using var answer = await system.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
