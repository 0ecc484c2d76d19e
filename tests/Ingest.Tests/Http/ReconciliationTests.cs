using System.Text.Json.Nodes;

namespace Kangqiao.Ingest.Tests.Http;

/// <summary>对账: what a hospital declares of a day beside what is there.</summary>
public class ReconciliationTests : IAsyncLifetime
{
    private DoorServer server = null!;
    private HttpClient steward = null!;
    private HttpClient hospital = null!;

    public async ValueTask InitializeAsync()
    {
        server = await DoorServer.StartAsync(store: await StoreAsync());
        steward = server.Client();
        hospital = server.Client("institution", "H9");
        await steward.PostJsonAsync("/door/senders", """{"code":"H9","name":"第九医院"}""");
        await steward.PostJsonAsync("/door/senders/H9/state", """{"state":"testing","why":"agreed"}""");
        await steward.PostJsonAsync("/door/senders/H9/state", """{"state":"admitted","why":"passed"}""");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        hospital?.Dispose();
        steward?.Dispose();
        await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>Where the records are: SQLite, or the connection string of a PostgreSQL.</summary>
    protected virtual Task<string?> StoreAsync() => Task.FromResult<string?>(null);

    [Fact]
    public async Task What_agrees_is_settled_and_what_differs_is_open_to_both_sides_with_the_numbers_that_are_missing()
    {
        await hospital.SendAsync("/door/fhir", string.Join('\n', Visit("v1"), Visit("v2"), Visit("v3")));
        await DeclareAsync("""{"day":"2026-03-05","domain":"医疗服务","what":"Encounter","ids":["v1","v2","v3","v4"]}""");
        await DeclareAsync("""{"day":"2026-03-06","domain":"医疗服务","count":0}""");

        var rows = await CompareAsync(hospital);

        rows.Count.ShouldBe(2);
        ((int)rows[0]!["declared"]!["count"]!).ShouldBe(4);
        ((int)rows[0]!["taken"]!["count"]!).ShouldBe(3);
        rows[0]!["missing"]!.AsArray().Select(i => (string)i!).ShouldBe(["v4"]);
        ((string)rows[0]!["state"]!).ShouldBe("open");
        ((string)rows[1]!["state"]!).ShouldBe("settled");
        (await CompareAsync(steward)).ToJsonString().ShouldBe(rows.ToJsonString());

        await hospital.SendAsync("/door/fhir", Visit("v4"));
        ((string)(await CompareAsync(hospital))[0]!["state"]!).ShouldBe("settled");
    }

    [Fact]
    public async Task Amounts_are_added_up_and_a_correction_counts_once()
    {
        await hospital.SendAsync("/door/fhir", string.Join('\n', Charge("c1", "10.10"), Charge("c2", "20.20")));
        await hospital.SendAsync("/door/fhir", Charge("c2", "25.05"));
        await DeclareAsync("""{"day":"2026-03-05","domain":"医疗保障","count":2,"amount":35.15}""");

        var row = (await CompareAsync(hospital))[0]!;

        row["taken"]!["amount"]!.ToJsonString().ShouldBe("35.15");
        ((int)row["taken"]!["count"]!).ShouldBe(2);
        ((string)row["state"]!).ShouldBe("settled");
    }

    [Fact]
    public async Task What_is_withdrawn_is_counted_no_more_and_nothing_is_counted_twice_after_a_restart()
    {
        await hospital.SendAsync("/door/fhir", string.Join('\n', Visit("v1"), Visit("v2")));
        await hospital.SendAsync("/door/fhir", string.Join('\n', Visit("v1"), Visit("v2")));
        await hospital.SendAsync("/door/fhir", Visit("v2").Replace("finished", "entered-in-error", StringComparison.Ordinal));
        hospital.Dispose();
        steward.Dispose();
        await server.RestartAsync();
        steward = server.Client();
        hospital = server.Client("institution", "H9");

        var row = (await CompareAsync(hospital)).ShouldHaveSingleItem()!;

        ((int)row["taken"]!["count"]!).ShouldBe(1);
        row["declared"].ShouldBeNull();
        ((string)row["state"]!).ShouldBe("open");
    }

    [Fact]
    public async Task A_difference_is_explained_by_the_sender_and_settled_by_the_steward()
    {
        await DeclareAsync("""{"day":"2026-03-05","domain":"医疗服务","count":5}""");
        const string Said = """{"day":"2026-03-05","domain":"医疗服务","state":"explained","why":"系统停机，明日补传"}""";

        (await PostAsync(hospital, Said.Replace("explained", "settled", StringComparison.Ordinal))).ShouldBe(400);
        (await PostAsync(hospital, Said)).ShouldBe(204);
        var row = (await CompareAsync(steward))[0]!;
        ((string)row["state"]!).ShouldBe("explained");
        ((string)row["who"]!).ShouldBe("institution H9");

        (await PostAsync(steward, Said.Replace("explained", "settled", StringComparison.Ordinal))).ShouldBe(204);
        ((string)(await CompareAsync(steward))[0]!["state"]!).ShouldBe("settled");
    }

    [Fact]
    public async Task Days_are_those_of_China()
    {
        await hospital.SendAsync("/door/fhir", Visit("late", "2026-03-05T16:30:00Z"));

        (await CompareAsync(hospital)).Select(r => (string)r!["day"]!).ShouldBe(["2026-03-06"]);
    }

    [Fact]
    public async Task A_declaration_that_makes_no_sense_is_refused_and_nobody_declares_for_others()
    {
        (await hospital.PostJsonAsync("/door/declarations", """{"declarations":[{"day":"5 March","domain":"医疗服务","count":1}]}"""))["code"]!.GetValue<string>().ShouldBe("DOR116");
        (await hospital.PostJsonAsync("/door/declarations", """{"declarations":[{"day":"2026-03-05","domain":"医疗服务","what":"Claim","count":1}]}"""))["code"]!.GetValue<string>().ShouldBe("DOR116");
        (await hospital.PostJsonAsync("/door/declarations?institution=H8", """{"declarations":[{"day":"2026-03-05","domain":"医疗服务","count":1}]}"""))["code"]!.GetValue<string>().ShouldBe("DOR113");
        using var clinician = server.Client("clinician");
        (await clinician.PostJsonAsync("/door/declarations", "{}"))["code"]!.GetValue<string>().ShouldBe("DOR112");
    }

    private static string Visit(string id, string start = "2026-03-05T08:00:00+08:00") =>
        $$$"""{"resourceType":"Encounter","id":"{{{id}}}","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"period":{"start":"{{{start}}}"}}""";

    private static string Charge(string id, string amount) =>
        $$$$"""{"resourceType":"ChargeItem","id":"{{{{id}}}}","status":"billed","code":{"text":"x"},"subject":{"display":"x"},"occurrenceDateTime":"2026-03-05","priceOverride":{"value":{{{{amount}}}},"currency":"CNY"}}""";

    private async Task DeclareAsync(string declaration) =>
        ((int)(await hospital.PostJsonAsync("/door/declarations", $$"""{"declarations":[{{declaration}}]}"""))["declared"]!).ShouldBe(1);

    private static async Task<JsonArray> CompareAsync(HttpClient client) =>
        (await client.GetJsonAsync("/door/reconciliation?institution=H9&from=2026-03-01&to=2026-03-31"))["comparisons"]!.AsArray();

    private static async Task<int> PostAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/door/reconciliation?institution=H9", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
