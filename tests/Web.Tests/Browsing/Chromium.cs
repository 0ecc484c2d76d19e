using Kangqiao.Web.Tests.Browsing;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Kangqiao.Web.Tests.Browsing;

/// <summary>A real browser, where the machine has one.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (File.Exists(Program))
        {
            playwright = await Playwright.CreateAsync();
            browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"] });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }

    /// <summary>A browser window of one's own; the test is skipped where there is no browser.</summary>
    internal async Task<Window> OpenAsync(string url, Setting setting)
    {
        if (browser is null)
        {
            Assert.Skip($"{Program} is not on this machine.");
        }

        var context = await browser!.NewContextAsync(new()
        {
            BaseURL = url,
            ViewportSize = setting.Screen switch { Screen.Phone => new() { Width = 360, Height = 780 }, Screen.Wall => new() { Width = 1920, Height = 1080 }, _ => new() { Width = 1440, Height = 900 } },
            ColorScheme = setting.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            ServiceWorkers = ServiceWorkerPolicy.Block,
            HasTouch = setting.Screen == Screen.Phone,
        });
        if (setting.IsEnglish)
        {
            await context.AddCookiesAsync([new() { Name = "kangqiao-language", Value = "en", Url = url }]);
        }

        return new Window(context, await context.NewPageAsync(), setting);
    }
}

internal enum Screen
{
    Desk,
    Phone,
    Wall,
}

/// <summary>How somebody looks at pages.</summary>
internal sealed record Setting(Screen Screen, bool IsDark = false, bool IsEnglish = false)
{
    public static readonly Setting Desk = new(Screen.Desk);
    public static readonly Setting Phone = new(Screen.Phone);

    /// <summary>Every screen with light and dark, and every one with both languages, in four.</summary>
    public static IReadOnlyList<Setting> Four { get; } =
        [new(Screen.Phone), new(Screen.Desk, IsDark: true), new(Screen.Phone, IsDark: true, IsEnglish: true), new(Screen.Desk, IsEnglish: true)];

    public override string ToString() => $"{Screen}{(IsDark ? "-dark" : "")}{(IsEnglish ? "-en" : "")}".ToLowerInvariant();
}
