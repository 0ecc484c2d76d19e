namespace Kangqiao.Rest.Tests.Interactions;

public sealed class OperationTests(RestServer server)
{
    [Fact]
    public async Task Validation_answers_with_what_it_finds_and_keeps_nothing()
    {
        var good = await server.PostAsync("Patient/$validate", Sample.Patient());
        good.Status.ShouldBe(200);
        good.Text.ShouldNotContain("\"severity\":\"error\"");
        var bad = await server.PostAsync("Patient/$validate", """{"resourceType":"Patient","contact":[{"gender":"male"}]}""");
        bad.Status.ShouldBe(200);
        bad.Text.ShouldContain("pat-1");
        var inside = await server.PostAsync(
            "Patient/$validate",
            """{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient","gender":"blue"}}]}""");
        inside.Text.ShouldContain("Patient.gender");
        (await server.PostAsync("Patient/$validate", """{"resourceType":"Parameters"}""")).Status.ShouldBe(400);
        var created = await server.CreatedAsync(Sample.Patient());
        (await server.GetAsync($"Patient/{created.Id}/$validate")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Validation_knows_profiles_and_modes()
    {
        var created = await server.CreatedAsync(Sample.Patient());
        var vital = await server.PostAsync("Observation/$validate?profile=http://hl7.org/fhir/StructureDefinition/bodyweight", Sample.Observation("Patient/1"));
        vital.Text.ShouldContain("\"severity\":\"error\"");
        var unknown = await server.PostAsync("Patient/$validate?profile=http://nowhere.example/x", Sample.Patient());
        unknown.Text.ShouldContain("nowhere.example");
        (await server.PostAsync("Patient/$validate?mode=create", Sample.Patient())).Text.ShouldNotContain("\"severity\":\"error\"");
        (await server.PostAsync("Patient/$validate?mode=perhaps", Sample.Patient())).Status.ShouldBe(400);
        (await server.PostAsync("Patient/$validate?mode=update", Sample.Patient())).Status.ShouldBe(400);
        (await server.PostAsync($"Patient/{created.Id}/$validate?mode=update", Sample.Patient(id: "another"))).Text.ShouldContain("RST026");
        const string Delete = """{"resourceType":"Parameters","parameter":[{"name":"mode","valueCode":"delete"}]}""";
        (await server.PostAsync($"Patient/{created.Id}/$validate", Delete)).Text.ShouldNotContain("\"severity\":\"error\"");
        (await server.PostAsync("Patient/never-there/$validate", Delete)).Text.ShouldContain("RST021");
    }

    [Fact]
    public async Task The_last_of_each_code_is_found_among_thousands()
    {
        var patient = await server.CreatedAsync(Sample.Patient());
        var about = $"Patient/{patient.Id}";
        var entries = new List<string>();
        for (var i = 0; i < 3000; i++)
        {
            // Two common codes of today stand before the rare ones of long ago.
            var rare = i % 500 == 0;
            var date = new DateOnly(2026, 1, 1).AddDays(-(i / 10) - (rare ? 4000 : 0));
            entries.Add(Sample.Entry("POST", "Observation", Coded(about, rare ? $"rare{i / 500}" : $"common{i % 2}", $"{date:yyyy-MM-dd}", i)));
        }

        foreach (var piece in entries.Chunk(1000))
        {
            (await server.PostAsync("", Sample.Bundle("transaction", piece))).Status.ShouldBe(200);
        }

        var last = await server.GetAsync($"Observation/$lastn?patient={about}&code=http://x.example|&max=3");
        last.Status.ShouldBe(200, last.Text.Length > 500 ? last.Text[..500] : last.Text);
        var found = last.Json["entry"]!.AsArray().Select(e => (Code: (string)e!["resource"]!["code"]!["coding"]![0]!["code"]!, Date: (string)e["resource"]!["effectiveDateTime"]!)).ToList();
        found.Count.ShouldBe(12);
        found.Where(f => f.Code == "common1").Select(f => f.Date).ShouldBe(["2026-01-01", "2026-01-01", "2026-01-01"]);
        found.Count(f => f.Code.StartsWith("rare", StringComparison.Ordinal)).ShouldBe(6);
        (await server.GetAsync($"Observation/$lastn?patient={about}&category=laboratory")).Json["entry"].ShouldBeNull();
        (await server.GetAsync("Observation/$lastn?code=x")).Status.ShouldBe(400);
        (await server.GetAsync($"Observation/$lastn?patient={about}")).Status.ShouldBe(400);
        (await server.GetAsync($"Observation/$lastn?patient={about}&code=x&max=0")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Statistics_are_counted_over_one_subjects_measurements()
    {
        var patient = await server.CreatedAsync(Sample.Patient());
        var about = $"Patient/{patient.Id}";
        foreach (var value in (int[])[1, 2, 3, 4])
        {
            await server.CreatedAsync(Coded(about, "w", $"2026-01-0{value}", value));
        }

        await server.CreatedAsync(Coded(about, "w", "2026-01-05", 5000, "g"));
        await server.CreatedAsync($$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://x.example","code":"w"}]},"subject":{"reference":"{{about}}"},"effectiveDateTime":"2026-01-06"}""");
        var reply = await server.GetAsync($"Observation/$stats?subject={about}&code=w&system=http://x.example&statistic=average,maximum,count,total-count,median,std-dev");
        reply.Status.ShouldBe(200, reply.Text);
        var statistics = reply.Json["parameter"]![0]!["resource"]!;
        var numbers = statistics["component"]!.AsArray().ToDictionary(c => (string)c!["code"]!["coding"]![0]!["code"]!, c => (decimal)c!["valueQuantity"]!["value"]!);
        numbers["count"].ShouldBe(5);
        numbers["total-count"].ShouldBe(6);
        numbers["average"].ShouldBe(3000);
        numbers["maximum"].ShouldBe(5000);
        numbers["median"].ShouldBe(3000);
        (await server.PostAsync("Observation/$validate", statistics.ToJsonString())).Text.ShouldNotContain("\"severity\":\"error\"");
        (await server.GetAsync($"Observation/$stats?subject={about}&code=w&statistic=mood")).Status.ShouldBe(400);
        (await server.GetAsync($"Observation/$stats?code=w&statistic=count")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Profiles_labels_and_tags_in_use_are_told_of_a_type_and_of_all()
    {
        var tag = Sample.Unique("tag");
        foreach (var one in (string[])[$"{tag}a", $"{tag}b"])
        {
            await server.CreatedAsync($$"""{"resourceType":"Flag","meta":{"tag":[{"system":"urn:t","code":"{{one}}"}],"profile":["http://hl7.org/fhir/StructureDefinition/Flag"]},"status":"active","code":{"text":"x"},"subject":{"reference":"Patient/1"} }""");
        }

        var meta = (await server.GetAsync("Flag/$meta")).Json["parameter"]![0]!["valueMeta"]!;
        meta["tag"]!.AsArray().Select(t => (string?)t!["code"]).ShouldBe([$"{tag}a", $"{tag}b"], ignoreOrder: true);
        meta["profile"]!.AsArray().Select(p => (string?)p).ShouldBe(["http://hl7.org/fhir/StructureDefinition/Flag"]);
        (await server.GetAsync("$meta")).Text.ShouldContain($"{tag}b");
    }

    private static string Coded(string about, string code, string date, int value, string unit = "kg") =>
        $$$"""
        {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://x.example","code":"{{{code}}}"}]},"subject":{"reference":"{{{about}}}"},"effectiveDateTime":"{{{date}}}","valueQuantity":{"value":{{{value}}},"unit":"{{{unit}}}","system":"http://unitsofmeasure.org","code":"{{{unit}}}"}}
        """;

    [Fact]
    public async Task Tags_come_and_go()
    {
        const string Tag = """{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"system":"urn:x","code":"a"}]}}]}""";
        var created = await server.CreatedAsync(Sample.Patient());
        var added = await server.PostAsync($"Patient/{created.Id}/$meta-add", Tag);
        added.Status.ShouldBe(200, added.Text);
        ((string?)added.Json["parameter"]![0]!["valueMeta"]!["tag"]![0]!["code"]).ShouldBe("a");
        (await server.GetAsync("Patient?_tag=urn:x|a")).Ids.ShouldContain(created.Id);
        (await server.PostAsync($"Patient/{created.Id}/$meta-delete", Tag)).Text.ShouldNotContain("\"tag\"");
        (await server.GetAsync($"Patient/{created.Id}/$meta")).Text.ShouldNotContain("\"tag\"");
        (await server.PostAsync($"Patient/{created.Id}/$meta-add", Sample.Patient())).Status.ShouldBe(400);
    }
}
