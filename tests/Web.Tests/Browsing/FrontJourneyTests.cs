using Microsoft.Playwright;

namespace Kangqiao.Web.Tests.Browsing;

public sealed class FrontJourneyTests(CityServer city, Chromium chromium)
{
    public static TheoryData<int> Settings => [.. Enumerable.Range(0, Setting.Four.Count)];

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Everybody_reads_what_this_is_and_finds_the_sign_in(int setting)
    {
        await using var window = await chromium.OpenAsync(city.Url, Setting.Four[setting]);
        await window.GoAsync("/");
        await window.Page.Locator("live-part[data-state=live]").WaitForAsync();
        await window.ShouldBeWellAsync("front");
        await window.Page.Locator("main a[href='/sign-in']").First.ClickAsync();
        await window.Page.Locator("button[name=part]").First.WaitForAsync();
        await window.ShouldBeWellAsync("sign-in");
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Who_is_refused_or_lost_is_told_so(int setting)
    {
        await using var window = await chromium.OpenAsync(city.Url, Setting.Four[setting]);
        await window.GoAsync("/nothing/here");
        await window.ShouldBeWellAsync("not-found");
        await window.GoAsync("/offline");
        await window.ShouldBeWellAsync("offline");
        await window.PlayAsync("auditor");
        await window.ShouldBeWellAsync("home-auditor");
    }

    [Fact]
    public async Task The_keyboard_reaches_the_content_first_and_sees_where_it_is()
    {
        await using var window = await chromium.OpenAsync(city.Url, Setting.Desk);
        await window.GoAsync("/");
        await window.Page.Keyboard.PressAsync("Tab");
        var skip = window.Page.Locator("a.skip");
        (await skip.EvaluateAsync<bool>("e => e === document.activeElement && e.getBoundingClientRect().top >= 0")).ShouldBeTrue();
        await window.Page.Keyboard.PressAsync("Enter");
        (await window.Page.Locator("#content").EvaluateAsync<bool>("e => e === document.activeElement")).ShouldBeTrue();
    }

    [Fact]
    public async Task The_language_is_switched_at_the_foot_of_the_page()
    {
        await using var window = await chromium.OpenAsync(city.Url, Setting.Phone);
        await window.GoAsync("/");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "English" }).ClickAsync();
        await window.Page.Locator("html[lang=en]").WaitForAsync();
        (await window.Page.TitleAsync()).ShouldContain("Kangqiao");
    }

    [Fact]
    public async Task Without_scripts_the_pages_still_work()
    {
        using var reader = await city.Reader().PlayAsync("auditor");
        (await reader.GetAsync("/home?stay=yes")).Text.ShouldContain("/sign-out");
    }
}
