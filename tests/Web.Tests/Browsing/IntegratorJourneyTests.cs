using Kangqiao.Web.Tests.Integrator;

namespace Kangqiao.Web.Tests.Browsing;

public sealed class IntegratorJourneyTests(CityServer city, Chromium chromium)
{
    public static TheoryData<int> Settings => [.. Enumerable.Range(0, Setting.Four.Count)];

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task An_integrator_sees_what_is_wrong_mends_it_and_sends_it_again(int setting)
    {
        await using var window = await chromium.OpenAsync(city.Url, Setting.Four[setting]);
        var page = window.Page;
        await window.PlayAsync("integrator");
        await page.Locator("live-part[data-state=live]").WaitForAsync();
        await window.ShouldBeWellAsync("integrator");

        var (_, entry) = await new IntegratorPagesTests(city).SendAsync("AC002", IntegratorPagesTests.Patient("李梦" + setting, ",\"gender\":\"女\""));
        await page.Locator("a[href='/integrator/receipts']").First.ClickAsync();
        await page.Locator("live-part[data-state=live]").WaitForAsync();
        await window.ShouldBeWellAsync("receipts");
        await page.Locator("a[href='/integrator/quarantine']").First.ClickAsync();
        await page.Locator($"a[href='/integrator/quarantine/{entry}']").WaitForAsync();
        await window.ShouldBeWellAsync("quarantine");
        await page.Locator($"a[href='/integrator/quarantine/{entry}']").ClickAsync();
        await page.Locator(".sent-found").First.WaitForAsync();
        (await page.Locator(".sent-act code").Last.InnerTextAsync()).ShouldContain("\"gender\": \"女\"");
        await window.ShouldBeWellAsync("entry");

        var text = await page.Locator("#text").InputValueAsync();
        await page.Locator("#text").FillAsync(text.Replace("\"女\"", "\"female\"", StringComparison.Ordinal));
        await page.Locator("form[action$=resubmit] button[type=submit]").ClickAsync();
        await page.Locator(".notice-good").WaitForAsync();
        await window.ShouldBeWellAsync("receipt");
    }
}
