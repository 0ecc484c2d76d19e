using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Kangqiao.Ingest.Tests.Http;

/// <summary>对码: a hospital's own codes find their national ones.</summary>
public class CodeJourneyTests : IAsyncLifetime
{
    private const string System = "https://h9.example/discharge";
    private const string Disposition = "urn:oid:2.16.156.10011.2.3.1.265";

    private readonly string map = $"/door/maps/{Uri.EscapeDataString(System)}/D2";
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
    public async Task Codes_that_map_to_nothing_are_listed_by_how_often_they_are_said()
    {
        await hospital.SendAsync("/door/fhir", string.Join('\n', Enumerable.Range(0, 5).Select(i => Stay($"a{i}", "D2", "医嘱转院"))));
        await hospital.SendAsync("/door/fhir", Stay("b", "D1", "医嘱离院"));

        var codes = (await hospital.GetJsonAsync("/door/codes?state=open"))["codes"]!.AsArray();

        codes.Select(c => (string)c!["code"]!).ShouldBe(["D2", "D1"]);
        ((int)codes[0]!["count"]!).ShouldBe(5);
        ((string)codes[0]!["display"]!).ShouldBe("医嘱转院");
        ((string)codes[0]!["places"]![0]!).ShouldBe("Encounter.hospitalization.dischargeDisposition");
    }

    [Fact]
    public async Task The_same_again_counts_nothing_and_a_standard_code_beside_it_is_enough()
    {
        await hospital.SendAsync("/door/fhir", Stay("a", "D2", "医嘱转院"));
        await hospital.SendAsync("/door/fhir", Stay("a", "D2", "医嘱转院"));
        await hospital.SendAsync("/door/fhir", Stay("b", "D3", "x", ",{\"system\":\"" + Disposition + "\",\"code\":\"3\"}"));

        var code = (await hospital.GetJsonAsync("/door/codes"))["codes"]!.AsArray().ShouldHaveSingleItem()!;

        ((int)code["count"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Counts_outlive_a_restart()
    {
        await hospital.SendAsync("/door/fhir", Stay("a", "D2", "医嘱转院"));
        await RestartAsync();
        await hospital.SendAsync("/door/fhir", Stay("b", "D2", "医嘱转院"));

        ((int)(await hospital.GetJsonAsync("/door/codes"))["codes"]![0]!["count"]!).ShouldBe(2);
    }

    [Theory]
    [InlineData("遵医嘱转院", "name")]
    [InlineData("医瞩砖园", "pinyin")]
    public async Task Suggestions_come_from_the_table_of_the_element_by_characters_and_by_sound(string display, string why)
    {
        await hospital.SendAsync("/door/fhir", Stay("a", "D2", display));

        var best = (await hospital.GetJsonAsync($"/door/codes/{Uri.EscapeDataString(System)}/D2/suggestions"))["suggestions"]![0]!;

        ((string)best["code"]!).ShouldBe("2");
        ((string)best["system"]!).ShouldBe(Disposition);
        ((string)best["why"]!).ShouldBe(why);
    }

    [Fact]
    public async Task What_other_hospitals_have_made_of_the_same_name_is_suggested()
    {
        await hospital.SendAsync("/door/fhir", Stay("a", "D2", "去了别处"));
        (await PutAsync(map, $$"""{"system":"CV06.00.226","code":"2"}""")).ShouldBe(HttpStatusCode.OK);
        using var other = server.Client("institution", "H10");
        await other.SendAsync("/door/fhir", Stay("a", "Q", "去了别处").Replace("h9.", "h10.", StringComparison.Ordinal));

        var best = (await other.GetJsonAsync($"/door/codes/{Uri.EscapeDataString(System.Replace("h9.", "h10.", StringComparison.Ordinal))}/Q/suggestions"))["suggestions"]![0]!;

        ((string)best["code"]!).ShouldBe("2");
        ((string)best["why"]!).ShouldBe("others");
        ((int)best["senders"]!).ShouldBe(1);
    }

    [Fact]
    public async Task A_mapping_in_force_puts_the_national_code_beside_the_senders_own_and_a_draft_does_not()
    {
        await PutAsync(map, """{"system":"CV06.00.226","code":"2","state":"draft"}""");
        await hospital.SendAsync("/door/fhir", Stay("a", "D2", "医嘱转院"));
        (await CodingsAsync("a")).ShouldBe(["D2"]);

        await PutAsync(map, """{"system":"CV06.00.226","code":"2","why":"agreed"}""");
        await hospital.SendAsync("/door/fhir", Stay("b", "D2", "医嘱转院"));

        (await CodingsAsync("b")).ShouldBe(["D2", "2"]);
        ((string)(await hospital.GetJsonAsync("/door/codes"))["codes"]![0]!["state"]!).ShouldBe("mapped");
        (await hospital.SendAsync("/door/fhir", Stay("b", "D2", "医嘱转院"))).Outcome().ShouldBe("unchanged");
    }

    [Fact]
    public async Task Old_records_get_the_code_by_replay_and_newer_words_stay()
    {
        await hospital.SendAsync("/door/fhir", Stay("a", "D2", "医嘱转院"));
        await hospital.SendAsync("/door/fhir", Stay("b", "D2", "医嘱转院"));
        await hospital.SendAsync("/door/fhir", Stay("b", "D1", "医嘱离院"));
        await PutAsync(map, """{"system":"CV06.00.226","code":"2"}""");

        var replayed = await hospital.PostJsonAsync($"/door/maps/{Uri.EscapeDataString(System)}/replay", "");
        ((int)replayed["submissions"]!).ShouldBe(3);
        await DoneAsync(replayed);

        (await CodingsAsync("a")).ShouldBe(["D2", "2"]);
        (await CodingsAsync("b")).ShouldBe(["D1"]);

        // Once more, with another mapping, and once more without anything new.
        await PutAsync($"/door/maps/{Uri.EscapeDataString(System)}/D1", """{"system":"CV06.00.226","code":"1"}""");
        await DoneAsync(await hospital.PostJsonAsync($"/door/maps/{Uri.EscapeDataString(System)}/replay", ""));
        (await CodingsAsync("a")).ShouldBe(["D2", "2"]);
        (await CodingsAsync("b")).ShouldBe(["D1", "1"]);
        var version = await VersionAsync("b");
        await DoneAsync(await hospital.PostJsonAsync($"/door/maps/{Uri.EscapeDataString(System)}/replay", ""));
        (await VersionAsync("b")).ShouldBe(version);
    }

    [Fact]
    public async Task Mappings_are_a_versioned_ConceptMap_that_says_who_and_when_and_translates()
    {
        await hospital.SendAsync("/door/fhir", Stay("a", "D2", "医嘱转院"));
        await PutAsync(map, """{"system":"CV06.00.226","code":"3"}""");
        await PutAsync(map, """{"system":"CV06.00.226","code":"2","why":"wrong before"}""");

        var bundle = await steward.GetJsonAsync("/fhir/ConceptMap?source-system=" + Uri.EscapeDataString(System));
        var published = bundle["entry"]!.AsArray().Select(e => e!["resource"]!).Single(r => ((string)r["id"]!).StartsWith("local-", StringComparison.Ordinal));
        ((string)published["version"]!).ShouldBe("2");
        ((string)published["group"]![0]!["element"]![0]!["target"]![0]!["code"]!).ShouldBe("2");
        ((string)published["group"]![0]!["element"]![0]!["target"]![0]!["comment"]!).ShouldContain("institution H9");
        ((string)published["meta"]!["versionId"]!).ShouldBe("2");

        (await hospital.DeleteAsync(new Uri(map, UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        ((string)(await hospital.GetJsonAsync("/door/codes"))["codes"]![0]!["state"]!).ShouldBe("open");
    }

    [Fact]
    public async Task A_mapping_outlives_a_restart()
    {
        await PutAsync(map, """{"system":"CV06.00.226","code":"2"}""");
        await RestartAsync();
        await hospital.SendAsync("/door/fhir", Stay("a", "D2", "医嘱转院"));

        (await CodingsAsync("a")).ShouldBe(["D2", "2"]);
    }

    [Fact]
    public async Task Only_what_there_is_can_be_mapped_to_and_only_ones_own_can_be_mapped()
    {
        (await PutAsync(map, """{"system":"CV06.00.226","code":"77"}""")).ShouldBe(HttpStatusCode.BadRequest);
        (await PutAsync(map, """{"system":"NO-SUCH","code":"2"}""")).ShouldBe(HttpStatusCode.BadRequest);
        (await PutAsync(map + "?institution=H10", """{"system":"CV06.00.226","code":"2"}""")).ShouldBe(HttpStatusCode.Forbidden);
        (await PutAsync($"/door/maps/{Uri.EscapeDataString(Disposition)}/2", """{"system":"CV06.00.226","code":"2"}""")).ShouldBe(HttpStatusCode.BadRequest);
        using var clinician = server.Client("clinician");
        (await clinician.GetAsync(new Uri("/door/codes", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static string Stay(string id, string code, string display, string more = "") =>
        $$$$"""{"resourceType":"Encounter","id":"{{{{id}}}}","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"},"hospitalization":{"dischargeDisposition":{"coding":[{"system":"{{{{System}}}}","code":"{{{{code}}}}","display":"{{{{display}}}}"}{{{{more}}}}]}}}""";

    private async Task<JsonNode> EncounterAsync(string id)
    {
        var found = await steward.GetJsonAsync($"/fhir/Encounter?identifier={id}");
        return found["entry"]![0]!["resource"]!;
    }

    private async Task<string[]> CodingsAsync(string id) =>
        [.. (await EncounterAsync(id))["hospitalization"]!["dischargeDisposition"]!["coding"]!.AsArray().Select(c => (string)c!["code"]!)];

    private async Task<string> VersionAsync(string id) => (string)(await EncounterAsync(id))["meta"]!["versionId"]!;

    private async Task DoneAsync(JsonNode replayed)
    {
        foreach (var number in replayed["receipts"]!.AsArray())
        {
            while ((string?)(await steward.GetJsonAsync($"/door/receipts/{(string)number!}"))["status"] != "done")
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }
    }

    private async Task<HttpStatusCode> PutAsync(string address, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await hospital.PutAsync(new Uri(address, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private async Task RestartAsync()
    {
        hospital.Dispose();
        steward.Dispose();
        await server.RestartAsync();
        steward = server.Client();
        hospital = server.Client("institution", "H9");
    }
}
