namespace Kangqiao.Web.Tests.Browsing;

public sealed class ResidentJourneyTests(CityServer city, Chromium chromium)
{
    public static TheoryData<int> Settings => [.. Enumerable.Range(0, Setting.Four.Count)];

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task A_resident_reads_their_time_line_a_trend_their_medicines_and_prints_a_summary(int setting)
    {
        await using var window = await chromium.OpenAsync(city.Url, Setting.Four[setting]);
        var page = window.Page;
        await window.PlayAsync("elder");
        await page.Locator(".event").First.WaitForAsync();
        await window.ShouldBeWellAsync("me");

        var before = await page.Locator(".event").CountAsync();
        if (await page.Locator("li.pager a").CountAsync() > 0)
        {
            await page.Locator("li.pager a").ClickAsync();
            await page.Locator($".event >> nth={before}").WaitForAsync();
        }

        await page.Locator(".bar a[href='/me/results']").ClickAsync();
        await page.Locator(".result").First.WaitForAsync();
        await window.ShouldBeWellAsync("results");
        await page.Locator(".results a.has-trend").First.ClickAsync();
        await page.Locator("trend-chart canvas").WaitForAsync();
        await page.Locator("trend-chart summary").ClickAsync();
        await window.ShouldBeWellAsync("series");
        (await page.EvaluateAsync<string>("() => location.pathname")).ShouldNotContain("loinc", Case.Insensitive);

        await page.Locator(".bar a[href='/me/medicines']").ClickAsync();
        await page.Locator(".results").First.WaitForAsync();
        await window.ShouldBeWellAsync("medicines");
        await page.Locator(".bar a[href='/me/more']").ClickAsync();
        await page.Locator("a[href='/me/summary']").WaitForAsync();
        await window.ShouldBeWellAsync("more");
        await page.Locator("a[href='/me/looked']").ClickAsync();
        await page.Locator("h1").WaitForAsync();
        await window.ShouldBeWellAsync("looked");
        await window.GoAsync("/me/consents");
        await window.ShouldBeWellAsync("consents");
        await window.GoAsync("/me/summary");
        await page.Locator(".shell-paper").WaitForAsync();
        await window.ShouldBeWellAsync("summary");
    }
}
