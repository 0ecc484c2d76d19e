using System.Text.Json.Nodes;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Access.Tests.Attacks;

/// <summary>Ways to somebody else's records that must lead nowhere: over HTTP, on each kind of store.</summary>
public abstract class AttackContract(House house)
{
    private const string Bob = "hidden-bob-h2";

    public static TheoryData<string> Questions { get; } =
    [
        $"Patient/{Bob}", $"Patient/{Bob}/_history", $"Patient/{Bob}/_history/1", $"Patient/{Bob}/$everything", $"Patient/{Bob}/Observation", $"Patient/{Bob}/*",
        $"Patient/{Bob}/$meta", $"Observation/{Bob}-obs", $"Observation/{Bob}-obs/_history", $"Observation/{Bob}-obs/_history/1", $"Observation/{Bob}-obs/$meta",
        $"Patient?_id={Bob}", $"Patient?_id=ann-h1,{Bob}", $"Patient?identifier=urn:oid:1.2.3|id-{Bob}", $"Patient?family={Bob}", $"Patient?name=hidden",
        $"Observation?subject=Patient/{Bob}", $"Observation?patient={Bob}", "Observation?patient={bob}", $"Observation?subject:Patient={Bob}", $"Observation?_id={Bob}-obs",
        $"Observation?patient.identifier=urn:oid:1.2.3|id-{Bob}", $"Observation?subject:Patient.family={Bob}", $"Observation?subject:Patient._id={Bob}",
        $"Observation?value-quantity=77.7", $"Observation?code=15074-8&_sort=-date&_count=1000", $"Observation?_text=hidden", $"Observation?code:text=hidden",
        $"Observation?_filter=value-quantity eq 77.7", $"Observation?_filter=subject eq \"Patient/{Bob}\"", "Observation?_list=hidden-list", "List/hidden-list", "List?_id=hidden-list",
        $"Patient?_id=ann-h1&_revinclude=Observation:subject&_revinclude:iterate=*", $"Observation?_id=ann-h1-obs&_include=*", "Person?_id={bob}", "Person/{bob}", "Patient/{bob}", "Patient/{bob}/$everything", "Patient?_id={bob}",
        "Person/{bob}/$everything", $"Person?link=Patient/{Bob}", $"Person?_include=Person:link", $"Patient?_has:Observation:subject:value-quantity=77.7",
        $"Patient?_has:Observation:subject:_id={Bob}-obs", $"Group/hidden-group", "Group?member=Patient/" + Bob, "Patient?_has:Group:member:_id=hidden-group",
        "_history", "Patient/_history", "Observation/_history?_count=1000", "Observation/_history?_at=2026", "?_type=Patient,Observation,Condition,Person,List,Group&_count=1000",
        $"Observation/$lastn?patient={Bob}&code=15074-8&max=9", $"Observation/$stats?subject=Patient/{Bob}&code=http://loinc.org|15074-8&statistic=average",
        "Condition?code=B20.1&_count=1000", "Condition/hidden-ann-hiv", "Patient/ann-h2/Condition", "Patient/ann-h2/$everything?_count=1000", "Person/{ann}/$everything?_count=1000",
        "Condition?subject=Patient/ann-h2", $"Encounter?patient={Bob}&_revinclude=Observation:encounter", "Consent?patient=hidden-cid-h2", "Observation?patient=hidden-cid-h2",
        "Observation?patient=hidden-dan-h2", "Patient/hidden-dan-h2", "Observation?patient=hidden-eve-h3", $"Observation?patient=ann-h2,{Bob},hidden-dan-h2",
        $"Observation?subject=Patient/ann-h2&patient:missing=false&_include=Observation:subject&_revinclude=Provenance:target",
    ];

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task A_doctor_learns_nothing_of_those_who_have_not_agreed(string address)
    {
        house.SkipUnlessThere();
        address = address.Replace("{bob}", await house.ResidentOfAsync(Bob), StringComparison.Ordinal).Replace("{ann}", await house.ResidentOfAsync("ann-h1"), StringComparison.Ordinal);
        var reply = await house.GetAsync(House.Doctor, address);
        reply.Status.ShouldBeOneOf(200, 400, 403, 404, 422);
        NothingHidden(reply, address);
        if (!address.Contains('/', StringComparison.Ordinal) && !address.StartsWith('_') && reply.Status == 200)
        {
            var posted = await house.AskAsync(House.Doctor, "POST", address.Split('?')[0] is { Length: > 0 } type ? type + "/_search" : "_search", address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..], "application/x-www-form-urlencoded");
            posted.Status.ShouldBe(200, posted.Text);
            NothingHidden(posted, address);
        }

        var batch = await house.AskAsync(House.Doctor, "POST", "", $$$"""{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":{{{JsonValue.Create(address.Replace(" ", "%20", StringComparison.Ordinal)).ToJsonString()}}}}}]}""");
        batch.Status.ShouldBe(200, batch.Text);
        NothingHidden(batch, address);
    }

    [Theory]
    [InlineData("Patient/{0}")]
    [InlineData("Patient/{0}/_history")]
    [InlineData("Patient/{0}/_history/1")]
    [InlineData("Patient/{0}/$everything")]
    [InlineData("Patient/{0}/$meta")]
    [InlineData("Observation?patient={0}")]
    [InlineData("Observation?subject=Patient/{0}&_total=accurate")]
    [InlineData("Patient?_id={0}&_total=accurate")]
    [InlineData("Patient?family={0}&_summary=count")]
    public async Task No_right_and_no_such_record_are_one_answer(string address)
    {
        house.SkipUnlessThere();
        var hidden = await house.GetAsync(House.Doctor, Address(address, Bob));
        var nothing = await house.GetAsync(House.Doctor, Address(address, "nothing-bob-h2"));
        hidden.Status.ShouldBe(nothing.Status);
        Plain(hidden.Text, Bob).ShouldBe(Plain(nothing.Text, "nothing-bob-h2"));
        hidden.Headers.GetValueOrDefault("ETag").ShouldBe(nothing.Headers.GetValueOrDefault("ETag"));
    }

    [Fact]
    public async Task Totals_pages_and_counts_know_only_what_is_shown()
    {
        house.SkipUnlessThere();
        foreach (var question in (string[])["Observation?code=15074-8", "Observation?value-quantity=gt1", "Patient?gender=female", "Condition?code=B20.1", "Observation?date=2026-01-02"])
        {
            var shown = (await house.GetAsync(House.Doctor, question + "&_total=accurate&_count=1000")).Ids;
            (await house.GetAsync(House.Doctor, question + "&_summary=count")).Total.ShouldBe(shown.Length, question);
            var paged = new List<string>();
            for (var next = question + "&_count=1&_sort=-_lastUpdated&_total=accurate"; next is not null;)
            {
                var page = await house.GetAsync(House.Doctor, next);
                page.Total.ShouldBe(shown.Length, question);
                paged.AddRange(page.Ids);
                next = page.Json["link"]!.AsArray().FirstOrDefault(l => (string?)l!["relation"] == "next") is { } link ? new Uri((string)link["url"]!).PathAndQuery["/fhir/".Length..] : null;
            }

            paged.Order(StringComparer.Ordinal).ToArray().ShouldBe(shown, question);
        }
    }

    [Fact]
    public async Task What_a_treated_resident_agreed_to_is_seen_on_every_way()
    {
        house.SkipUnlessThere();
        (await house.GetAsync(House.Doctor, "Patient/ann-h2")).Status.ShouldBe(200);
        (await house.GetAsync(House.Doctor, "Observation/ann-h2-obs")).Status.ShouldBe(200);
        (await house.GetAsync(House.Doctor, "Observation/ann-h2-obs/_history/1")).Status.ShouldBe(200);
        (await house.GetAsync(House.Doctor, "Observation?patient=ann-h2")).Ids.ShouldBe(["ann-h2-obs"]);
        (await house.GetAsync(House.Doctor, "Patient/ann-h2/Observation")).Ids.ShouldBe(["ann-h2-obs"]);
        (await house.GetAsync(House.Doctor, "Observation?patient.identifier=urn:oid:1.2.3|id-ann-h2")).Ids.ShouldBe(["ann-h2-obs"]);
        (await house.GetAsync(House.Doctor, $"Person/{await house.ResidentOfAsync("ann-h1")}/$everything")).Ids.ShouldContain("ann-h2-obs");
        (await house.GetAsync(House.Doctor, "Condition/own-hiv")).Status.ShouldBe(200, "what is our own institution's");

        // Without a name the question reaches all whom the institution is treating.
        (await house.GetAsync(House.Doctor, "Observation?code=15074-8&_count=1000")).Ids.ShouldBe(["ann-h1-obs", "ann-h2-obs", "bob-h1-obs", "dan-h1-obs"]);
    }

    [Fact]
    public async Task A_doctor_of_another_hospital_without_a_treatment_sees_nothing_of_an_agreeing_resident()
    {
        house.SkipUnlessThere();
        var stranger = new Caller("clinician") { Institution = "H3", Practitioner = "doc3" };
        (await house.GetAsync(stranger, "Patient/ann-h2")).Status.ShouldBe(404);
        (await house.GetAsync(stranger, "Observation?patient=ann-h2")).Ids.ShouldBeEmpty();
        (await house.GetAsync(new Caller("clinician"), "Patient/ann-h1")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task An_institutions_system_reads_and_changes_its_own_alone()
    {
        house.SkipUnlessThere();
        var h1 = new Caller("institution") { Institution = "H1" };
        (await house.GetAsync(h1, "Observation?code=15074-8&_count=1000")).Ids.ShouldBe(["ann-h1-obs", "bob-h1-obs", "dan-h1-obs"]);
        (await house.GetAsync(h1, "Patient/ann-h2")).Status.ShouldBe(404);
        var taken = SmallCity.Observation("ann-h2-obs", "ann-h2", "overwritten", "1");
        foreach (var (method, address, body) in new[]
        {
            ("PUT", "Observation/ann-h2-obs", taken), ("PUT", "Observation/never-was", SmallCity.Observation("never-was", "ann-h2", "x", "1")), ("DELETE", "Observation/ann-h2-obs", null),
            ("DELETE", "Observation/never-was", null), ("PATCH", "Observation/ann-h2-obs", "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"amended\"}]"),
        })
        {
            var reply = await house.AskAsync(h1, method, address, body, method == "PATCH" ? "application/json-patch+json" : null);
            reply.Status.ShouldBe(method == "DELETE" ? 204 : 404, $"{method} {address}: {reply.Text}");
        }

        (await house.GetAsync(House.System, "Observation/ann-h2-obs")).Json["meta"]!["versionId"]!.GetValue<string>().ShouldBe("1");
        var created = await house.AskAsync(h1, "POST", "Observation", SmallCity.Observation("x", "ann-h1", "new", "1"));
        created.Status.ShouldBe(201, created.Text);
        (await house.GetAsync(h1, "Observation/" + created.Id)).Status.ShouldBe(200);
        (await house.GetAsync(new Caller("institution") { Institution = "H2" }, "Observation/" + created.Id)).Status.ShouldBe(404);
        (await house.AskAsync(h1, "DELETE", "Observation/" + created.Id)).Status.ShouldBe(204);
        (await house.GetAsync(h1, "Observation/" + created.Id)).Status.ShouldBe(410);
        (await house.GetAsync(new Caller("institution") { Institution = "H2" }, "Observation/" + created.Id)).Status.ShouldBe(404);
        (await house.AskAsync(h1, "POST", "Organization", """{"resourceType":"Organization","name":"x"}""")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Conditions_find_nothing_that_is_hidden_and_do_not_stumble_over_it()
    {
        house.SkipUnlessThere();
        var h1 = new Caller("institution") { Institution = "H1" };
        var patient = $$"""{"resourceType":"Patient","identifier":[{"system":"urn:oid:1.2.3","value":"id-{{Bob}}"}]}""";
        var made = await house.AskAsync(h1, "POST", "Patient", patient, null, ("If-None-Exist", $"identifier=urn:oid:1.2.3|id-{Bob}"));
        made.Status.ShouldBe(201, made.Text);
        made.Id.ShouldNotBe(Bob);
        var again = await house.AskAsync(h1, "POST", "Patient", patient, null, ("If-None-Exist", $"identifier=urn:oid:1.2.3|id-{Bob}"));
        again.Status.ShouldBe(200, again.Text);
        again.Id.ShouldBe(made.Id);
        var updated = await house.AskAsync(h1, "PUT", $"Patient?identifier=urn:oid:1.2.3|id-{Bob}", patient.Replace("\"identifier\"", "\"active\":true,\"identifier\"", StringComparison.Ordinal));
        updated.Status.ShouldBe(200, updated.Text);
        updated.Id.ShouldBe(made.Id);
        (await house.AskAsync(h1, "DELETE", $"Patient?identifier=urn:oid:1.2.3|id-{Bob}")).Status.ShouldBe(204);
        (await house.GetAsync(House.System, "Patient/" + Bob)).Status.ShouldBe(200);
        var referring = SmallCity.Observation("x", "y", "t", "1").Replace("Patient/y", $"Patient?identifier=urn:oid:1.2.3|id-{Bob}", StringComparison.Ordinal);
        var nothing = SmallCity.Observation("x", "y", "t", "1").Replace("Patient/y", "Patient?identifier=urn:oid:1.2.3|id-nobody", StringComparison.Ordinal);
        (await house.AskAsync(h1, "POST", "Observation", referring)).Status.ShouldBe(412);
        (await house.AskAsync(h1, "POST", "Observation", nothing)).Status.ShouldBe(412);
        foreach (var one in (string[])[referring, nothing])
        {
            var bundle = $$$"""{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{{{one}}},"request":{"method":"POST","url":"Observation"}}]}""";
            (await house.AskAsync(h1, "POST", "", bundle)).Status.ShouldBe(412);
        }
    }

    [Fact]
    public async Task A_transaction_changes_nothing_of_others()
    {
        house.SkipUnlessThere();
        var h1 = new Caller("institution") { Institution = "H1" };
        foreach (var (entry, status) in new[]
        {
            ($$$"""{"resource":{{{SmallCity.Observation("ann-h2-obs", "ann-h2", "x", "1")}}},"request":{"method":"PUT","url":"Observation/ann-h2-obs"}}""", 404),
            ("""{"request":{"method":"DELETE","url":"Observation/ann-h2-obs"}}""", 200),
            ("""{"request":{"method":"DELETE","url":"Observation?code=15074-8&subject=Patient/ann-h2"}}""", 200),
            ("""{"resource":{"resourceType":"Practitioner"},"request":{"method":"POST","url":"Practitioner"}}""", 403),
        })
        {
            var reply = await house.AskAsync(h1, "POST", "", $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{entry}}]}""");
            reply.Status.ShouldBe(status, reply.Text);
        }

        (await house.GetAsync(House.System, "Observation/ann-h2-obs")).Json["meta"]!["versionId"]!.GetValue<string>().ShouldBe("1");
    }

    [Fact]
    public async Task An_export_holds_what_its_owner_may_see()
    {
        house.SkipUnlessThere();
        var h1 = new Caller("institution") { Institution = "H1" };
        var lines = await house.ExportedAsync(h1, "$export");
        lines.ShouldContain("ann-h1-obs");
        lines.ShouldNotContain("hidden");
        lines.ShouldNotContain("ann-h2");
        (await house.AskAsync(House.Doctor, "GET", "$export", null, null, ("Prefer", "respond-async"))).Status.ShouldBe(403);
        (await house.ExportedAsync(h1, "Patient/$export?patient=hidden-bob-h2")).ShouldNotContain("hidden");
    }

    [Fact]
    public async Task A_resident_sees_what_is_theirs_everywhere_and_no_one_elses()
    {
        house.SkipUnlessThere();
        var ann = new Caller("resident") { Resident = await house.ResidentOfAsync("ann-h1") };
        (await house.GetAsync(ann, "Observation?_count=1000")).Ids.ShouldBe(["ann-h1-obs", "ann-h2-obs"]);
        (await house.GetAsync(ann, "Condition?code=B20.1")).Ids.ShouldBe(["hidden-ann-hiv", "own-hiv"]);
        (await house.GetAsync(ann, "Person/" + ann.Resident)).Status.ShouldBe(200);
        (await house.GetAsync(ann, "Person/" + await house.ResidentOfAsync(Bob))).Status.ShouldBe(404);
        (await house.GetAsync(ann, "Patient/bob-h1")).Status.ShouldBe(404);
        (await house.GetAsync(ann, "Observation?patient=bob-h1")).Ids.ShouldBeEmpty();
        (await house.AskAsync(ann, "POST", "Observation", SmallCity.Observation("x", "ann-h1", "t", "1"))).Status.ShouldBe(403);
        (await house.AskAsync(ann, "POST", "Consent", SmallCity.Consent("x", "bob-h1", "permit"))).Status.ShouldBe(403);
        (await house.GetAsync(new Caller("resident"), "Observation")).Ids.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_county_officer_sees_no_persons_and_nothing_beyond_the_county()
    {
        house.SkipUnlessThere();
        var officer = new Caller("supervisor") { Region = "100102" };
        (await house.GetAsync(officer, "Observation?_count=1000")).Ids.ShouldBeEmpty();
        (await house.GetAsync(officer, "Patient/ann-h1")).Status.ShouldBe(404);
        (await house.GetAsync(officer, "Organization/H3")).Status.ShouldBe(200);
        const string Tag = ""","meta":{"tag":[{"system":"https://kangqiao.dev/fhir/CodeSystem/access","code":"case"}]}""";
        await house.PutAsync(House.For("H2"), SmallCity.Observation("hidden-case-in", "hidden-cid-h2", "hidden", "77.7").Replace(",\"status\"", Tag + ",\"status\"", StringComparison.Ordinal));
        await house.PutAsync(House.For("H3"), SmallCity.Observation("hidden-case-out", "hidden-eve-h3", "hidden", "77.7").Replace(",\"status\"", Tag + ",\"status\"", StringComparison.Ordinal));
        (await house.GetAsync(officer, "Observation?_count=1000")).Ids.ShouldBe(["hidden-case-in"]);
        (await house.GetAsync(officer with { Region = "100100" }, "Observation?_count=1000")).Ids.ShouldBe(["hidden-case-in", "hidden-case-out"]);
    }

    [Fact]
    public async Task Roles_without_persons_reach_none()
    {
        house.SkipUnlessThere();
        foreach (var role in (string[])["auditor", "researcher", "admin", "security"])
        {
            var caller = new Caller(role);
            (await house.GetAsync(caller, "Observation")).Status.ShouldBe(403, role);
            (await house.GetAsync(caller, "Patient/ann-h1")).Status.ShouldBe(403, role);
            (await house.GetAsync(caller, "?_type=Patient,Observation&_count=1000")).Ids.ShouldBeEmpty();
            NothingHidden(await house.GetAsync(caller, "_history?_count=1000"), role);
        }

        (await house.GetAsync(new Caller("nobody-knows"), "Observation")).Status.ShouldBe(401);
    }

    private static string Address(string pattern, string id) => pattern.Replace("{0}", id, StringComparison.Ordinal);

    private static string Plain(string text, string id) => text.Replace(id, "X", StringComparison.Ordinal);

    /// <summary>The question itself may come back in links and messages; nothing else of it may.</summary>
    private static void NothingHidden(Reply reply, string address)
    {
        var text = reply.Text;
        var entries = reply.Status == 200 && JsonNode.Parse(text)?["entry"] is { } found ? found.ToJsonString() : "";
        if (reply.Status == 200)
        {
            foreach (var resource in JsonNode.Parse(text) is JsonObject { } whole && (string?)whole["resourceType"] == "Bundle" ? whole["entry"]?.AsArray() ?? [] : [JsonNode.Parse(text)])
            {
                var shown = resource?["resource"] ?? resource;
                if ((string?)shown?["resourceType"] is "OperationOutcome" || (string?)shown?["resourceType"] is null)
                {
                    continue;
                }

                if ((string?)shown["resourceType"] == "Parameters")
                {
                    // Statistics say whom they are of, as asked.
                    shown.ToJsonString().Replace($"Patient/{Bob}", "", StringComparison.Ordinal).ShouldNotContain("hidden", Case.Sensitive, address);
                    shown.ToJsonString().ShouldNotContain("77.7", Case.Sensitive, address);
                    continue;
                }

                if ((string?)shown["resourceType"] == "Bundle")
                {
                    (shown["entry"]?.ToJsonString() ?? "").ShouldNotContain("hidden", Case.Sensitive, address);
                    continue;
                }

                shown.ToJsonString().ShouldNotContain("hidden", Case.Sensitive, address);
                shown.ToJsonString().ShouldNotContain("77.7", Case.Sensitive, address);
            }
        }

        entries.ShouldNotContain("\"fullUrl\":\"hidden");
    }
}

public sealed class SqliteAttackTests(SqliteHouse house) : AttackContract(house), IClassFixture<SqliteHouse>;

public sealed class PostgresAttackTests(PostgresHouse house) : AttackContract(house), IClassFixture<PostgresHouse>;
