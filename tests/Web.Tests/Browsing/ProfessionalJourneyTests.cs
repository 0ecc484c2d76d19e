using Kangqiao.Web.Tests.Integrator;

namespace Kangqiao.Web.Tests.Browsing;

public sealed class ProfessionalJourneyTests(CityServer city, Chromium chromium)
{
    public static TheoryData<int> Settings => [.. Enumerable.Range(0, Setting.Four.Count)];

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task A_doctor_states_a_purpose_finds_a_patient_and_sees_the_history(int setting)
    {
        await using var window = await chromium.OpenAsync(city.Url, Setting.Four[setting]);
        var page = window.Page;
        await window.PlayAsync("doctor");
        await page.Locator("#who").FillAsync("l");
        await page.Locator("#purpose").SelectOptionAsync("CAREMGT");
        await page.Locator(".find button[type=submit]").ClickAsync();
        await page.Locator("table a[href^='/doctor/patients/']").First.WaitForAsync();
        (await page.EvaluateAsync<string>("() => location.href")).ShouldEndWith("/doctor/find");
        await window.ShouldBeWellAsync("find");
        await page.Locator("table a[href^='/doctor/patients/']").First.ClickAsync();
        await page.Locator("#warnings").WaitForAsync();
        await window.ShouldBeWellAsync("whole");
    }

    [Fact]
    public async Task A_handle_of_one_doctor_opens_nothing_for_another()
    {
        using var doctor = await city.Reader().PlayAsync("doctor");
        var (_, found) = await doctor.PostAsync("/doctor", "/doctor/find", ("who", "l"), ("purpose", "TREAT"));
        var handle = found.Split("/doctor/patients/")[1].Split('"')[0];
        (await doctor.GetAsync("/doctor/patients/" + handle)).Response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        using var other = await city.Reader().PlayAsync("doctor");
        (await other.GetAsync("/doctor/patients/" + handle)).Response.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task A_steward_compares_two_files_side_by_side(int setting)
    {
        await using var window = await chromium.OpenAsync(city.Url, Setting.Four[setting]);
        var page = window.Page;
        await DoubtAsync();
        await window.PlayAsync("steward");
        await page.Locator("h1").WaitForAsync();
        await window.ShouldBeWellAsync("reviews");
        var waiting = page.Locator("table a[href^='/steward/reviews/']");
        if (await waiting.CountAsync() == 0)
        {
            Assert.Skip("The small city has no doubts left.");
        }

        await waiting.First.ClickAsync();
        await page.Locator("#reason").WaitForAsync();
        await window.ShouldBeWellAsync("review");
    }

    /// <summary>Two hospitals send somebody of one name and day, without a number: nobody can tell whether it is one person.</summary>
    private async Task DoubtAsync()
    {
        var doors = new IntegratorPagesTests(city);
        foreach (var hospital in new[] { "BH002", "BH003" })
        {
            // A day that nobody else here is born on: how rare a value is counts.
            await doors.SendAsync(hospital, IntegratorPagesTests.Patient("欧阳念慈").Replace("1980-02-03", "1977-09-21", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Nothing_is_decided_about_who_is_who_without_a_reason()
    {
        await DoubtAsync();
        using var steward = await city.Reader().PlayAsync("steward");
        var (_, list) = await steward.GetAsync("/steward/reviews");
        if (!list.Contains("href=\"/steward/reviews/", StringComparison.Ordinal))
        {
            Assert.Skip("The small city has no doubts.");
        }

        var review = "/steward/reviews/" + list.Split("href=\"/steward/reviews/")[1].Split('"')[0];
        var (response, text) = await steward.PostAsync(review, review, ("decision", "dismiss"), ("reason", " "));
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.Conflict, text);
        (await steward.GetAsync(review)).Text.ShouldContain("name=\"decision\"");
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task The_health_authority_sees_what_arrives(int setting)
    {
        await using var window = await chromium.OpenAsync(city.Url, Setting.Four[setting]);
        await window.PlayAsync("supervisor");
        await window.Page.Locator("live-part[data-state=live]").WaitForAsync();
        await window.ShouldBeWellAsync("cockpit");
    }

    [Fact]
    public async Task The_wall_screen_is_read_without_scrolling()
    {
        await using var window = await chromium.OpenAsync(city.Url, new Setting(Screen.Wall, IsDark: true));
        await window.PlayAsync("supervisor");
        await window.GoAsync("/wall");
        await window.Page.Locator("live-part[data-state=live]").WaitForAsync();
        await window.ShouldBeWellAsync("wall");
        (await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollHeight - window.innerHeight")).ShouldBeLessThanOrEqualTo(0);
    }

    [Theory]
    [InlineData("integrator", "/doctor")]
    [InlineData("integrator", "/me")]
    [InlineData("doctor", "/cockpit")]
    [InlineData("doctor", "/me/results")]
    [InlineData("supervisor", "/doctor")]
    [InlineData("elder", "/wall")]
    [InlineData("auditor", "/me/looked")]
    public async Task A_page_of_another_role_is_refused_in_plain_words(string part, string page)
    {
        using var reader = await city.Reader().PlayAsync(part);
        var (response, text) = await reader.GetAsync(page);
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.Forbidden);
        text.ShouldContain("这一页不对您开放");
    }
}
