namespace Kangqiao.Web.Tests.Browsing;

/// <summary>The pictures of README.md: with KANGQIAO_SCREENSHOTS naming a folder they are written there, else the pages are only visited.</summary>
public sealed class AlbumTests(CityServer city, Chromium chromium)
{
    [Fact]
    public async Task A_residents_time_line_and_a_trend_on_the_telephone()
    {
        await using var window = await chromium.OpenAsync(city.Url, Setting.Phone);
        var page = window.Page;
        await window.PlayAsync("elder");
        await page.Locator(".event").First.WaitForAsync();
        await window.AlbumAsync("resident-timeline");
        await window.GoAsync("/me/results");
        await page.Locator(".results a.has-range").First.ClickAsync();
        await page.Locator("trend-chart canvas").WaitForAsync();
        await window.AlbumAsync("resident-trend");
    }

    [Fact]
    public async Task A_doctors_view_of_a_person()
    {
        await using var window = await chromium.OpenAsync(city.Url, Setting.Desk);
        var page = window.Page;
        await window.PlayAsync("doctor");
        await page.Locator("#who").FillAsync("l");
        await page.Locator(".find button[type=submit]").ClickAsync();
        await page.Locator("table a[href^='/doctor/patients/']").First.WaitForAsync();
        var found = await page.Locator("table a[href^='/doctor/patients/']").EvaluateAllAsync<string[]>("all => all.slice(0, 10).map(a => a.getAttribute('href'))");
        var richest = (Path: "", Rows: -1);
        foreach (var path in found)
        {
            await window.GoAsync(path);
            var rows = await page.Locator(".matrix tbody tr").CountAsync();
            richest = rows > richest.Rows ? (path, rows) : richest;
        }

        await window.GoAsync(richest.Path);
        await window.AlbumAsync("doctor-whole");
    }

    [Fact]
    public async Task The_citys_wall_screen()
    {
        await using var window = await chromium.OpenAsync(city.Url, new Setting(Screen.Wall, IsDark: true));
        await window.PlayAsync("supervisor");
        await window.GoAsync("/wall");
        await window.Page.Locator("live-part[data-state=live]").WaitForAsync();
        await window.AlbumAsync("wall");
    }
}
