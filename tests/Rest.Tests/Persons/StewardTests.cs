using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Rest.Tests.Persons;

/// <summary>What a steward decides about residents, and how it is taken back.</summary>
public sealed class StewardTests(RestServer server)
{
    [Fact]
    public async Task A_merge_is_seen_at_once_and_its_undo_restores_both_exactly()
    {
        var (firstSource, first) = await NewAsync("呼延灼", "1970-10-10", null, "15400770001");
        var (secondSource, second) = await NewAsync("呼延灼", "1970-10-11", null, "15400770002");
        first.ShouldNotBe(second);
        var one = (await server.CreatedAsync(Encounter(firstSource))).Id;
        var two = (await server.CreatedAsync(Encounter(secondSource))).Id;
        var before = (await BodyAsync(first), await BodyAsync(second));

        var merged = await DecideAsync("$merge", ("survivor", first), ("retired", second));
        merged.Status.ShouldBe(200, merged.Text);
        (await server.GetAsync($"Encounter?patient={first}")).Ids.ShouldBe([one, two], ignoreOrder: true);
        (await server.GetAsync($"Encounter?patient={second}")).Ids.ShouldBe([one, two], ignoreOrder: true, "old ids still resolve");
        (await server.GetAsync($"Person?link=Patient/{secondSource}")).Ids.ShouldBe([first]);
        (await server.GetAsync($"Patient/{second}")).Json["link"]![0]!["type"]!.GetValue<string>().ShouldBe("replaced-by");
        (await server.GetAsync($"Encounter/{two}")).Json["meta"]!["versionId"]!.GetValue<string>().ShouldBe("1", "clinical rows follow the link");

        (await DecideAsync("$unmerge", ("retired", second))).Status.ShouldBe(200);
        (await server.GetAsync($"Encounter?patient={first}")).Ids.ShouldBe([one]);
        (await server.GetAsync($"Encounter?patient={second}")).Ids.ShouldBe([two]);
        (await BodyAsync(first)).ShouldBe(before.Item1);
        (await BodyAsync(second)).ShouldBe(before.Item2);
        var told = await server.GetAsync($"Provenance?target=Person/{first}");
        told.Json["entry"]!.AsArray().Select(e => (string)e!["resource"]!["activity"]!["coding"]![0]!["code"]!).ShouldBe(["merge", "unmerge"], ignoreOrder: true);
        told.Text.ShouldContain("柜台核实");
    }

    [Fact]
    public async Task Two_with_verified_numbers_are_merged_only_by_two_persons()
    {
        var (_, first) = await NewAsync("赫连勃", "1988-08-08", People.Number("1988-08-08"), "15400770003");
        var (_, second) = await NewAsync("赫连勃", "1988-08-18", People.Number("1988-08-18"), "15400770003");

        (await DecideAsync("$merge", ("survivor", first), ("retired", second))).Status.ShouldBe(202);
        (await server.GetAsync($"Person/{second}")).Json["active"]!.GetValue<bool>().ShouldBeTrue("it waits");
        (await DecideAsync("$merge", ("survivor", first), ("retired", second))).Code.ShouldBe("PIX020");
        (await DecideAsync("$merge", ("survivor", first), ("retired", second), ("actor", "另一人"))).Status.ShouldBe(200);
        (await server.GetAsync($"Person/{second}")).Json["active"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_split_is_never_brought_together_again()
    {
        var number = People.Number("1966-06-06");
        var (one, person) = await NewAsync("拓跋宏", "1966-06-06", number, "15400770005");
        var two = (await server.CreatedAsync(People.Patient("拓跋宏", "1966-06-06", number))).Id;

        var split = await DecideAsync("$split", ("person", person), ("source", two));
        split.Status.ShouldBe(200, split.Text);
        var other = (await server.GetAsync($"Person?link=Patient/{two}")).Ids.ShouldHaveSingleItem();
        other.ShouldNotBe(person);

        (await server.PutAsync($"Patient/{two}", People.Patient("拓跋宏", "1966-06-06", number, phone: "15400770005", id: two))).Status.ShouldBe(200);
        (await server.GetAsync($"Person?link=Patient/{two}")).Ids.ShouldBe([other]);
        (await server.GetAsync($"Person?link=Patient/{one}")).Ids.ShouldBe([person]);
        (await DecideAsync("$merge", ("survivor", person), ("retired", other), ("actor", "甲"))).Status.ShouldBeOneOf(202, 409);
    }

    [Fact]
    public async Task A_retired_person_cannot_survive_a_merge_and_a_decision_needs_a_reason()
    {
        var (_, first) = await NewAsync("长孙无忌", "1954-01-01", null, "15400770011");
        var (_, second) = await NewAsync("长孙冲", "1984-02-02", null, "15400770012");
        var (_, third) = await NewAsync("长孙涣", "1986-03-03", null, "15400770013");
        (await DecideAsync("$merge", ("survivor", first), ("retired", second))).Status.ShouldBe(200);
        (await DecideAsync("$merge", ("survivor", second), ("retired", third))).Code.ShouldBe("PIX012");
        (await DecideAsync("$merge", ("survivor", third), ("retired", third))).Code.ShouldBe("PIX011");
        (await DecideAsync("$merge", ("survivor", first), ("retired", third), ("reason", ""))).Status.ShouldBe(400);
        (await DecideAsync("$unmerge", ("retired", third))).Code.ShouldBe("PIX013");
    }

    [Fact]
    public async Task A_doubt_lies_where_a_steward_sees_it_with_what_speaks_for_and_against()
    {
        var number = People.Number("1979-07-07");
        var (one, person) = await NewAsync("鲜于通", "1979-07-07", number, "15400770021");
        var (two, other) = await NewAsync("完颜亮", "1953-03-03", number, "15400770022");
        other.ShouldNotBe(person);

        using var http = server.Client(server.Token(Roles.System));
        http.BaseAddress = new Uri(server.Base, "/");
        var list = await http.GetFromJsonAsync<JsonNode>($"index/reviews?resident={person}", TestContext.Current.CancellationToken);
        var review = list!["entries"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)review["kind"]!).ShouldBe("sharedNumber");
        var view = await http.GetFromJsonAsync<JsonNode>($"index/reviews/{review["id"]}", TestContext.Current.CancellationToken);
        view!["sides"]!.AsArray().Select(s => (string)s!["source"]!).ShouldBe([one, two], ignoreOrder: true);
        view["sides"]![0]!["number"]!.GetValue<string>().ShouldContain("********");
        view["review"]!["evidence"]!.AsArray().Select(e => (string)e!["comparison"]!).ShouldContain("name");

        var decided = await http.PostAsJsonAsync($"index/reviews/{review["id"]}", new { decision = "different", reason = "两人各有证件", actor = "王" }, TestContext.Current.CancellationToken);
        decided.IsSuccessStatusCode.ShouldBeTrue(await decided.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        (await http.GetFromJsonAsync<JsonNode>($"index/reviews?resident={person}", TestContext.Current.CancellationToken))!["total"]!.GetValue<int>().ShouldBe(0);
        (await DecideAsync("$merge", ("survivor", person), ("retired", other), ("actor", "甲"))).Status.ShouldBeOneOf(202, 409);
    }

    [Fact]
    public async Task A_source_that_becomes_another_person_is_an_overlay_for_a_steward()
    {
        var (source, person) = await NewAsync("澹台明", "1990-09-09", People.Number("1990-09-09"), "15400770031");
        (await server.PutAsync($"Patient/{source}", People.Patient("哥舒翰", "1948-04-04", People.Number("1948-04-04"), id: source))).Status.ShouldBe(200);
        using var http = server.Client(server.Token(Roles.System));
        http.BaseAddress = new Uri(server.Base, "/");
        var list = await http.GetFromJsonAsync<JsonNode>($"index/reviews?resident={person}&kind=overlay", TestContext.Current.CancellationToken);
        ((string)list!["entries"]!.AsArray().ShouldHaveSingleItem()!["source"]!).ShouldBe(source);
    }

    [Fact]
    public async Task A_number_leads_to_the_persons_other_numbers_and_Patients()
    {
        var number = People.Number("1995-05-05");
        var (one, person) = await NewAsync("百里奚", "1995-05-05", number, "15400770041");
        var two = (await server.CreatedAsync(People.Patient("百里奚", "1995-05-05", number))).Id;
        var found = await server.GetAsync($"Patient/$ihe-pix?sourceIdentifier=urn:oid:2.16.156.10011.1.3|{number}");
        found.Json["parameter"]!.AsArray().Where(p => (string)p!["name"]! == "targetId").Select(p => (string)p!["valueReference"]!["reference"]!)
            .ShouldBe([$"Patient/{person}", $"Patient/{one}", $"Patient/{two}"], ignoreOrder: true);
        found.Text.ShouldContain("id/health-record");
        (await server.GetAsync("Patient/$ihe-pix?sourceIdentifier=urn:x|nobody")).Status.ShouldBe(404);
    }

    private static string Encounter(string patient) => new JsonObject
    {
        ["resourceType"] = "Encounter",
        ["status"] = "finished",
        ["class"] = new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v3-ActCode", ["code"] = "AMB" },
        ["subject"] = new JsonObject { ["reference"] = $"Patient/{patient}" },
    }.ToJsonString();

    private async Task<(string Source, string Person)> NewAsync(string name, string birth, string? number, string phone)
    {
        var source = (await server.CreatedAsync(People.Patient(name, birth, number, phone: phone))).Id;
        return (source, (await server.GetAsync($"Person?link=Patient/{source}")).Ids.ShouldHaveSingleItem());
    }

    private Task<Reply> DecideAsync(string operation, params (string Name, string Value)[] parameters)
    {
        (string Name, string Value)[] all = [("reason", "柜台核实"), ("actor", "张")];
        return server.PostAsync($"Person/{operation}", new JsonObject
        {
            ["resourceType"] = "Parameters",
            ["parameter"] = new JsonArray([.. parameters.Concat(all.Where(a => !parameters.Any(p => p.Name == a.Name)))
                .Select(p => (JsonNode)new JsonObject { ["name"] = p.Name, ["valueString"] = p.Value.Length == 0 ? "-" : p.Value })
                .Where(p => (string)p["valueString"]! != "-")]),
        }.ToJsonString());
    }

    /// <summary>A Person without what every version has of its own.</summary>
    private async Task<string> BodyAsync(string person)
    {
        var json = (await server.GetAsync($"Person/{person}")).Json.AsObject();
        json.Remove("meta");
        return json.ToJsonString();
    }
}
