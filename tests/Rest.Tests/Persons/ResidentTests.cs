using System.Text.Json.Nodes;

namespace Kangqiao.Rest.Tests.Persons;

/// <summary>One resident, however many records.</summary>
public sealed class ResidentTests(RestServer server)
{
    [Fact]
    public async Task Two_records_with_one_verified_number_are_one_resident()
    {
        var number = People.Number("1987-03-12");
        var first = (await server.CreatedAsync(People.Patient("欧阳静", "1987-03-12", number))).Id;
        var second = (await server.CreatedAsync(People.Patient("欧阳静", "1987-03-12", number, phone: "15400001234"))).Id;

        var person = await PersonOfAsync(first);
        person.ShouldBe(await PersonOfAsync(second));
        var links = (await server.GetAsync($"Person/{person}")).Json["link"]!.AsArray();
        links.Select(l => (string)l!["target"]!["reference"]!).ShouldBe([$"Patient/{first}", $"Patient/{second}"], ignoreOrder: true);
        links.ShouldAllBe(l => (string)l!["assurance"]! == "level4");

        var composed = (await server.GetAsync($"Patient/{person}")).Json;
        ((string)composed["name"]![0]!["text"]!).ShouldBe("欧阳静");
        ((string)composed["telecom"]![0]!["value"]!).ShouldBe("15400001234");
        composed["identifier"]!.AsArray().Select(i => (string)i!["value"]!).ShouldContain(number);
    }

    [Fact]
    public async Task A_composed_Patient_is_found_only_by_those_who_ask_for_it()
    {
        var number = People.Number("1990-01-02");
        var source = (await server.CreatedAsync(People.Patient("司马朗", "1990-01-02", number))).Id;
        var person = await PersonOfAsync(source);

        (await server.GetAsync($"Patient?identifier={number}")).Ids.ShouldBe([source]);
        (await server.GetAsync($"Patient?identifier={number}&_tag=resident")).Ids.ShouldBe([person]);
        (await server.GetAsync($"Patient/{source}/$everything?_type=Patient")).Ids.ShouldBe([source]);
        (await server.GetAsync($"Patient/{person}/$everything?_type=Patient")).Ids.ShouldBe([source, person], ignoreOrder: true);
    }

    [Fact]
    public async Task Whoever_asks_for_a_resident_gets_the_records_of_all_its_sources()
    {
        var number = People.Number("1961-11-30");
        var first = (await server.CreatedAsync(People.Patient("诸葛云", "1961-11-30", number))).Id;
        var second = (await server.CreatedAsync(People.Patient("诸葛云", "1961-11-30", number))).Id;
        var one = (await server.CreatedAsync(Observation(first))).Id;
        var two = (await server.CreatedAsync(Observation(second))).Id;
        var person = await PersonOfAsync(first);

        foreach (var question in (string[])
        [
            $"Observation?patient={person}", $"Observation?subject=Patient/{person}", $"Patient/{person}/Observation",
            $"Patient/{person}/$everything?_type=Observation", $"Person/{person}/$everything?_type=Observation",
            $"Observation?subject:Patient.identifier={number}", $"Observation?patient._id={person}", $"Observation?_filter=patient eq Patient/{person}",
        ])
        {
            (await server.GetAsync(question)).Ids.ShouldBe([one, two], ignoreOrder: true, question);
        }

        (await server.GetAsync($"Observation?patient={first}")).Ids.ShouldBe([one]);
        (await server.GetAsync($"Patient?_tag=resident&identifier={number}&_has:Observation:patient:code=2345-7")).Ids.ShouldBe([person]);
        (await server.GetAsync($"Patient?_tag=resident&identifier={number}&_revinclude=Observation:patient")).Ids.ShouldBe([person, one, two], ignoreOrder: true);
    }

    [Fact]
    public async Task Match_finds_the_resident_and_says_how_sure_it_is()
    {
        var number = People.Number("1975-08-09");
        var source = (await server.CreatedAsync(People.Patient("公孙瑶", "1975-08-09", number, phone: "15400009871", address: "兰城市河东区光明路17号3单元502室"))).Id;
        var person = await PersonOfAsync(source);

        var byNumber = await server.PostAsync("Patient/$match", People.MatchOf(People.Patient("公孙瑶", "1975-08-09", number)));
        byNumber.Ids.ShouldBe([person]);
        Grade(byNumber).ShouldBe("certain");

        var byLikeness = await server.PostAsync("Patient/$match", People.MatchOf(People.Patient("公孙遥", "1975-08-09", null, phone: "15400009871", address: "河东区光明路17号3单元502室")));
        byLikeness.Ids.ShouldContain(person);

        var stranger = await server.PostAsync("Patient/$match", People.MatchOf(People.Patient("夏侯惇", "1933-02-01", null)));
        stranger.Ids.ShouldNotContain(person);
    }

    [Fact]
    public async Task Many_who_bring_one_human_at_once_make_one_resident()
    {
        var number = People.Number("2001-05-06");
        var replies = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => server.PostAsync("Patient", People.Patient("尉迟恭", "2001-05-06", number))));
        replies.ShouldAllBe(r => r.Status == 201);
        (await server.GetAsync($"Person?identifier={number}")).Ids.Length.ShouldBe(1);
        var person = await server.GetAsync($"Person?identifier={number}");
        person.Json["entry"]![0]!["resource"]!["link"]!.AsArray().Count.ShouldBe(24);
    }

    [Fact]
    public async Task What_is_composed_cannot_be_written()
    {
        var source = (await server.CreatedAsync(People.Patient("慕容雪", "1999-09-09", People.Number("1999-09-09")))).Id;
        var person = await PersonOfAsync(source);
        var composed = (await server.GetAsync($"Patient/{person}")).Json.AsObject();
        composed["gender"] = "male";

        (await server.PutAsync($"Patient/{person}", composed.ToJsonString())).Status.ShouldBe(409);
        (await server.SendAsync("DELETE", $"Person/{person}")).Status.ShouldBe(409);
        (await server.PostAsync("Patient", composed.ToJsonString())).Code.ShouldBe("PIX008");
    }

    [Fact]
    public async Task A_number_used_by_two_people_does_not_make_them_one()
    {
        var number = People.Number("1980-04-04");
        var one = (await server.CreatedAsync(People.Patient("宇文泰", "1980-04-04", number, gender: "male"))).Id;
        var other = (await server.CreatedAsync(People.Patient("独孤伽罗", "1958-12-25", number))).Id;
        (await PersonOfAsync(one)).ShouldNotBe(await PersonOfAsync(other));
    }

    [Fact]
    public async Task A_newborn_on_its_mothers_number_is_not_its_mother()
    {
        var number = People.Number("1992-06-18");
        var mother = (await server.CreatedAsync(People.Patient("令狐敏", "1992-06-18", number))).Id;
        var child = (await server.CreatedAsync(People.Patient("令狐敏之女", "2026-02-03", number))).Id;
        (await PersonOfAsync(mother)).ShouldNotBe(await PersonOfAsync(child));
    }

    private static string Grade(Reply bundle) => (string)bundle.Json["entry"]![0]!["search"]!["extension"]![0]!["valueCode"]!;

    private static string Observation(string patient) => new JsonObject
    {
        ["resourceType"] = "Observation",
        ["status"] = "final",
        ["code"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://loinc.org", ["code"] = "2345-7" }) },
        ["subject"] = new JsonObject { ["reference"] = $"Patient/{patient}" },
    }.ToJsonString();

    private async Task<string> PersonOfAsync(string source) =>
        (await server.GetAsync($"Person?link=Patient/{source}")).Ids.ShouldHaveSingleItem();
}
