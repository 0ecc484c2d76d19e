using System.Runtime.CompilerServices;
using Kangqiao.Ingest.Desk;
using Kangqiao.Registry.Senders;
using Kangqiao.Web.Gate;
using Kangqiao.Web.Live;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Web.Supervisor;

/// <param name="Arrivals">By institution, the busiest first, each with its name.</param>
/// <param name="Silent">Admitted institutions of which nothing is among the latest submissions.</param>
public sealed record CockpitModel(CityCounts Counts, IReadOnlyList<(string Name, Arrivals Arrivals)> Arrivals, IReadOnlyList<string> Silent)
{
    /// <summary>Submissions that are looked at.</summary>
    public const int Looked = 1_000;
}

/// <summary>For the health authority: what arrives from whom, now. Counts only, of no person.</summary>
internal sealed class SupervisorPages(DoorDesk desk, SenderRegistry senders, CityNumbers numbers)
{
    public static readonly PageRule Rule = PageRule.For("supervisor", "steward", "system");

    public void Map(PageRoutes pages)
    {
        pages.Get("/cockpit", Rule, visit => ShowAsync(visit, m => visit.Show<CockpitPage, CockpitModel>(m)));
        pages.Get("/wall", Rule, visit => ShowAsync(visit, m => visit.Show<WallPage, CockpitModel>(m)));
        pages.Live("/live/cockpit", Rule, (visit, cancel) => FollowAsync(visit, cancel));
    }

    private async ValueTask<IResult> ShowAsync(Visit visit, Func<CockpitModel, IResult> show) =>
        (await NowAsync(visit.Cancel)).Try(out var model, out var problem) ? show(model) : visit.Refuse(problem);

    private async ValueTask<Kernel.Outcome<CockpitModel>> NowAsync(CancellationToken cancel)
    {
        if (!(await numbers.NowAsync(cancel)).Try(out var counts, out var problem)
            || !(await desk.ArrivalsAsync(CockpitModel.Looked, cancel)).Try(out var arrivals, out problem)
            || !(await senders.ListAsync(cancel)).Try(out var all, out problem))
        {
            return problem;
        }

        var names = all.ToDictionary(s => s.Code, s => s.Name, StringComparer.Ordinal);
        var heard = arrivals.Select(a => a.Sender).ToHashSet(StringComparer.Ordinal);
        return new CockpitModel(
            counts, [.. arrivals.Where(a => names.ContainsKey(a.Sender)).Select(a => (names[a.Sender], a))],
            [.. all.Where(s => s.State == SenderState.Admitted && !heard.Contains(s.Code)).Select(s => s.Name).Order(StringComparer.Ordinal)]);
    }

    private async IAsyncEnumerable<string> FollowAsync(Visit visit, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var counts in numbers.FollowAsync(cancel))
        {
            yield return counts is not null && (await NowAsync(cancel)).Try(out var model, out _)
                ? visit.Asked("wall") is null ? await visit.TextAsync<CockpitFigures, CockpitModel>(model) : await visit.TextAsync<WallFigures, CockpitModel>(model)
                : "";
        }
    }
}
