namespace Kangqiao.Rest.Tests.Interactions;

public sealed class SearchTests(RestServer server)
{
    [Fact]
    public async Task Records_are_found_by_what_they_say_and_no_longer_when_they_change()
    {
        var family = Sample.Unique("Suche");
        var created = await server.CreatedAsync(Sample.Patient(family));
        (await server.GetAsync($"Patient?family={family}")).Ids.ShouldBe([created.Id]);
        await server.PutAsync($"Patient/{created.Id}", Sample.Patient("Changed" + family, created.Id));
        (await server.GetAsync($"Patient?family={family}")).Ids.ShouldBeEmpty();
        await server.SendAsync("DELETE", $"Patient/{created.Id}");
        (await server.GetAsync($"Patient?family=Changed{family}")).Ids.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_join_without_gap_or_overlap()
    {
        var family = Sample.Unique("Seite");
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add((await server.CreatedAsync(Sample.Patient(family))).Id);
        }

        var found = new List<string>();
        var next = $"Patient?family={family}&_count=3&_total=accurate";
        while (next is not null)
        {
            var page = await server.GetAsync(next);
            ((int?)page.Json["total"]).ShouldBe(7);
            found.AddRange(page.Ids);
            next = (string?)page.Json["link"]!.AsArray().FirstOrDefault(l => (string?)l!["relation"] == "next")?["url"];
        }

        found.ShouldBe(ids);
    }

    [Fact]
    public async Task A_posted_search_asks_the_same()
    {
        var family = Sample.Unique("Post");
        var created = await server.CreatedAsync(Sample.Patient(family));
        var reply = await server.PostAsync("Patient/_search", $"family={family}", ("Content-Type", "application/x-www-form-urlencoded"));
        reply.Ids.ShouldBe([created.Id]);
        (await server.PostAsync("Patient/_search", "{}")).Status.ShouldBe(415);
    }

    [Fact]
    public async Task Compartments_and_all_types_are_searched()
    {
        var patient = await server.CreatedAsync(Sample.Patient());
        var observation = await server.CreatedAsync(Sample.Observation($"Patient/{patient.Id}"));
        (await server.GetAsync($"Patient/{patient.Id}/Observation")).Ids.ShouldBe([observation.Id]);
        (await server.GetAsync($"Patient/{patient.Id}/*")).Ids.ShouldBe([patient.Id, observation.Id], ignoreOrder: true);
        (await server.GetAsync($"?_type=Patient,Observation&_id={patient.Id},{observation.Id}")).Ids
            .ShouldBe([patient.Id, observation.Id], ignoreOrder: true);
        (await server.GetAsync($"Practitioner/{patient.Id}/Patient/x")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task What_is_referred_to_comes_along_when_asked()
    {
        var patient = await server.CreatedAsync(Sample.Patient());
        var observation = await server.CreatedAsync(Sample.Observation($"Patient/{patient.Id}"));
        var reply = await server.GetAsync($"Observation?_id={observation.Id}&_include=Observation:subject");
        reply.Ids.ShouldBe([observation.Id, patient.Id]);
        reply.Json["entry"]!.AsArray().Select(e => (string?)e!["search"]!["mode"]).ShouldBe(["match", "include"]);
        (await server.GetAsync($"Patient?_id={patient.Id}&_revinclude=Observation:subject")).Ids.ShouldBe([patient.Id, observation.Id]);
    }

    [Fact]
    public async Task An_unknown_parameter_is_refused_unless_the_client_is_lenient()
    {
        var family = Sample.Unique("Lenient");
        await server.CreatedAsync(Sample.Patient(family));
        (await server.GetAsync($"Patient?family={family}&colour=red")).Status.ShouldBe(400);
        var lenient = await server.GetAsync($"Patient?family={family}&colour=red", ("Prefer", "handling=lenient"));
        lenient.Status.ShouldBe(200);
        ((string?)lenient.Json["link"]![0]!["url"]).ShouldNotBeNull().ShouldNotContain("colour");
        lenient.Text.ShouldContain("\"mode\":\"outcome\"");
    }

    [Fact]
    public async Task A_patients_everything_is_all_about_the_patient_and_what_that_names()
    {
        var organization = await server.CreatedAsync("""{"resourceType":"Organization","name":"Hospital"}""");
        var patient = await server.CreatedAsync(
            $$"""{"resourceType":"Patient","managingOrganization":{"reference":"Organization/{{organization.Id}}"} }""");
        var observation = await server.CreatedAsync(Sample.Observation($"Patient/{patient.Id}"));
        await server.CreatedAsync(Sample.Observation("Patient/another"));
        (await server.GetAsync($"Patient/{patient.Id}/$everything")).Ids
            .ShouldBe([patient.Id, observation.Id, organization.Id], ignoreOrder: true);
        (await server.GetAsync($"Patient/{patient.Id}/$everything?_type=Observation")).Ids.ShouldBe([observation.Id]);
        (await server.GetAsync("Patient/never-there/$everything")).Status.ShouldBe(404);

        var person = await server.CreatedAsync(
            $$"""{"resourceType":"Person","link":[{"target":{"reference":"Patient/{{patient.Id}}"},"assurance":"level3"}]}""");
        (await server.GetAsync($"Person/{person.Id}/$everything")).Ids
            .ShouldBe([patient.Id, observation.Id, organization.Id, person.Id], ignoreOrder: true);
    }

    [Fact]
    public async Task Everything_can_be_cut_by_dates_of_care_by_change_and_by_type()
    {
        var organization = await server.CreatedAsync("""{"resourceType":"Organization","name":"Hospital"}""");
        var patient = await server.CreatedAsync(
            $$"""{"resourceType":"Patient","managingOrganization":{"reference":"Organization/{{organization.Id}}"} }""");
        var about = $"Patient/{patient.Id}";
        var observation = await server.CreatedAsync(Sample.Observation(about));
        var encounter = await server.CreatedAsync(
            $$"""{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"subject":{"reference":"{{about}}"},"period":{"start":"2025-05-01","end":"2025-05-03"} }""");
        var flag = await server.CreatedAsync($$"""{"resourceType":"Flag","status":"active","code":{"text":"fall"},"subject":{"reference":"{{about}}"} }""");
        (await server.GetAsync($"{about}/$everything?start=2026-01-01")).Ids
            .ShouldBe([patient.Id, observation.Id, flag.Id, organization.Id], ignoreOrder: true);
        (await server.GetAsync($"{about}/$everything?start=2025-05-02&end=2025-12-31&_type=Encounter,Observation")).Ids.ShouldBe([encounter.Id]);
        (await server.GetAsync($"{about}/$everything?_type=Organization,Flag")).Ids.ShouldBe([flag.Id, organization.Id], ignoreOrder: true);
        (await server.GetAsync($"{about}/$everything?_since=2999-01-01")).Ids.ShouldBeEmpty();
        (await server.GetAsync($"{about}/$everything?start=soon")).Status.ShouldBe(400);
        (await server.GetAsync($"{about}/$everything?_type=Nothing")).Status.ShouldBe(400);
        (await server.GetAsync($"Encounter/{encounter.Id}/$everything")).Ids.ShouldBe([encounter.Id, patient.Id], ignoreOrder: true);
        (await server.GetAsync($"Encounter/{encounter.Id}/$everything?start=2025-01-01")).Status.ShouldBe(400);

        var all = new HashSet<string>();
        for (string? next = $"{about}/$everything?_count=1"; next is not null;)
        {
            var page = await server.GetAsync(next);
            all.UnionWith(page.Ids);
            next = (string?)page.Json["link"]!.AsArray().FirstOrDefault(l => (string?)l!["relation"] == "next")?["url"];
        }

        all.ShouldBe([patient.Id, observation.Id, encounter.Id, flag.Id, organization.Id], ignoreOrder: true);
    }

    [Fact]
    public async Task Only_the_number_is_given_when_only_the_number_is_asked()
    {
        var family = Sample.Unique("Zahl");
        await server.CreatedAsync(Sample.Patient(family));
        var reply = await server.GetAsync($"Patient?family={family}&_summary=count");
        ((int?)reply.Json["total"]).ShouldBe(1);
        reply.Json["entry"].ShouldBeNull();
    }
}
