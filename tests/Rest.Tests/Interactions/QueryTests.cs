namespace Kangqiao.Rest.Tests.Interactions;

/// <summary>What of R4's search reaches beyond plain parameters.</summary>
public sealed class QueryTests(RestServer server)
{
    [Theory]
    [InlineData("family eq \"NAME\"", "1 2")]
    [InlineData("family sw NAME and gender eq female", "1 3")]
    [InlineData("family ew \"Zusatz\" and family co NAME", "3")]
    [InlineData("family sw NAME and not (gender eq female)", "2")]
    [InlineData("family sw NAME and (birthdate lt 1960 or birthdate pr false)", "1 3")]
    [InlineData("family sw NAME and birthdate po 1970-01", "2")]
    [InlineData("family eq NAME and gender ne male", "1")]
    [InlineData("gender eq male or gender eq female and family sw NAME and given sw Xi", "2")]
    [InlineData("family sw NAME and organization.name eq \"Haus NAME\"", "2")]
    [InlineData("_id eq none or family eq NAME and address pr false", "1 2")]
    public async Task A_filter_finds_what_it_says(string filter, string found)
    {
        var name = Sample.Unique("Filter");
        var house = await server.CreatedAsync($$"""{"resourceType":"Organization","name":"Haus {{name}}"}""");
        var ids = new[]
        {
            (await server.CreatedAsync($$"""{"resourceType":"Patient","name":[{"family":"{{name}}"}],"gender":"female","birthDate":"1958"}""")).Id,
            (await server.CreatedAsync($$"""{"resourceType":"Patient","name":[{"family":"{{name}}","given":["Xi"]}],"gender":"male","birthDate":"1970-01-03","managingOrganization":{"reference":"Organization/{{house.Id}}"} }""")).Id,
            (await server.CreatedAsync($$"""{"resourceType":"Patient","name":[{"family":"{{name}} Zusatz"}],"gender":"female"}""")).Id,
        };
        var reply = await server.GetAsync($"Patient?_total=accurate&_filter={Uri.EscapeDataString(filter.Replace("NAME", name, StringComparison.Ordinal))}");
        reply.Status.ShouldBe(200, reply.Text);
        reply.Ids.ShouldBe(found.Split(' ').Select(n => ids[int.Parse(n, System.Globalization.CultureInfo.InvariantCulture) - 1]), ignoreOrder: true);
        ((int?)reply.Json["total"]).ShouldBe(reply.Ids.Length);
    }

    [Theory]
    [InlineData("related[type eq x].target pr true")]
    [InlineData("name xx y")]
    [InlineData("name eq")]
    [InlineData("(name eq x")]
    [InlineData("name eq x and")]
    [InlineData("colour eq red")]
    [InlineData("gender gt male")]
    [InlineData("name eq x y")]
    public async Task A_filter_that_cannot_be_asked_is_refused(string filter) =>
        (await server.GetAsync($"Patient?_filter={Uri.EscapeDataString(filter)}")).Status.ShouldBe(400);

    [Fact]
    public async Task Texts_are_searched_by_words_phrases_and_chinese()
    {
        var word = Sample.Unique("wort");
        var created = await server.CreatedAsync(
            $$"""{"resourceType":"Condition","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Fracture of the {{word}} bone, 左侧股骨骨折</p></div>"},"subject":{"reference":"Patient/1"},"note":[{"text":"metastases not seen {{word}}note"}]}""");
        string[] one = [created.Id];
        (await server.GetAsync($"Condition?_text={word}")).Ids.ShouldBe(one);
        (await server.GetAsync($"Condition?_text={word[..^1]}")).Ids.ShouldBeEmpty();
        (await server.GetAsync($"Condition?_text=FRACT* {word}")).Ids.ShouldBe(one);
        (await server.GetAsync($"Condition?_text=\"{word} bone\" AND (股骨 OR liver)")).Ids.ShouldBe(one);
        (await server.GetAsync($"Condition?_text={word} NOT bone")).Ids.ShouldBeEmpty();
        (await server.GetAsync($"Condition?_text={word}note")).Ids.ShouldBeEmpty();
        (await server.GetAsync($"Condition?_content={word}note,nothing")).Ids.ShouldBe(one);
        (await server.GetAsync("Condition?_text=(a OR")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_list_names_what_is_searched()
    {
        var kept = await server.CreatedAsync(Sample.Patient("Kept"));
        var struck = await server.CreatedAsync(Sample.Patient("Struck"));
        var list = await server.CreatedAsync(
            $$"""{"resourceType":"List","status":"current","mode":"changes","entry":[{"item":{"reference":"Patient/{{kept.Id}}"} },{"deleted":true,"item":{"reference":"Patient/{{struck.Id}}"} }]}""");
        (await server.GetAsync($"Patient?_list={list.Id}")).Ids.ShouldBe([kept.Id]);
        (await server.GetAsync($"Patient?_list={list.Id}&family=Other")).Ids.ShouldBeEmpty();
        (await server.GetAsync("Patient?_list=never-there")).Status.ShouldBe(404);
        (await server.GetAsync("Patient?_list=$current-problems")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Wholes_are_searched_with_their_parts()
    {
        var city = await server.CreatedAsync("""{"resourceType":"Location","name":"City"}""");
        var house = await server.CreatedAsync($$"""{"resourceType":"Location","name":"House","partOf":{"reference":"Location/{{city.Id}}"} }""");
        var room = await server.CreatedAsync($$"""{"resourceType":"Location","name":"Room","partOf":{"reference":"Location/{{house.Id}}"} }""");
        var visit = await server.CreatedAsync(
            $$"""{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"location":[{"location":{"reference":"Location/{{room.Id}}"} }]}""");
        (await server.GetAsync($"Location?partof:below=Location/{city.Id}")).Ids.ShouldBe([house.Id, room.Id], ignoreOrder: true);
        (await server.GetAsync($"Location?partof:above={room.Id}")).Ids.ShouldBe([house.Id, room.Id], ignoreOrder: true, customMessage: "what is part of the room, the house or the city");
        (await server.GetAsync($"Encounter?location:below={city.Id}")).Ids.ShouldBe([visit.Id]);
        (await server.GetAsync($"Encounter?location:below={visit.Id}")).Ids.ShouldBeEmpty();
        (await server.GetAsync($"Encounter?subject:below=Patient/{city.Id}")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_definition_is_found_by_its_url_through_chains_and_includes()
    {
        var url = "http://forms.example/" + Sample.Unique("q");
        var form = await server.CreatedAsync($$"""{"resourceType":"Questionnaire","url":"{{url}}","version":"2","status":"active","title":"{{url}}"}""");
        var answer = await server.CreatedAsync($$"""{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"{{url}}|2"}""");
        var older = await server.CreatedAsync($$"""{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"{{url}}|1"}""");
        var plain = await server.CreatedAsync($$"""{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"{{url}}"}""");
        (await server.GetAsync($"QuestionnaireResponse?questionnaire.title={url}")).Ids.ShouldBe([answer.Id, plain.Id]);
        (await server.GetAsync($"QuestionnaireResponse?_id={answer.Id}&_include=QuestionnaireResponse:questionnaire")).Ids.ShouldBe([answer.Id, form.Id]);
        (await server.GetAsync($"QuestionnaireResponse?_id={older.Id}&_include=QuestionnaireResponse:questionnaire")).Ids.ShouldBe([older.Id]);
        (await server.GetAsync($"Questionnaire?_id={form.Id}&_revinclude=QuestionnaireResponse:questionnaire")).Ids.ShouldBe([form.Id, answer.Id, plain.Id]);
        (await server.GetAsync($"Questionnaire?url={url}&_has:QuestionnaireResponse:questionnaire:status=completed")).Ids.ShouldBe([form.Id]);
    }

    [Fact]
    public async Task A_reference_by_identifier_is_followed()
    {
        var number = Sample.Unique("id");
        var patient = await server.CreatedAsync(Sample.Patient("Logik" + number, identifier: number));
        var observation = await server.CreatedAsync(
            $$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"type":"Patient","identifier":{"system":"urn:oid:1.2.3","value":"{{number}}"} } }""");
        (await server.GetAsync($"Observation?subject:Patient.family=Logik{number}")).Ids.ShouldBe([observation.Id]);
        (await server.GetAsync($"Observation?_id={observation.Id}&_include=Observation:subject")).Ids.ShouldBe([observation.Id, patient.Id]);
        (await server.GetAsync($"Patient?_id={patient.Id}&_revinclude=Observation:subject")).Ids.ShouldBe([patient.Id, observation.Id]);
        (await server.GetAsync($"Patient?family=Logik{number}&_has:Observation:subject:status=final")).Ids.ShouldBe([patient.Id]);
        (await server.GetAsync($"Observation?subject:identifier=urn:oid:1.2.3|{number}")).Ids.ShouldBe([observation.Id]);
    }

    [Fact]
    public async Task A_reference_by_our_own_address_is_a_reference_to_our_record()
    {
        var patient = await server.CreatedAsync(Sample.Patient());
        var own = $"{server.Base.ToString().TrimEnd('/')}/Patient/{patient.Id}";
        var observation = await server.CreatedAsync(Sample.Observation(own));
        ((string?)observation.Json["subject"]!["reference"]).ShouldBe($"Patient/{patient.Id}");
        (await server.GetAsync($"Patient/{patient.Id}/Observation")).Ids.ShouldBe([observation.Id]);
        (await server.GetAsync($"Observation?subject={own}")).Ids.ShouldBe([observation.Id]);
        (await server.GetAsync($"Observation?_id={observation.Id}&_include=*")).Ids.ShouldBe([observation.Id, patient.Id]);
        var bundle = await server.PostAsync("", Sample.Bundle("transaction", Sample.Entry("POST", "Observation", Sample.Observation(own))));
        bundle.Status.ShouldBe(200, bundle.Text);
        (await server.GetAsync($"Patient/{patient.Id}/Observation")).Ids.Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_reference_by_condition_is_resolved_in_a_single_change_too()
    {
        var number = Sample.Unique("cond");
        var observation = Sample.Observation($"Patient?identifier=urn:oid:1.2.3|{number}");
        (await server.PostAsync("Observation", observation)).Status.ShouldBe(412);
        var patient = await server.CreatedAsync(Sample.Patient(identifier: number));
        ((string?)(await server.CreatedAsync(observation)).Json["subject"]!["reference"]).ShouldBe($"Patient/{patient.Id}");
        var batch = await server.PostAsync("", Sample.Bundle("batch", Sample.Entry("POST", "Observation", observation)));
        ((string?)batch.Json["entry"]![0]!["response"]!["status"]).ShouldBe("201 Created");
        await server.CreatedAsync(Sample.Patient(identifier: number));
        (await server.PostAsync("Observation", observation)).Status.ShouldBe(412);
    }

    [Fact]
    public async Task Codes_are_searched_by_value_sets_and_hierarchies()
    {
        var name = Sample.Unique("cs");
        await server.CreatedAsync(
            $$"""{"resourceType":"CodeSystem","url":"http://{{name}}.example","version":"1","status":"active","content":"complete","hierarchyMeaning":"is-a","concept":[{"code":"a","concept":[{"code":"ab"},{"code":"ac"}]},{"code":"z"}]}""");
        var set = await server.CreatedAsync(
            $$"""{"resourceType":"ValueSet","url":"http://{{name}}.example/vs","version":"7","status":"active","compose":{"include":[{"system":"http://{{name}}.example","filter":[{"property":"concept","op":"is-a","value":"a"}]}]} }""");
        var ids = new Dictionary<string, string>();
        foreach (var code in (string[])["a", "ab", "z"])
        {
            ids[code] = (await server.CreatedAsync(
                $$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://{{name}}.example","code":"{{code}}"}]},"device":{"reference":"Device/{{name}}"} }""")).Id;
        }

        await KnownAsync($"ValueSet/$expand?url=http://{name}.example/vs");
        var about = $"Observation?device=Device/{name}&code";
        (await server.GetAsync($"{about}:below=http://{name}.example|a")).Ids.ShouldBe([ids["a"], ids["ab"]]);
        (await server.GetAsync($"{about}:above=http://{name}.example|ab")).Ids.ShouldBe([ids["a"], ids["ab"]]);
        foreach (var way in (string[])[$"http://{name}.example/vs", $"http://{name}.example/vs|7", $"ValueSet/{set.Id}", $"{server.Base}ValueSet/{set.Id}", $"http://{name}.example?fhir_vs=isa/a"])
        {
            var reply = await server.GetAsync($"{about}:in={Uri.EscapeDataString(way)}");
            reply.Status.ShouldBe(200, way + reply.Text);
            reply.Ids.ShouldBe([ids["a"], ids["ab"]], way);
        }

        (await server.GetAsync($"{about}:not-in=http://{name}.example/vs")).Ids.ShouldBe([ids["z"]]);
        (await server.GetAsync($"{about}:in=http://{name}.example/vs|8")).Status.ShouldBe(400);
        (await server.GetAsync($"{about}:in=http://nowhere.example/vs")).Status.ShouldBe(400);
        (await server.GetAsync($"{about}:in=http://snomed.info/sct?fhir_vs=ecl/1")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task The_last_changed_come_first_or_last()
    {
        var family = Sample.Unique("Ordnung");
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add((await server.CreatedAsync(Sample.Patient(family))).Id);
            await Task.Delay(3, TestContext.Current.CancellationToken);
        }

        await server.PutAsync($"Patient/{ids[0]}", Sample.Patient(family + "s", ids[0]));
        (await server.GetAsync($"Patient?family={family}&_sort=_lastUpdated")).Ids.ShouldBe([ids[1], ids[2], ids[0]]);
        (await server.GetAsync($"Patient?family={family}&_sort=-_lastUpdated")).Ids.ShouldBe([ids[0], ids[2], ids[1]]);
        (await server.GetAsync($"Patient?family={family}&_sort=-_lastUpdated&_count=1")).Ids.ShouldBe([ids[0]]);
    }

    [Fact]
    public async Task Included_records_lead_on_to_others_only_when_asked()
    {
        var city = await server.CreatedAsync("""{"resourceType":"Organization","name":"City"}""");
        var house = await server.CreatedAsync($$"""{"resourceType":"Organization","name":"House","partOf":{"reference":"Organization/{{city.Id}}"} }""");
        var patient = await server.CreatedAsync($$"""{"resourceType":"Patient","managingOrganization":{"reference":"Organization/{{house.Id}}"} }""");
        (await server.GetAsync($"Patient?_id={patient.Id}&_include=Patient:organization&_include=Organization:partof")).Ids.ShouldBe([patient.Id, house.Id]);
        (await server.GetAsync($"Patient?_id={patient.Id}&_include=Patient:organization&_include:iterate=Organization:partof")).Ids
            .ShouldBe([patient.Id, house.Id, city.Id]);
        (await server.GetAsync($"Patient?_id={patient.Id}&_include=Patient:organization&_summary=text")).Status.ShouldBe(400);
        (await server.GetAsync($"Patient?_id={patient.Id}&_include=Patient:organization&_summary=true")).Ids.Length.ShouldBe(2);
        (await server.GetAsync($"Patient?_id={patient.Id}&_contained=true")).Status.ShouldBe(404);
    }

    /// <summary>The terminology in force follows the records within half a second or so.</summary>
    private async Task KnownAsync(string address)
    {
        while ((await server.GetAsync(address)).Status != 200)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
