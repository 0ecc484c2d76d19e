using Kangqiao.Rest.Callers;

namespace Kangqiao.Access.Tests.Attacks;

/// <summary>Scopes narrow and never widen; masks hold whichever way a record is reached, and cannot be asked round.</summary>
public abstract class ScopeContract(House house)
{
    [Fact]
    public async Task A_granular_scope_shows_what_its_search_finds_and_no_more()
    {
        house.SkipUnlessThere();
        await house.PutAsync(House.For("H1"), SmallCity.Observation("ann-lab", "ann-h1", "lab", "5.5").Replace("\"code\":{", "\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"laboratory\"}]}],\"code\":{", StringComparison.Ordinal));
        const string Category = "category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory";
        var narrowed = House.Doctor with { Scopes = $"openid user/Observation.rs?{Category}" };
        (await house.GetAsync(narrowed, "Observation?_count=1000")).Ids.ShouldBe(["ann-lab"]);
        (await house.GetAsync(narrowed, "Observation/ann-lab")).Status.ShouldBe(200);
        (await house.GetAsync(narrowed, "Observation/ann-h1-obs")).Status.ShouldBe(404);
        (await house.GetAsync(narrowed, "Observation?_count=1000&_summary=count")).Total.ShouldBe(1);
        (await house.GetAsync(narrowed, "Patient/ann-h1")).Status.ShouldBe(403);
        (await house.GetAsync(narrowed, "Observation?_include=Observation:subject&_count=1000")).Ids.ShouldBe(["ann-lab"], "what is included needs its own scope");
        (await house.GetAsync(narrowed, "Observation?patient.family=ann-h1")).Ids.ShouldBeEmpty("a chain through what is out of scope finds nothing");
        (await house.AskAsync(narrowed, "POST", "Observation", SmallCity.Observation("x", "ann-h1", "t", "1"))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Scopes_never_give_more_than_the_role_has()
    {
        house.SkipUnlessThere();
        var wide = House.Doctor with { Scopes = "system/*.cruds user/*.cruds patient/*.cruds" };
        (await house.GetAsync(wide, "Patient/hidden-bob-h2")).Status.ShouldBe(404);
        (await house.AskAsync(wide, "POST", "Organization", """{"resourceType":"Organization","name":"x"}""")).Status.ShouldBe(403);
        (await house.GetAsync(new Caller("researcher") { Scopes = "system/*.cruds" }, "Observation")).Status.ShouldBe(403);
        foreach (var nothing in (string[])["", "openid profile", "user/Observation.", "user/Observation.sr", "user/.rs", "Observation.rs", "user/Observation.rs?subject.name=x", "user/*.rs?code=1"])
        {
            (await house.GetAsync(House.Doctor with { Scopes = nothing }, "Observation?_count=1000")).Status.ShouldBeOneOf(200, 403);
            var reply = await house.GetAsync(House.Doctor with { Scopes = nothing }, "Observation?_count=1000");
            (reply.Status == 403 ? [] : reply.Ids).ShouldBeEmpty(nothing);
        }

        var system = new Caller("system") { Scopes = "system/Organization.rs" };
        (await house.GetAsync(system, "Organization/H1")).Status.ShouldBe(200);
        (await house.GetAsync(system, "Patient/ann-h1")).Status.ShouldBe(403);
        (await house.GetAsync(system, "_history?_count=1000")).Text.ShouldNotContain("ann-h1");
        (await house.GetAsync(new Caller("institution") { Institution = "kangqiao-access" }, "Patient")).Status.ShouldBe(401, "the platform's own name is no institution's");
    }

    [Fact]
    public async Task An_app_in_a_patients_context_sees_that_patient_alone()
    {
        house.SkipUnlessThere();
        var app = House.Doctor with { Scopes = "patient/*.rs", Patient = "ann-h1" };
        (await house.GetAsync(app, "Observation?_count=1000")).Ids.ShouldAllBe(id => id.StartsWith("ann"));
        (await house.GetAsync(app, "Observation/bob-h1-obs")).Status.ShouldBe(404);
        (await house.GetAsync(app, "Observation/ann-h1-obs")).Status.ShouldBe(200);
        (await house.GetAsync(app, "Organization/H1")).Status.ShouldBe(200);
        (await house.GetAsync(House.Doctor with { Scopes = "patient/*.rs" }, "Observation?_count=1000")).Ids.ShouldBeEmpty("no patient was chosen");
    }

    [Fact]
    public async Task A_masked_field_is_masked_on_every_way_and_cannot_be_asked_round()
    {
        house.SkipUnlessThere();
        foreach (var address in (string[])[
            "Patient/ann-h1", "Patient/ann-h1/_history", "Patient/ann-h1/_history/1", "Patient?_id=ann-h1", "Patient/_history?_count=1000", "Patient/ann-h1/$everything",
            "Observation?_id=ann-h1-obs&_include=Observation:subject", $"Person/{await house.ResidentOfAsync("ann-h1")}/$everything", "Patient?identifier=urn:oid:1.2.3|id-ann-h1",
            "Observation?patient=ann-h1&_include=*"])
        {
            var reply = await house.GetAsync(House.Doctor, address);
            reply.Status.ShouldBe(200, address);
            reply.Text.ShouldContain("MASKED", Case.Sensitive, address);
            reply.Text.ShouldNotContain(SmallCity.IdNumber(1, "2000-05-05"), Case.Sensitive, address);
            reply.Text.ShouldNotContain("1390000-ann", Case.Sensitive, address);
            reply.Text.ShouldNotContain("street", Case.Sensitive, address);
        }

        foreach (var address in (string[])[
            "Patient?address=ann", "Patient?address:contains=street", "Patient?_sort=address", "Patient?_sort=-phone", "Patient?_text=ann", "Patient?_content=1390",
            "Observation?patient.address=ann", "Observation?subject:Patient.address=ann", "Patient?_filter=address sw \"ann\"", "Patient?_filter=identifier co \"ann\"", "Patient?_has:RelatedPerson:patient:address=x"])
        {
            (await house.GetAsync(House.Doctor, address)).Status.ShouldBe(403, address);
        }

        var shown = await house.GetAsync(House.Doctor, "Patient/ann-h1");
        (await house.AskAsync(House.System, "PUT", "Patient/ann-h1", shown.Text)).Status.ShouldBe(422, "what was masked is not written back");
        (await house.GetAsync(new Caller("institution") { Institution = "H1" }, "Patient/ann-h1")).Text.ShouldContain(SmallCity.IdNumber(1, "2000-05-05"));
    }
}

public sealed class SqliteScopeTests(SqliteHouse house) : ScopeContract(house), IClassFixture<SqliteHouse>;

public sealed class PostgresScopeTests(PostgresHouse house) : ScopeContract(house), IClassFixture<PostgresHouse>;
