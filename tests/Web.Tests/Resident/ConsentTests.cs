using System.Net;
using System.Text.Json;
using Kangqiao.Web.Resident;

namespace Kangqiao.Web.Tests.Resident;

public sealed class ConsentTests(CityServer city)
{
    [Fact]
    public async Task A_resident_gives_consent_and_takes_it_back()
    {
        using var reader = await city.Reader().PlayAsync("elder");
        (await reader.PostAsync("/me/consents", "/me/consents", ("whom", "AC001"), ("days", "365"))).Response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var (_, given) = await reader.GetAsync("/me/consents");
        given.ShouldContain("安澜市第一人民医院");
        given.ShouldContain("有效");
        var handle = given.Split("name=\"consent\" value=\"")[1].Split('"')[0];
        (await reader.PostAsync("/me/consents", "/me/consents/withdraw", ("consent", handle))).Response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await reader.GetAsync("/me/consents")).Text.ShouldContain("已撤回");
    }

    [Fact]
    public async Task Nobody_withdraws_what_another_gave()
    {
        using var elder = await city.Reader().PlayAsync("elder");
        await elder.PostAsync("/me/consents", "/me/consents", ("whom", "*"), ("days", "30"));
        var handle = (await elder.GetAsync("/me/consents")).Text.Split("name=\"consent\" value=\"")[1].Split('"')[0];
        using var child = await city.Reader().PlayAsync("child");
        (await child.PostAsync("/me/consents", "/me/consents/withdraw", ("consent", handle))).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public void A_consent_names_whom_how_long_and_for_whose_records()
    {
        var consent = JsonDocument.Parse(ConsentPages.Consent("p1", "AC001", new DateTimeOffset(2026, 3, 5, 0, 0, 0, TimeSpan.Zero), 30).ToJsonString()).RootElement;
        consent.GetProperty("patient").GetProperty("reference").GetString().ShouldBe("Patient/p1");
        var provision = consent.GetProperty("provision");
        provision.GetProperty("actor")[0].GetProperty("reference").GetProperty("reference").GetString().ShouldBe("Organization/AC001");
        provision.GetProperty("period").GetProperty("end").GetString().ShouldBe("2026-04-04T08:00:00+08:00");
    }

    [Fact]
    public async Task Who_looked_is_told_to_the_resident_alone()
    {
        using var elder = await city.Reader().PlayAsync("elder");
        var (response, text) = await elder.GetAsync("/me/looked");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("谁看过我");
    }
}
