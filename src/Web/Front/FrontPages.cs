using System.Runtime.CompilerServices;
using Kangqiao.Web.Gate;
using Kangqiao.Web.Live;

namespace Kangqiao.Web.Front;

/// <summary>What everybody may see: what this is, and how much there is.</summary>
internal static class FrontPages
{
    public static void Map(PageRoutes pages, CityNumbers numbers)
    {
        pages.Get("/", PageRule.Everybody, async visit =>
            (await numbers.NowAsync(visit.Cancel)).Try(out var counts, out _)
                ? visit.Show<FrontPage, CityCounts?>(counts)

                // The page is worth seeing without its numbers: it says that they are missing.
                : visit.Show<FrontPage, CityCounts?>(null));
        pages.Live("/live/city", PageRule.Everybody, (visit, cancel) => PartsAsync(visit, numbers, cancel));
    }

    private static async IAsyncEnumerable<string> PartsAsync(Visit visit, CityNumbers numbers, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var counts in numbers.FollowAsync(cancel))
        {
            yield return counts is null ? "" : await visit.TextAsync<CityFigures, CityCounts>(counts);
        }
    }
}
