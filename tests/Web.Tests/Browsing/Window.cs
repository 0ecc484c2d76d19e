using System.Text.Json;
using Microsoft.Playwright;

namespace Kangqiao.Web.Tests.Browsing;

/// <summary>A window in which somebody goes through pages. What the browser complains about on the way is kept.</summary>
internal sealed class Window : IAsyncDisposable
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("KANGQIAO_PICTURES");
    private static readonly string? Album = Environment.GetEnvironmentVariable("KANGQIAO_SCREENSHOTS");

    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];

    public Window(IBrowserContext context, IPage page, Setting setting)
    {
        this.context = context;
        Page = page;
        Setting = setting;
        page.SetDefaultTimeout(60_000);
        page.Console += (_, message) =>
        {
            // A page that is refused on purpose is an error to the console, and no complaint.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, fault) => complaints.Add(fault);
    }

    public IPage Page { get; }

    public Setting Setting { get; }

    public async Task GoAsync(string path) => await Page.GotoAsync(path);

    public async Task PlayAsync(string part)
    {
        await GoAsync("/sign-in");
        await Page.Locator($"button[name=part][value={part}]").ClickAsync();
        await Page.WaitForURLAsync(url => !url.EndsWith("/sign-in", StringComparison.Ordinal), new() { WaitUntil = WaitUntilState.Commit });
    }

    /// <summary>Nothing to complain of for the browser, for axe-core at level AA, or for a reader at this width; kept as a picture where pictures are asked for.</summary>
    public async Task ShouldBeWellAsync(string name)
    {
        await PictureAsync(name);
        complaints.ShouldBeEmpty(name);
        await Page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "axe.min.js")));
        var found = await Page.EvaluateAsync<JsonElement>(
            """
            async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations
              .map(v => `${v.id}: ${v.help} — ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`)
            """);
        found.EnumerateArray().Select(v => v.GetString()).ShouldBeEmpty($"{name} {Setting}");
        var tooWide = await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        tooWide.ShouldBeLessThanOrEqualTo(0, $"{name} {Setting} scrolls sideways");
    }

    /// <summary>What the window shows, for README.md; nothing where no folder is named.</summary>
    public async Task AlbumAsync(string name)
    {
        if (Album is not null)
        {
            var folder = Path.Combine(Sources.Root(), Album);
            Directory.CreateDirectory(folder);
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }

    private async Task PictureAsync(string name)
    {
        if (Pictures is not null)
        {
            Directory.CreateDirectory(Pictures);
            await Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}-{Setting}.png"), FullPage = Setting.Screen != Screen.Wall });
        }
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
