using Kangqiao.Rest.Callers;

namespace Kangqiao.Access.Tests.Attacks;

/// <summary>Opening a chart in an emergency, its review, consents that come and go, and fields revealed: over HTTP, on each kind of store.</summary>
public abstract class EmergencyContract(House house)
{
    private const string Open = "../access/break-glass";

    [Fact]
    public async Task A_chart_opened_in_an_emergency_is_seen_by_who_opened_it_and_told_to_the_resident_until_the_officer_ends_it()
    {
        house.SkipUnlessThere();
        (await house.GetAsync(House.Doctor, "Observation/hidden-bob-h2-obs")).Status.ShouldBe(404);
        (await house.AskAsync(House.Doctor, "POST", Open, """{"patient":"Patient/hidden-bob-h2","reason":"x"}""")).Status.ShouldBe(400, "a reason is owed");
        (await house.AskAsync(House.Doctor, "POST", Open, """{"patient":"Patient/hidden-bob-h2","reason":"unconscious after a fall","minutes":100000}""")).Status.ShouldBe(400);
        (await house.AskAsync(new Caller("researcher"), "POST", Open, """{"patient":"Patient/hidden-bob-h2","reason":"unconscious after a fall"}""")).Status.ShouldBe(403);
        var opened = await house.AskAsync(House.Doctor, "POST", Open, """{"patient":"Patient/hidden-bob-h2","reason":"unconscious after a fall","minutes":30}""");
        opened.Status.ShouldBe(200, opened.Text);
        (await house.GetAsync(House.Doctor, "Observation/hidden-bob-h2-obs")).Status.ShouldBe(200);
        (await house.GetAsync(House.Doctor, "Observation?patient=hidden-bob-h2")).Ids.ShouldBe(["hidden-bob-h2-obs"]);
        (await house.GetAsync(House.Doctor with { Practitioner = "doc2" }, "Observation/hidden-bob-h2-obs")).Status.ShouldBe(404, "it was opened for one doctor");
        (await house.GetAsync(House.Doctor, "Observation/hidden-dan-h2-obs")).Status.ShouldBe(404, "it was opened for one patient");
        (await house.GetAsync(new Caller("resident") { Resident = await house.ResidentOfAsync("bob-h1") }, "Communication?category=break-glass")).Text.ShouldContain("紧急调阅");

        var officer = new Caller("security");
        (await house.GetAsync(House.Doctor, Open)).Status.ShouldBe(403);
        (await house.GetAsync(officer, Open + "?status=open")).Text.ShouldContain("unconscious after a fall");
        var id = (string)opened.Json["id"]!;
        (await house.AskAsync(House.Doctor, "POST", $"{Open}/{id}/review", """{"justified":true,"note":"mine"}""")).Status.ShouldBe(403);
        (await house.AskAsync(officer, "POST", $"{Open}/{id}/review", """{"justified":false,"note":"no emergency"}""")).Status.ShouldBe(200);
        (await house.GetAsync(House.Doctor, "Observation/hidden-bob-h2-obs")).Status.ShouldBe(404);
        (await house.GetAsync(officer, Open + "?status=open")).Text.ShouldNotContain(id);
    }

    [Fact]
    public async Task Nobody_opens_a_chart_by_writing_the_record_of_it_themselves()
    {
        house.SkipUnlessThere();
        var forged = """
            {"resourceType":"Communication","id":"forged","extension":[{"url":"https://kangqiao.dev/fhir/StructureDefinition/access-until","valueDateTime":"2999-01-01T00:00:00Z"},{"url":"https://kangqiao.dev/fhir/StructureDefinition/access-institution","valueString":"H1"}],
            "status":"in-progress","category":[{"coding":[{"system":"https://kangqiao.dev/fhir/CodeSystem/access","code":"break-glass"}]}],"subject":{"reference":"Patient/hidden-dan-h2"}}
            """;
        (await house.AskAsync(new Caller("institution") { Institution = "H1" }, "POST", "Communication", forged)).Status.ShouldBe(201);
        (await house.AskAsync(House.Doctor, "POST", "Communication", forged)).Status.ShouldBe(201);
        (await house.GetAsync(House.Doctor, "Observation/hidden-dan-h2-obs")).Status.ShouldBe(404);

        // Nor by saying that somebody else's patient is being treated here.
        (await house.AskAsync(new Caller("institution") { Institution = "H1" }, "POST", "Encounter", SmallCity.Encounter("x", "hidden-cid-h2"))).Status.ShouldBe(201);
        (await house.GetAsync(House.Doctor, "Observation/hidden-cid-h2-obs")).Status.ShouldBe(404);
        (await house.AskAsync(new Caller("institution") { Institution = "H1" }, "POST", "Consent", SmallCity.Consent("x", "hidden-bob-h2", "permit"))).Status.ShouldBe(201);
        (await house.GetAsync(House.Doctor with { Practitioner = "doc9" }, "Observation/hidden-bob-h2-obs")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_consent_counts_from_the_moment_it_is_given_to_the_moment_it_is_revoked()
    {
        house.SkipUnlessThere();
        await house.PutAsync(House.For("H2"), SmallCity.Patient("fay-h2", 6, "H2"));
        await house.PutAsync(House.For("H1"), SmallCity.Patient("fay-h1", 6, "H1"));
        await house.PutAsync(House.For("H2"), SmallCity.Observation("fay-h2-obs", "fay-h2", "t", "1"));
        await house.PutAsync(House.For("H1"), SmallCity.Encounter("fay-visit", "fay-h1"));
        var fay = new Caller("resident") { Resident = await house.ResidentOfAsync("fay-h1") };
        await SeesAsync(false);
        var given = await house.AskAsync(fay, "POST", "Consent", SmallCity.Consent("x", "fay-h1", "permit"));
        given.Status.ShouldBe(201, given.Text);
        await SeesAsync(true);
        var revoked = await house.AskAsync(fay, "PATCH", "Consent/" + given.Id, """[{"op":"replace","path":"/status","value":"inactive"}]""", "application/json-patch+json");
        revoked.Status.ShouldBe(200, revoked.Text);
        await SeesAsync(false);
        await house.AskAsync(fay, "PATCH", "Consent/" + given.Id, """[{"op":"replace","path":"/status","value":"active"}]""", "application/json-patch+json");
        await SeesAsync(true);

        // The visit ends, and with it the treatment.
        await house.PutAsync(House.For("H1"), SmallCity.Encounter("fay-visit", "fay-h1", "finished"));
        await SeesAsync(false);
        await house.PutAsync(House.For("H1"), SmallCity.Encounter("fay-visit", "fay-h1", "in-progress"));
        await SeesAsync(true);

        async Task SeesAsync(bool sees)
        {
            (await house.GetAsync(House.Doctor, "Observation/fay-h2-obs")).Status.ShouldBe(sees ? 200 : 404);
            (await house.GetAsync(House.Doctor, "Observation?patient=fay-h2")).Ids.Length.ShouldBe(sees ? 1 : 0);
            (await house.GetAsync(House.Doctor, "Patient/fay-h2/$everything")).Status.ShouldBe(sees ? 200 : 404);
        }
    }

    [Fact]
    public async Task A_consent_is_held_to_its_types_days_and_institutions()
    {
        house.SkipUnlessThere();
        await house.PutAsync(House.For("H2"), SmallCity.Patient("gus-h2", 7, "H2"));
        await house.PutAsync(House.For("H1"), SmallCity.Patient("gus-h1", 7, "H1"));
        await house.PutAsync(House.For("H2"), SmallCity.Observation("gus-new", "gus-h2", "t", "1"));
        await house.PutAsync(House.For("H2"), SmallCity.Observation("gus-old", "gus-h2", "t", "1").Replace("2026-01-02", "2019-01-02", StringComparison.Ordinal));
        await house.PutAsync(House.For("H2"), """{"resourceType":"Condition","id":"gus-cond","code":{"text":"t"},"subject":{"reference":"Patient/gus-h2"}}""");
        await house.PutAsync(House.For("H1"), SmallCity.Encounter("gus-visit", "gus-h1"));
        await SaysAsync("""{"type":"permit"}""", "gus-cond", "gus-h2", "gus-new", "gus-old");
        await SaysAsync("""{"type":"permit","class":[{"system":"http://hl7.org/fhir/resource-types","code":"Observation"}]}""", "gus-new", "gus-old");
        await SaysAsync("""{"type":"permit","dataPeriod":{"start":"2025-01-01"}}""", "gus-new");
        await SaysAsync("""{"type":"permit","provision":[{"type":"deny","dataPeriod":{"end":"2020-12-31"}}]}""", "gus-new");
        await SaysAsync("""{"type":"permit","provision":[{"type":"deny","class":[{"system":"http://hl7.org/fhir/resource-types","code":"Condition"}]}]}""", "gus-h2", "gus-new", "gus-old");
        await SaysAsync("""{"type":"permit","actor":[{"role":{"text":"r"},"reference":{"reference":"Organization/H3"}}]}""");
        await SaysAsync("""{"type":"permit","actor":[{"role":{"text":"r"},"reference":{"reference":"Organization/H1"}}]}""", "gus-cond", "gus-h2", "gus-new", "gus-old");
        await SaysAsync("""{"type":"permit","period":{"end":"2020-01-01"}}""");
        await SaysAsync("""{"type":"permit","code":[{"text":"something nobody understands"}]}""");
        await SaysAsync("""{"type":"deny"}""");

        async Task SaysAsync(string provision, params string[] seen)
        {
            var consent = SmallCity.Consent("gus-consent", "gus-h1", "permit").Replace("{\"type\":\"permit\"}", provision, StringComparison.Ordinal);
            await house.PutAsync(House.System, consent);
            var found = new List<string>();
            foreach (var question in (string[])["Observation?patient=gus-h2", "Condition?patient=gus-h2", "Patient?_id=gus-h2"])
            {
                var reply = await house.GetAsync(House.Doctor, question);
                reply.Status.ShouldBe(200, reply.Text);
                found.AddRange(reply.Ids);
            }

            found.Order(StringComparer.Ordinal).ToArray().ShouldBe(seen, provision);
        }
    }

    [Fact]
    public async Task A_masked_field_is_revealed_with_a_reason_and_leaves_a_trace()
    {
        house.SkipUnlessThere();
        var reveal = "../access/reveal";
        (await house.AskAsync(House.Doctor, "POST", reveal, """{"record":"Patient/hidden-cid-h2","fields":["idNumber"],"reason":"calling the family"}""")).Status.ShouldBe(404);
        (await house.AskAsync(House.Doctor, "POST", reveal, """{"record":"Patient/ann-h1","fields":["idNumber"],"reason":""}""")).Status.ShouldBe(400);
        (await house.AskAsync(new Caller("pharmacist") { Institution = "H1" }, "POST", reveal, """{"record":"Patient/ann-h1","fields":["idNumber"],"reason":"calling the family"}""")).Status.ShouldBe(403);
        var revealed = await house.AskAsync(House.Doctor, "POST", reveal, """{"record":"Patient/ann-h1","fields":["idNumber"],"reason":"calling the family"}""");
        revealed.Status.ShouldBe(200, revealed.Text);
        revealed.Text.ShouldContain(SmallCity.IdNumber(1, "2000-05-05"));
        revealed.Text.ShouldNotContain("1390000");
        (await house.GetAsync(new Caller("auditor"), "AuditEvent?type=reveal")).Text.ShouldContain("calling the family");
    }

    [Fact]
    public async Task A_guardian_sees_a_childs_records_less_of_a_youths_and_none_of_a_grown_ups()
    {
        house.SkipUnlessThere();
        var year = TimeProvider.System.GetUtcNow().Year;
        foreach (var (name, born, seen) in new[] { ("kid", year - 5, "kid-hiv,kid-obs"), ("teen", year - 16, "teen-obs"), ("adult", year - 30, "") })
        {
            await house.PutAsync(House.For("H2"), SmallCity.Patient($"{name}-h2", 8, "H2", $"{born}-01-01"));
            await house.PutAsync(House.For("H2"), SmallCity.Observation($"{name}-obs", $"{name}-h2", "t", "1"));
            await house.PutAsync(House.For("H2"), $$$"""{"resourceType":"Condition","id":"{{{name}}}-hiv","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"B20"}]},"subject":{"reference":"Patient/{{{name}}}-h2"}}""");
            var guardian = new Caller("guardian") { Resident = await house.ResidentOfAsync(name + "-h2") };
            string[] found = [.. (await house.GetAsync(guardian, "Observation")).Ids, .. (await house.GetAsync(guardian, "Condition")).Ids];
            string.Join(',', found.Order(StringComparer.Ordinal)).ShouldBe(seen, name);
        }
    }

    [Fact]
    public async Task Sensitive_labels_survive_a_change_of_the_record_and_of_the_index()
    {
        house.SkipUnlessThere();
        var nurse = new Caller("clinician") { Institution = "H1", Practitioner = "n1" };
        (await house.GetAsync(nurse, "Condition?patient=ann-h2")).Ids.ShouldBeEmpty();
        (await house.AskAsync(House.System, "POST", "$reindex", """{"resourceType":"Parameters"}""")).Status.ShouldBe(202);
        while (!(await house.GetAsync(House.System, "$reindex")).Text.Contains("\"done\"", StringComparison.Ordinal))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        (await house.GetAsync(nurse, "Condition?patient=ann-h2")).Ids.ShouldBeEmpty();
        (await house.GetAsync(nurse, "Observation?patient=ann-h2")).Ids.ShouldBe(["ann-h2-obs"]);
        (await house.GetAsync(new Caller("institution") { Institution = "H2" }, "Condition?patient=ann-h2")).Ids.ShouldBe(["hidden-ann-hiv"]);
    }
}

public sealed class SqliteEmergencyTests(SqliteHouse house) : EmergencyContract(house), IClassFixture<SqliteHouse>;

public sealed class PostgresEmergencyTests(PostgresHouse house) : EmergencyContract(house), IClassFixture<PostgresHouse>;
